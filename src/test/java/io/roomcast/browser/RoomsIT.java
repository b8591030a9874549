package io.roomcast.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rooms of a client: many, unseen, not joined or closed by others. The server follows a script. */
class RoomsIT extends ScriptedLibrary {
    @Test
    void manyRoomsAreJoinedAgainWithOneFrame() {
        page.join();
        page.evaluate("() => { rc.join('hall', { presence: false }); rc.join('yard'); }");
        page.waitFor("rc.rooms.every(({ state }) => state === 'joined')");
        List<JsonObject> joins = server.received("join");
        assertEquals(3, joins.size(), "one after the other, as they are asked for");
        assertEquals("[null, false, null]", presenceOf(joins));
        page.evaluate("() => { for (const one of rc.rooms) one.addEventListener('joined', () => messages.push(1)); }");
        server.close(1001);
        page.waitFor("messages.length === 3");
        assertEquals(4, server.received("join").size());
        JsonObject together = server.received("join").get(3);
        List<JsonObject> rooms = together.getJsonArray("rooms").getValuesAs(JsonObject.class);
        assertEquals(
                List.of("lobby", "hall", "yard"),
                rooms.stream().map(room -> room.getString("room")).toList());
        assertEquals("[null, false, null]", presenceOf(rooms));
        assertEquals("e1", rooms.get(2).getJsonObject("since").getString("epoch"));
    }

    private static String presenceOf(List<JsonObject> joins) {
        return joins.stream().map(join -> join.get("presence")).toList().toString();
    }

    @Test
    void roomsThatAreRefusedTogetherAreJoinedAlone() {
        page.join();
        page.evaluate("rc.join('hall').whenJoined()");
        server.refuseManyRooms();
        server.close(1001);
        page.waitFor("rc.rooms.every(({ state }) => state === 'joined')");
        page.waitFor("events.filter(({ type }) => type === 'joined').length === 2");
        assertEquals(5, server.received("join").size(), "two, both together, and each alone");
    }

    @Test
    void aFrameNamesNoMoreRoomsThanTheServerAllows() {
        page.join();
        page.evaluate("() => { for (let i = 0; i < 149; i += 1) rc.join(`r${i}`); }");
        server.close(1001);
        page.waitFor("rc.state !== 'open'");
        page.waitFor("rc.rooms.every(({ state }) => state === 'joined')");
        List<Integer> sizes = server.received("join").stream()
                .filter(join -> join.containsKey("rooms"))
                .map(join -> join.getJsonArray("rooms").size())
                .toList();
        assertEquals(List.of(100, 50), sizes);
    }

    @Test
    void aMessageForARoomThatIsNotJoinedIsKeptUntilItIsStored() {
        List<String> stored = new ArrayList<>();
        server.on("publish", frame -> {
            if (server.received("publish").size() == 1) {
                server.refuse(frame, "busy", 20);
            } else if (server.received("publish").size() == 2) {
                server.close(1001);
            } else {
                stored.add(frame.getString("room") + " " + frame.getString("content"));
                server.acknowledge(frame, stored.size());
            }
        });
        page.join();
        page.evaluate("""
                () => {
                    rc.addEventListener('delayed', ({ detail }) => events.push({ type: 'late', detail }));
                    for (const text of ['a', 'b', { content: '' }]) {
                        rc.publish('letterbox', text).then(({ offset }) => settled.push(offset),
                            ({ code }) => settled.push(code));
                    }
                }""");
        page.waitFor("settled.length === 3");
        assertEquals(List.of("bad_request", 1, 2), page.evaluate("settled"));
        assertEquals(List.of("letterbox a", "letterbox b"), stored);
        assertEquals(
                1,
                server.received("publish").subList(0, 3).stream()
                        .map(frame -> frame.getString("idempotencyKey"))
                        .distinct()
                        .count());
        assertEquals("letterbox", page.evaluate("events.find(({ type }) => type === 'late').detail.room"));
        assertEquals(1, server.received("join").size() - 1, "only the lobby, twice");

        server.on("publish", frame -> server.refuse(frame, "not_joined", 0));
        assertEquals("not_joined", page.evaluate("rc.publish('hall', 'x').catch(({ code }) => code)"));
        page.evaluate("rc.close()");
        assertEquals("closed", page.evaluate("rc.publish('hall', 'x').catch(({ code }) => code)"));
    }

    @Test
    void aRoomThatSomebodyClosesSaysSo() {
        page.join();
        page.evaluate("() => { say('never'); }");
        server.send("{'type':'left','room':%s}", "lobby");
        page.waitFor("settled.length === 1 && events.some(({ type }) => type === 'refused')");
        assertEquals(List.of("never left"), page.evaluate("settled"));
        assertEquals("refused", page.evaluate("room.state"));
        assertEquals(1, server.connections());
    }

    @Test
    void somebodyIsRemovedAndTheNumberOfConnectionsIsTold() {
        server.on(
                "remove",
                frame -> server.send(
                        "{'type':'removed','id':%s,'room':%s,'user':'bob','count':2}", frame.getInt("id"), "lobby"));
        page.join();
        assertEquals(2, page.evaluate("room.remove('bob')"));
        assertEquals("bob", server.received("remove").get(0).getString("user"));
    }
}

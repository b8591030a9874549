package io.roomcast.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Messages in the client library, against a server that does what a healthy one does rarely or never. */
class ClientLibraryIT extends ScriptedLibrary {

    @Test
    void aPublishThatIsRefusedForNowIsSentAgainInItsPlace() {
        List<String> stored = new ArrayList<>();
        server.on("publish", frame -> {
            if (server.received("publish").size() < 3) {
                server.refuse(frame, server.received("publish").size() == 1 ? "busy" : "rate_limited", 20);
            } else {
                stored.add(frame.getString("content"));
                server.acknowledge(frame, stored.size());
            }
        });
        page.join();
        page.evaluate("() => { for (const text of ['a', 'b', 'c']) say(text); }");
        page.waitFor("settled.length === 3");

        assertEquals(List.of("a 1", "b 2", "c 3"), page.evaluate("settled"));
        assertEquals(List.of("a", "b", "c"), stored);
        List<String> keys = keysOf(server.received("publish"));
        assertEquals(keys.get(0), keys.get(1));
        assertEquals(keys.get(1), keys.get(2));
        assertNotEquals(keys.get(2), keys.get(3));
        assertEquals(2, page.evaluate("events.filter(({ type }) => type === 'delayed').length"));
    }

    @Test
    void dataAndMetaAreSentAsTheyWereWhenTheyWerePublishedAndSentAgain() {
        server.on("publish", frame -> {
            if (server.received("publish").size() == 1) {
                server.refuse(frame, "busy", 20);
            } else {
                server.acknowledge(frame, 1);
            }
        });
        page.join();
        page.evaluate("""
                () => {
                    const data = { n: [1, null], s: 'ä' };
                    room.publish({ data, meta: { trace: '7' } }, { idempotencyKey: 'k' })
                        .then(({ offset }) => settled.push(`stored ${offset}`));
                    data.n.push('later');
                }""");
        page.waitFor("settled.length === 1");
        assertEquals(2, server.received("publish").size());
        for (var publish : server.received("publish")) {
            assertEquals("{\"n\":[1,null],\"s\":\"ä\"}", publish.get("data").toString());
            assertEquals("{\"trace\":\"7\"}", publish.get("meta").toString());
            assertEquals("k", publish.getString("idempotencyKey"));
            assertFalse(publish.containsKey("content"));
        }
    }

    @Test
    void messagesComeWithTheirDataAndMeta() {
        page.join();
        server.send(
                "{'type':'message','room':%s,'offset':1,'sender':'bob','data':[false],'meta':{'a':''},'at':1}", ROOM);
        page.waitFor("messages.length === 1");
        assertEquals(
                "[false] {\"a\":\"\"} undefined",
                page.evaluate("`${JSON.stringify(messages[0].data)} ${JSON.stringify(messages[0].meta)} "
                        + "${messages[0].content}`"));
    }

    @Test
    void whatIsNoMessageIsRefusedAtOnce() {
        page.join();
        assertEquals("bad_request", page.evaluate("""
                        async () => {
                            const circle = {};
                            circle.self = circle;
                            const wrong = [
                                '', null, undefined, 5, {}, { content: '' }, { content: 5 }, { data: null },
                                { data: undefined }, { data: () => 1 }, { data: circle }, { data: 1n },
                                { meta: { a: '1' } }, { data: 1, meta: 'x' }, { data: 1, meta: [] },
                                { data: 1, meta: { a: 1 } }, { data: 1, meta: { '': 'x' } },
                                { data: 1, meta: { ['n'.repeat(65)]: 'x' } },
                            ];
                            const codes = await Promise.all(wrong.map((message) =>
                                room.publish(message).then(() => 'stored', ({ code }) => code)));
                            return [...new Set(codes)].join();
                        }"""));
        assertEquals(
                "too_large",
                page.evaluate("() => room.publish({ content: 'x'.repeat(500), data: 'x'.repeat(499) })"
                        + ".catch(({ code }) => code)"),
                "counted together");
        assertEquals(0, server.received("publish").size());
    }

    @Test
    void historyIsAskedForByPositionsAndMayBeRenumbered() {
        server.on(
                "history",
                frame -> server.send(
                        "{'type':'error','id':%s,'code':'renumbered','text':'anew','epoch':'e2','offset':9}",
                        frame.getInt("id")));
        page.join();
        assertEquals(
                "renumbered e2 9",
                page.evaluate("() => room.history({ before: { epoch: 'e1', offset: 5, at: 7, own: true } })"
                        + ".catch(({ code, epoch, offset }) => `${code} ${epoch} ${offset}`)"));
        assertEquals(
                "{\"epoch\":\"e1\",\"offset\":5}",
                server.received("history").get(0).get("before").toString());
    }

    @Test
    void aPublishWhoseAnswerWasLostIsSentAgainWithItsKey() {
        server.on("publish", frame -> {
            if (server.connections() == 1) {
                server.close(1001);
            } else {
                server.acknowledge(frame, 1);
            }
        });
        page.join();
        page.evaluate("() => { say('only once'); }");
        page.waitFor("settled.length === 1");

        List<String> keys = keysOf(server.received("publish"));
        assertEquals(2, keys.size());
        assertEquals(keys.get(0), keys.get(1));
    }

    @Test
    void theOwnMessageAnswersForALostAck() {
        server.on("publish", frame -> server.echo(frame, 1, "ann"));
        page.join();
        page.evaluate("() => { say('hi'); }");
        page.waitFor("settled.length === 1");

        assertEquals(List.of("hi 1"), page.evaluate("settled"));
        assertEquals(true, page.evaluate("messages[0].own && messages[0].idempotencyKey !== undefined"));
    }

    @Test
    void whatTheServerLeftOutIsFetchedAndJoinedUp() {
        server.on("history", frame -> {
            long after = frame.getJsonObject("after").getInt("offset");
            if (after == 1) {
                server.sendTogether(messages(7, 8));
            }
            server.history(
                    frame,
                    "e1",
                    after + 2 < 6,
                    LongStream.rangeClosed(after + 1, Math.min(after + 2, 6)).toArray());
        });
        page.join();
        server.sendTogether(messages(1, 1));
        server.send("{'type':'behind','room':%s,'epoch':'e1','from':2,'offset':6}", ROOM);
        page.waitFor("messages.length === 8");
        server.sendTogether(messages(11, 11));
        page.waitFor("events.some(({ type }) => type === 'gap')");
        page.waitFor("messages.length === 9");

        assertEquals(
                IntStream.concat(IntStream.rangeClosed(1, 8), IntStream.of(11))
                        .boxed()
                        .toList(),
                page.offsets());
        assertEquals(
                "9-10",
                page.evaluate(
                        "events.filter(({ type }) => type === 'gap').map(({ detail }) => `${detail.from}-${detail.to}`).join()"));
    }

    @Test
    void whatCannotBeGivenBackIsAGap() {
        page.join();
        server.sendTogether(messages(1, 2));
        page.waitFor("messages.length === 2");
        server.on("join", frame -> server.joined(frame, "e1", 9, false));
        server.close(4000);
        page.waitFor("events.some(({ type }) => type === 'gap')");
        JsonObject since = server.received("join").get(1).getJsonObject("since");
        assertEquals("e1", since.getString("epoch"));
        assertEquals(2, since.getInt("offset"));
        assertEquals(
                ((Number) page.evaluate("messages[1].at")).longValue(),
                since.getJsonNumber("at").longValue());
        assertEquals("3 9 false", page.gap());

        server.on("join", frame -> server.joined(frame, "e2", 4, false));
        page.evaluate("() => { events.length = 0; }");
        server.close(4000);
        page.waitFor("events.some(({ type }) => type === 'gap')");
        assertEquals("1 4 true", page.gap());
        server.sendTogether(messages(4, 5));
        page.waitFor("messages.length === 3");
        assertEquals(List.of(1, 2, 5), page.offsets());
    }

    /** A client that has seen no message proves its position by what `joined` said. */
    @Test
    void whatJoinedSaidIsGivenBack() {
        server.on("join", frame -> server.joined(frame, "e1", 9, 77, false));
        page.join();
        page.evaluate("() => { events.length = 0; }");
        server.close(4000);
        page.waitFor("events.some(({ type }) => type === 'gap')");
        JsonObject since = server.received("join").get(1).getJsonObject("since");
        assertEquals(77, since.getInt("at"));
        assertEquals("1 9 true", page.gap(), "nothing was missed, so the messages are other ones");
        assertEquals("e1 9 77", page.evaluate("Object.values(room.position).join(' ')"));

        server.on("join", frame -> server.joined(frame, "e1", 9, true));
        page.evaluate("() => { events.length = 0; }");
        server.close(4000);
        page.waitFor("events.some(({ type }) => type === 'recovered')");
        server.send("{'type':'behind','room':%s,'epoch':'e2','from':1,'offset':5,'at':88}", ROOM);
        page.waitFor("room.position.epoch === 'e2'");
        assertEquals("e2 5 88", page.evaluate("Object.values(room.position).join(' ')"));
    }

    @Test
    void repeatedUnknownAndBrokenFramesChangeNothing() {
        page.join();
        server.sendTogether(List.of(
                ScriptedServer.message(ROOM, 1),
                ScriptedServer.message(ROOM, 1),
                ScriptedServer.frame("{'type':'invented','room':%s}", ROOM),
                "no JSON",
                "[1]",
                "null",
                ScriptedServer.message("elsewhere", 2),
                ScriptedServer.frame(
                        "{'type':'ack','room':%s,'idempotencyKey':'unknown','epoch':'e1','offset':1}", ROOM),
                ScriptedServer.message(ROOM, 2)));
        page.waitFor("messages.length === 2");
        assertEquals(List.of(1, 2), page.offsets());
    }

    @Test
    void whatALaterServerAddsToAMessageIsHandedOn() {
        page.join();
        server.sendTogether(
                List.of(ScriptedServer.message(ROOM, 1).replace("{\"type\":", "{\"later\":{\"a\":7},\"type\":")));
        page.waitFor("messages.length === 1");
        assertEquals(7, page.evaluate("messages[0].later.a"));
    }

    @Test
    void whatCannotBeSentIsRejectedAtOnce() {
        page.join();
        page.evaluate("""
                () => {
                    for (const text of ['', 'é'.repeat(501), 'x', 'x', 'x', 'one too many']) say(text);
                }""");
        page.waitFor("settled.length === 3");
        assertEquals(
                "bad_request outbox_full too_large",
                page.evaluate("settled.map((line) => line.trim().split(' ').at(-1)).sort().join(' ')"));
        assertEquals(1, server.received("publish").size());
    }

    private static List<String> keysOf(List<JsonObject> publishes) {
        return publishes.stream()
                .map(frame -> frame.getString("idempotencyKey"))
                .toList();
    }
}

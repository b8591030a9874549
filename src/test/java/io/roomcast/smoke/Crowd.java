package io.roomcast.smoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Many members in the rooms of {@link Addresses#NAMES}, in each the same number. */
final class Crowd implements AutoCloseable {
    private static final int MESSAGES = 10;
    /** More than a frame may have, and less than a server reads at once. */
    private static final int TOO_MUCH = 100_000;

    /** A member's room and user. */
    private record Place(String room, String user) {}

    private final URI application;
    private final Map<RoomClient, Place> members = new LinkedHashMap<>();

    Crowd(URI application, int size) {
        this.application = application;
        List<String> rooms = Addresses.NAMES;
        IntStream.range(0, size).forEach(i -> {
            Place place = new Place(rooms.get(i % rooms.size()), "user:" + i);
            members.put(open(place, ""), place);
        });
        members.keySet().forEach(member -> member.next("joined"));
    }

    private RoomClient open(Place place, String query) {
        return RoomClient.connect(application.resolve(
                "ws/" + TestServer.encoded(place.room()) + "/" + TestServer.encoded(place.user()) + query));
    }

    /** One member of each room publishes; all members of the room get everything, in order, each once. */
    void talk() {
        publish("talk");
        members.forEach((member, place) -> assertEquals(messages("talk", place), received(member)));
    }

    private void publish(String what) {
        for (String room : Addresses.NAMES) {
            RoomClient publisher = members.entrySet().stream()
                    .filter(member -> member.getValue().room().equals(room))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow();
            messages(what, members.get(publisher)).forEach(text -> publisher.send("{\"content\":\"" + text + "\"}"));
        }
    }

    private static List<String> messages(String what, Place place) {
        return IntStream.range(0, MESSAGES)
                .mapToObj(i -> what + " " + i + " in " + place.room())
                .toList();
    }

    private static List<String> received(RoomClient member) {
        return IntStream.range(0, MESSAGES)
                .mapToObj(i -> member.next("message").content())
                .toList();
    }

    /** One whose connection breaks misses nothing. */
    void comeBack() {
        RoomClient broken = takeOne();
        Place place = taken.get(broken);
        broken.say("{'type':'history','limit':1}");
        Frame history = broken.next("history");
        String since = history.string("epoch") + ":"
                + history.json().getJsonArray("messages").getJsonObject(0).getInt("offset");
        broken.abort();
        publish("missed");
        try (RoomClient back = open(place, "?since=" + since)) {
            assertTrue(back.next("joined").isTrue("recovered"));
            assertEquals(messages("missed", place), received(back));
        }
        members.forEach((member, where) -> assertEquals(messages("missed", where), received(member)));
    }

    private final Map<RoomClient, Place> taken = new LinkedHashMap<>();

    /** The last member, who leaves the crowd. */
    RoomClient takeOne() {
        RoomClient last = List.copyOf(members.keySet()).get(members.size() - 1);
        taken.put(last, members.remove(last));
        return last;
    }

    /** As it is written in a path. */
    String userOf(RoomClient member) {
        return TestServer.encoded(taken.get(member).user());
    }

    void sendTooMuch() {
        RoomClient greedy = takeOne();
        greedy.send("{\"content\":\"" + "x".repeat(TOO_MUCH) + "\"}");
        assertEquals(1009, greedy.awaitClose());
    }

    /** Each is told when to come back, and then disconnected. */
    void checkGoodbye() {
        for (RoomClient member : members.keySet()) {
            member.next("draining");
            assertEquals(4001, member.awaitClose());
        }
    }

    @Override
    public void close() {
        members.keySet().forEach(RoomClient::abort);
        taken.keySet().forEach(RoomClient::abort);
    }
}

package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A connection breaks, and its client comes back. */
class RecoveryIT {
    private static final int MESSAGES = 10_000;
    /** Much shorter than a user who is gone stays in the room. */
    private static final long MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @BeforeAll
    static void open() {
        server = TestServer.open();
        // What a slow machine delivers late is not refused here.
        server.limit(LimitKeys.LAG, "0");
    }

    /** The position to come back with. */
    private record Known(String epoch, long offset, long at) {
        Known(String epoch, long offset) {
            this(epoch, offset, 0);
        }

        String since() {
            return "'since':{'epoch':'" + epoch + "','offset':" + offset + (at == 0 ? "" : ",'at':" + at) + "}";
        }

        String query() {
            return "?since=" + epoch + ":" + offset + (at == 0 ? "" : ":" + at);
        }
    }

    @Test
    void oneThatIsCutOffAmongTenThousandMessagesHasEachOnceInTheEnd() {
        try (RoomClient speaker = RoomClient.enter(server, room, "speaker")) {
            Reader reader = Reader.join(server, room, "ann", null);
            // Again and again, at moments that nobody chose.
            speak(speaker, 1, 4_000);
            reader = reader.cutAfter(1_000).comeBack();
            reader = reader.cutAfter(1_001).comeBack();
            speak(speaker, 4_001, MESSAGES);
            reader = reader.cutAfter(5_000).comeBack();
            // And once after all was said: thousands have to be given back from the history.
            speaker.next(frame -> frame.is("ack") && frame.number("id") == MESSAGES, "the last ack");
            reader = reader.cutAfter(500).comeBack();
            reader.readUpTo(MESSAGES);
            reader.close();
        }
    }

    /** Says numbered things, a few to a WebSocket frame. */
    private static void speak(RoomClient speaker, int from, int to) {
        for (int first = from; first <= to; first += 20) {
            speaker.say(IntStream.rangeClosed(first, Math.min(to, first + 19))
                    .mapToObj(i -> "{'id':" + i + ",'idempotencyKey':'k" + i + "','content':'said " + i + "'}")
                    .collect(Collectors.joining("\n")));
        }
    }

    @Test
    void aShortAbsenceShowsNeitherLeaveNorJoin() {
        try (RoomClient witness = RoomClient.enter(server, room, "witness")) {
            witness.next("presence");
            Reader reader = Reader.join(server, room, "ann", null);
            assertEquals("ann has joined the room", witness.next("presence").content());
            for (int i = 0; i < 5; i++) {
                reader.cutAfter(0);
                // Time enough for the server to notice, and less than the grace, however long a trip takes.
                long end = System.nanoTime() + MOMENT_NANOS;
                for (int trip = 0; trip < 100 && System.nanoTime() - end < 0; trip++) {
                    witness.say("{'type':'ping','id':" + trip + "}");
                    assertEquals(trip, witness.next().number("id"), "nobody came or went");
                }
                reader = reader.comeBack();
            }
            witness.say("{'type':'members','id':1}");
            assertEquals(2, witness.next("members").number("count"));
            reader.leave();
            Frame next = witness.next("presence");
            assertEquals("ann has left the room", next.content());
        }
    }

    @Test
    void anotherEpochIsToldAsAGap() {
        try (RoomClient speaker = RoomClient.enter(server, room, "speaker");
                RoomClient back = RoomClient.connect(server.webSocket("ws?user=ann"))) {
            speaker.say("{'id':1,'content':'1'}\n{'id':2,'content':'2'}");
            speaker.next(frame -> frame.is("ack") && frame.number("id") == 2, "ack");
            back.say("{'type':'join','room':'" + room + "'," + new Known("another", 1).since() + "}");
            Frame joined = back.next("joined");
            assertFalse(joined.isTrue("recovered"));
            assertEquals(2, joined.offset());
            assertEquals(0, messages(back));
            back.say("{'type':'history','id':7,'room':'" + room + "','after':{'epoch':'another','offset':0}}");
            Frame renumbered = back.next("error");
            assertEquals("renumbered", renumbered.string("code"));
            assertEquals(7, renumbered.number("id"));
            assertEquals(joined.string("epoch"), renumbered.string("epoch"), "where the room is now");
            assertEquals(2, renumbered.offset());
            back.say("{'type':'history','room':'" + room + "','after':{'epoch':'" + joined.string("epoch")
                    + "','offset':0}}");
            assertEquals(2, back.next("history").json().getJsonArray("messages").size(), "still to be had");
        }
    }

    @Test
    void anOffsetThatNeverWasIsToldAsAGap() {
        try (RoomClient speaker = RoomClient.connect(server.room(room, "speaker"))) {
            String epoch = speaker.next("joined").string("epoch");
            try (RoomClient back =
                    RoomClient.connect(server.webSocket("ws/" + room + "/ann" + new Known(epoch, 77).query()))) {
                assertFalse(back.next("joined").isTrue("recovered"));
            }
        }
    }

    /** By a join, by a second join on the same connection, and by the URL. */
    @Test
    void anotherMessageAtThePositionIsToldAsAGap() {
        try (RoomClient speaker = RoomClient.connect(server.room(room, "speaker"))) {
            String epoch = speaker.next("joined").string("epoch");
            speaker.say("{'content':'1'}\n{'content':'2'}");
            long first = speaker.next("message").number("at");
            long second = speaker.next("message").number("at");
            assertAnswered(true, new Known(epoch, 1, first));
            assertAnswered(false, new Known(epoch, 1, first + 1));
            assertAnswered(true, new Known(epoch, 2, second));
            assertAnswered(false, new Known(epoch, 2, second + 1));
            try (RoomClient fresh = RoomClient.connect(server.room(room, "fresh"))) {
                assertEquals(second, fresh.next("joined").number("at"), "it can prove what it was told");
            }
        }
    }

    private void assertAnswered(boolean recovered, Known known) {
        String join = "{'type':'join','room':'" + room + "'," + known.since() + "}";
        try (RoomClient byFrame = RoomClient.connect(server.webSocket("ws?user=ann"));
                RoomClient byUrl = RoomClient.connect(server.webSocket("ws/" + room + "/bob" + known.query()))) {
            byFrame.say(join);
            assertEquals(recovered, byFrame.next("joined").isTrue("recovered"));
            byFrame.say(join);
            assertEquals(recovered, byFrame.next("joined").isTrue("recovered"), "again");
            assertEquals(recovered, byUrl.next("joined").isTrue("recovered"));
        }
    }

    @Test
    void aRangeThatIsLostIsToldAsAGap() {
        try (RoomClient speaker = RoomClient.connect(server.room(room, "speaker"))) {
            String epoch = speaker.next("joined").string("epoch");
            // More than the history keeps.
            int said = MESSAGES + 600;
            speak(speaker, 1, said);
            speaker.next(frame -> frame.is("ack") && frame.number("id") == said, "the last ack");
            try (RoomClient lost =
                            RoomClient.connect(server.webSocket("ws/" + room + "/lost" + new Known(epoch, 1).query()));
                    RoomClient whole = RoomClient.connect(
                            server.webSocket("ws/" + room + "/whole" + new Known(epoch, said - 5_000).query()))) {
                Frame joined = lost.next("joined");
                assertFalse(joined.isTrue("recovered"));
                assertEquals(said, joined.offset());
                assertEquals(0, messages(lost), "never part of it passed off as all");
                assertTrue(whole.next("joined").isTrue("recovered"));
                IntStream.rangeClosed(said - 4_999, said)
                        .forEach(offset ->
                                assertEquals(offset, whole.next("message").offset()));
            }
        }
    }

    private static long messages(RoomClient client) {
        return client.everythingUntilNow().stream()
                .filter(frame -> frame.is("message"))
                .count();
    }

    /** Reads on and on, and checks that each message is the one after the last. */
    private static final class Reader {
        private final TestServer server;
        private final String room;
        private final String user;
        private final RoomClient client;
        private final String epoch;
        private long offset;
        private long at;

        private Reader(TestServer server, String room, String user, RoomClient client, String epoch, long offset) {
            this.server = server;
            this.room = room;
            this.user = user;
            this.client = client;
            this.epoch = epoch;
            this.offset = offset;
        }

        static Reader join(TestServer server, String room, String user, Known known) {
            // Not in the URL: the client of JDK 17 mixes up thousands of bytes that come right behind the handshake.
            RoomClient client = RoomClient.connect(server.webSocket("ws?user=" + user));
            client.say(
                    "{'type':'join','id':1,'room':'" + room + "'" + (known == null ? "" : "," + known.since()) + "}");
            Frame joined = client.next("joined");
            assertEquals(known != null, joined.isTrue("recovered"));
            return new Reader(
                    server,
                    room,
                    user,
                    client,
                    joined.string("epoch"),
                    known == null ? joined.offset() : known.offset());
        }

        void readUpTo(long last) {
            while (offset < last) {
                Frame message = client.next(frame -> frame.is("message"), "message " + (offset + 1));
                assertEquals(offset + 1, message.offset());
                offset++;
                at = message.number("at");
            }
        }

        Reader cutAfter(int messages) {
            readUpTo(offset + messages);
            client.abort();
            return this;
        }

        Reader comeBack() {
            return join(server, room, user, new Known(epoch, offset, at));
        }

        void leave() {
            client.say("{'type':'leave','id':1,'room':'" + room + "'}");
            client.next("left");
            close();
        }

        void close() {
            client.close();
        }
    }
}

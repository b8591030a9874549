package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.support.Frame;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.TestServer;
import jakarta.json.JsonObject;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that stop reading in the middle of a busy room. */
class SlowConsumerIT {
    private static final int SMALL_BUFFER = 4_096;
    /** More bytes in all than the network and the queue can take, fewer than the history keeps. */
    private static final int MESSAGES = 850;

    /** Far fewer messages than the queue can take. */
    private static final int BETWEEN_GUESTS = 20;

    /** Messages on their way at a time. */
    private static final int WINDOW = 10;

    private static final String PADDING = "x".repeat(16_000);

    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    /** Where the test itself is slow, it does not read for long, and the room is behind. */
    @BeforeEach
    void giveTime() {
        server.limit(LimitKeys.OUTBOUND_AGE, "1m");
        server.limit(LimitKeys.LAG, "0");
    }

    @Test
    void oneThatReadsAgainIsToldWhatItMissedAndCanFetchIt() {
        try (Reader slow = new Reader(server.room(room, "slow"));
                RoomClient talker = RoomClient.enter(server, room, "talker")) {
            slow.next("joined");
            publish(talker, i -> slow.showLife(i));

            long expected = 1;
            List<Frame> gaps = new ArrayList<>();
            while (expected <= MESSAGES) {
                Frame frame = slow.next(expected);
                if (frame.is("behind")) {
                    assertEquals(expected, frame.number("from"), "in the place of what is missing");
                    gaps.add(frame);
                    expected = frame.number("offset") + 1;
                } else {
                    assertEquals(expected, frame.offset());
                    expected++;
                }
            }
            assertFalse(gaps.isEmpty(), "it read nothing while " + MESSAGES + " messages came");
            gaps.forEach(gap -> fetch(slow, gap.string("epoch"), gap.number("from"), gap.number("offset")));
            talker.say("{'content':'after'}");
            assertEquals("after", slow.next("message").content());
        }
    }

    @Test
    void oneThatMissesWhoCameIsToldThatItHasToAsk() {
        List<RoomClient> guests = new ArrayList<>();
        try (Reader slow = new Reader(server.room(room, "slow"));
                RoomClient talker = RoomClient.enter(server, room, "talker");
                RoomClient witness = RoomClient.enter(server, room, "witness")) {
            slow.next("joined");
            // Whoever comes is told of before the next messages, so that there is always a name among what waits for
            // the slow one.
            publish(talker, i -> {
                slow.showLife(i);
                if (i % BETWEEN_GUESTS == 0) {
                    String name = "guest-" + i;
                    guests.add(RoomClient.enter(server, room, name));
                    witness.next(frame -> frame.is("presence") && joined(frame).contains(name), name);
                }
            });
            Set<String> named = new TreeSet<>();
            Frame word = slow.next("presence");
            while (!joined(word).isEmpty()) {
                named.addAll(joined(word));
                word = slow.next("presence");
            }
            assertTrue(named.size() < guests.size() + 3, "names were left out");
            slow.raw.text("{\"type\":\"members\",\"id\":1}");
            assertEquals(guests.size() + 3, slow.next("members").number("count"));
        } finally {
            guests.forEach(RoomClient::close);
        }
    }

    private static List<String> joined(Frame presence) {
        return presence.json().getJsonArray("joined").getValuesAs(JsonObject.class).stream()
                .map(user -> user.getString("id"))
                .toList();
    }

    private static void publish(RoomClient talker) {
        publish(talker, i -> {});
    }

    /** @param before is done before each message, with its number */
    private static void publish(RoomClient talker, IntConsumer before) {
        for (int i = 1; i <= MESSAGES; i++) {
            before.accept(i);
            talker.say("{'id':" + i + ",'content':'" + PADDING + "'}");
            if (i > WINDOW) {
                assertEquals(i - WINDOW, talker.next("message").offset(), "others are served as ever");
            }
        }
        assertEquals(
                MESSAGES,
                talker.next(frame -> frame.is("message") && frame.offset() == MESSAGES, "the last")
                        .offset());
    }

    private static void fetch(Reader slow, String epoch, long from, long to) {
        long after = from - 1;
        while (after < to) {
            slow.raw.text("{\"type\":\"history\",\"id\":1,\"after\":{\"epoch\":\"" + epoch + "\",\"offset\":" + after
                    + "},\"limit\":20}");
            for (var message : slow.next("history").json().getJsonArray("messages")) {
                assertEquals(
                        ++after, message.asJsonObject().getJsonNumber("offset").longValueExact());
            }
        }
    }

    @Test
    void oneThatNeverReadsAgainIsClosed() {
        server.limit(LimitKeys.OUTBOUND_AGE, LimitKeys.OUTBOUND_AGE.defaultText());
        double before = closedForSilence();
        try (Reader frozen = new Reader(server.room(room, "frozen"));
                RoomClient talker = RoomClient.enter(server, room, "talker")) {
            frozen.next("joined");
            publish(talker);
            talker.next(frame -> "frozen has left the room".equals(frame.content()), "the leave of the frozen one");
            assertTrue(closedForSilence() > before, "it was closed");
            talker.say("{'content':'after'}");
            assertEquals(
                    "after",
                    talker.next(frame -> "after".equals(frame.content()), "the message")
                            .content());
        }
    }

    /** As a slow consumer, or since it answers no ping either: which comes first depends on the server's settings. */
    private static double closedForSilence() {
        ScrapedMetrics figures = server.metrics();
        return figures.sum("roomcast_sessions_closed_total{code=\"4000\"")
                + figures.sum("roomcast_sessions_closed_total{code=\"4003\"");
    }

    /** A client that reads only when it is asked to. */
    private static final class Reader implements AutoCloseable {
        private final RawWebSocket raw;
        private final Deque<Frame> read = new ArrayDeque<>();

        Reader(URI uri) {
            raw = RawWebSocket.connect(uri, SMALL_BUFFER);
        }

        void showLife(int message) {
            if (message % WINDOW == 0) {
                raw.showLife();
            }
        }

        /** The next frame of this type; others before it are passed over. */
        Frame next(String type) {
            Frame frame = next();
            while (!frame.is(type)) {
                frame = next();
            }
            return frame;
        }

        /** The next message from this offset on, or the next word that some are missing. */
        Frame next(long offset) {
            Frame frame = next();
            while (!frame.is("behind") && !(frame.is("message") && frame.offset() >= offset)) {
                frame = next();
            }
            return frame;
        }

        private Frame next() {
            while (read.isEmpty()) {
                RawWebSocket.Received received = raw.read();
                assertNotNull(received, "the connection broke");
                assertEquals(RawWebSocket.TEXT, received.opcode(), () -> "closed with " + received.closeCode());
                received.text().lines().map(Frame::of).forEach(read::add);
            }
            return read.remove();
        }

        @Override
        public void close() {
            raw.cut();
        }
    }
}

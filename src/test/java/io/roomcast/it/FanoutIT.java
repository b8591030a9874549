package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One room with hundreds of connections and four who talk at once. */
class FanoutIT {
    private static final int CONNECTIONS = 400;
    private static final int PUBLISHERS = 4;
    private static final int EACH = 250;

    @Test
    void nothingIsLostDoubledOrOutOfOrder() throws InterruptedException {
        String room = TestServer.newRoom();
        try (TestServer server = TestServer.open()) {
            // What a slow machine delivers late is not refused here.
            server.limit(LimitKeys.LAG, "0");
            CountDownLatch complete = new CountDownLatch(CONNECTIONS);
            List<Listener> listeners = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Listener listener = new Listener(complete);
                listener.open(server.room(room, "listener" + i), RoomClient.V1);
                listeners.add(listener);
            }
            for (Listener listener : listeners) {
                assertTrue(listener.joined.await(RoomClient.PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            List<RoomClient> publishers = IntStream.range(0, PUBLISHERS)
                    .mapToObj(i -> RoomClient.enter(server, room, "publisher" + i))
                    .toList();
            for (int i = 0; i < EACH; i++) {
                for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
                    publishers.get(publisher).say("{'content':'" + publisher + " " + i + "'}");
                }
            }
            assertTrue(complete.await(60, TimeUnit.SECONDS), () -> complete.getCount() + " have not got everything");
            for (Listener listener : listeners) {
                assertEquals(List.of(), listener.complaints);
                assertEquals(PUBLISHERS * EACH, listener.last);
                assertEquals(listeners.get(0).order, listener.order, "the same order for all");
            }
            publishers.forEach(RoomClient::close);
            listeners.forEach(RoomClient::close);
        }
    }

    /** Checks each message as it comes, and keeps nothing of it. */
    private static final class Listener extends RoomClient {
        private static final Pattern OFFSET = Pattern.compile("\"offset\":(\\d+)");
        private static final Pattern CONTENT = Pattern.compile("\"content\":\"(\\d) (\\d+)\"");

        final CountDownLatch joined = new CountDownLatch(1);
        final List<String> complaints = new ArrayList<>();
        private final CountDownLatch complete;
        private final int[] next = new int[PUBLISHERS];
        private int last;
        private long order;

        Listener(CountDownLatch complete) {
            this.complete = complete;
        }

        @Override
        protected void received(String text) {
            text.lines().forEach(this::frame);
        }

        private void frame(String frame) {
            if (frame.contains("\"type\":\"joined\"")) {
                joined.countDown();
            } else if (frame.contains("\"type\":\"message\"")) {
                message(frame);
            } else if (!frame.contains("\"type\":\"presence\"")) {
                complaints.add(frame);
            }
        }

        private void message(String frame) {
            Matcher offset = OFFSET.matcher(frame);
            Matcher content = CONTENT.matcher(frame);
            if (!offset.find() || !content.find() || Integer.parseInt(offset.group(1)) != last + 1) {
                complaints.add("after " + last + ": " + frame);
                return;
            }
            last++;
            int publisher = Integer.parseInt(content.group(1));
            if (Integer.parseInt(content.group(2)) != next[publisher]++) {
                complaints.add("not in the publisher's order: " + frame);
            }
            order = order * 31 + publisher;
            if (last == PUBLISHERS * EACH) {
                complete.countDown();
            }
        }
    }
}

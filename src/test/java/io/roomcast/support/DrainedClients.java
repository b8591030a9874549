package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Clients in a room of their own on a node, which talk, and are disconnected when the node ends. */
public final class DrainedClients implements AutoCloseable {
    public static final String ROOM = "guests";
    private static final int CLIENTS = 20;
    private static final int GOING_AWAY = 1001;
    private static final int DRAINING = 4001;
    private static final long PATIENCE_SECONDS = 60;

    private final List<Guest> guests;
    /** In no room, so that nothing but the end of the node ends its poll. */
    private final PollClient poller;

    private CompletableFuture<HttpResponse<String>> poll;

    /** @param application its address */
    public DrainedClients(URI application) {
        guests = IntStream.range(0, CLIENTS)
                .mapToObj(i -> new Guest(application, "guest-" + i))
                .toList();
        for (Guest guest : guests) {
            MessageSocket.within(PATIENCE_SECONDS, guest.joined);
            guest.publish("hello");
        }
        guests.forEach(guest -> MessageSocket.within(PATIENCE_SECONDS, guest.acknowledged));
        poller = new PollClient(application, "poller");
        poller.poll(0);
        poll = poller.pollAsync(25_000);
        ScrapedMetrics.await(application, PATIENCE_SECONDS, "roomcast_sessions_transport{transport=\"poll\"}", 1);
    }

    /**
     * Each publishes once more. Returns when the node has read it. The node may be told to end before it is stored; it
     * is answered all the same.
     */
    public void talk() {
        for (Guest guest : guests) {
            guest.publish("goodbye");
            guest.say("{'type':'ping'}");
        }
        guests.forEach(guest -> MessageSocket.within(PATIENCE_SECONDS, guest.read));
    }

    /**
     * Call it when the node has ended. A server that closes connections before it tells the application uses 1001. Else
     * each client was told when to reconnect, and had an answer to each publish. The poll that waited was told, too.
     */
    public void checkGoodbye() {
        List<Frame> told = poller.take(PollClient.join(poll));
        assertTrue(told.stream().anyMatch(frame -> frame.is("draining")), told::toString);
        for (Guest guest : guests) {
            int code = MessageSocket.within(PATIENCE_SECONDS, guest.closed());
            if (code != GOING_AWAY) {
                assertEquals(DRAINING, code, guest.name);
                assertTrue(guest.draining, guest.name + " was told when to come back");
                assertEquals(guest.published, guest.answers.get(), guest.name + " got an answer to each publish");
            }
        }
    }

    @Override
    public void close() {
        guests.forEach(MessageSocket::abort);
    }

    /** Notes what it is told, and keeps no frame. */
    private static final class Guest extends RoomClient {
        final String name;
        final CompletableFuture<Void> joined = new CompletableFuture<>();
        final CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        /** The pong: the node reads the frames of a connection in their order, and answers a ping at once. */
        final CompletableFuture<Void> read = new CompletableFuture<>();

        volatile boolean draining;
        final AtomicInteger answers = new AtomicInteger();
        int published;

        Guest(URI application, String name) {
            this.name = name;
            open(application.resolve("ws/" + ROOM + "/" + name), V1);
        }

        void publish(String content) {
            published++;
            say("{'id':" + published + ",'content':'" + content + "'}");
            flush();
        }

        @Override
        protected void received(String text) {
            text.lines().map(Frame::of).forEach(this::frame);
        }

        private void frame(Frame frame) {
            switch (frame.type()) {
                case "joined" -> joined.complete(null);
                case "ack" -> {
                    answers.incrementAndGet();
                    acknowledged.complete(null);
                }
                case "pong" -> read.complete(null);
                case "draining" -> draining = true;
                default -> {}
            }
        }
    }
}

package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Some who are in a room of their own on a node, talk, and are sent away when it ends. */
public final class DrainedClients implements AutoCloseable {
    public static final String ROOM = "guests";
    private static final int GUESTS = 20;
    private static final int GOING_AWAY = 1001;
    private static final int DRAINING = 4001;
    private static final long PATIENCE_SECONDS = 60;

    private final List<Guest> guests;

    /** @param application its address */
    public DrainedClients(URI application) {
        HttpClient http = HttpClient.newHttpClient();
        guests = IntStream.range(0, GUESTS)
                .mapToObj(i -> new Guest(http, application, "guest-" + i))
                .toList();
        for (Guest guest : guests) {
            get(guest.joined);
            guest.publish("hello");
        }
        guests.forEach(guest -> get(guest.acknowledged));
    }

    /** Each says something that may not be stored before the node is told to end: it is answered all the same. */
    public void talk() {
        guests.forEach(guest -> guest.publish("goodbye"));
    }

    /**
     * To be called when the node has ended. A server that closes connections itself before it tells the application does so with 1001; else
     * each was told when to come back, and had an answer to all that it said.
     */
    public void checkGoodbye() {
        for (Guest guest : guests) {
            int code = get(guest.closed);
            if (code != GOING_AWAY) {
                assertEquals(DRAINING, code, guest.name);
                assertTrue(guest.draining, guest.name + " was told when to come back");
                assertEquals(guest.published, guest.answers.get(), guest.name + " got an answer to each publish");
            }
        }
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        guests.forEach(guest -> guest.socket.abort());
    }

    private static final class Guest implements WebSocket.Listener {
        final String name;
        final CompletableFuture<Void> joined = new CompletableFuture<>();
        final CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        final WebSocket socket;
        volatile boolean draining;
        final AtomicInteger answers = new AtomicInteger();
        int published;
        private final StringBuilder text = new StringBuilder();

        Guest(HttpClient http, URI application, String name) {
            this.name = name;
            URI uri = URI.create("ws"
                    + application.resolve("ws/" + ROOM + "/" + name).toString().substring("http".length()));
            socket = get(http.newWebSocketBuilder().subprotocols("roomcast.v1").buildAsync(uri, this));
        }

        void publish(String content) {
            published++;
            get(socket.sendText("{\"id\":" + published + ",\"content\":\"" + content + "\"}", true));
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                text.toString().lines().forEach(this::frame);
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        private void frame(String frame) {
            if (frame.contains("\"type\":\"joined\"")) {
                joined.complete(null);
            } else if (frame.contains("\"type\":\"ack\"")) {
                answers.incrementAndGet();
                acknowledged.complete(null);
            } else if (frame.contains("\"type\":\"draining\"")) {
                draining = true;
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            closed.complete(1006);
        }
    }
}

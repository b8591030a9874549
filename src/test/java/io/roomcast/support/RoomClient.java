package io.roomcast.support;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A well-meaning client. What arrives waits in a queue until the test asks for it; each wait ends after {@link #PATIENCE_SECONDS} with an error
 * that shows what came instead.
 */
public class RoomClient implements WebSocket.Listener, AutoCloseable {
    public static final String V1 = "roomcast.v1";
    public static final long PATIENCE_SECONDS = 30;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final BlockingQueue<Frame> arrived = new LinkedBlockingQueue<>();
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private WebSocket webSocket;
    private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);

    public RoomClient() {}

    /** With the subprotocol, as clients are that know it. */
    public static RoomClient connect(URI uri) {
        return new RoomClient().open(uri, V1);
    }

    /** Without one, as simple chat clients are. */
    public static RoomClient plain(URI uri) {
        return new RoomClient().open(uri, null);
    }

    public RoomClient open(URI uri, String subprotocol) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(PATIENCE_SECONDS));
        if (subprotocol != null) {
            builder.subprotocols(subprotocol);
        }
        webSocket = builder.buildAsync(uri, this)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        return this;
    }

    /** Connects to {@code /ws/{room}/{user}}, and waits until it is in. */
    public static RoomClient enter(TestServer server, String room, String user) {
        RoomClient client = connect(server.room(room, user));
        client.next("joined");
        return client;
    }

    public String subprotocol() {
        return webSocket.getSubprotocol();
    }

    /** Sends a WebSocket frame; those of one client go one after the other. */
    public synchronized void send(String text) {
        lastSend = lastSend.thenCompose(sent -> webSocket.sendText(text, true));
    }

    /** Sends a frame written with apostrophes for quotes, for the reader's sake. */
    public void say(String frame) {
        send(frame.replace('\'', '"'));
    }

    /** Waits until everything is handed to the network. */
    void flush() {
        lastSend.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The next frame of any type. */
    public Frame next() {
        return next(frame -> true, "anything");
    }

    /** The next frame of this type; others before it are passed over. */
    public Frame next(String type) {
        return next(frame -> frame.is(type), type);
    }

    public Frame next(Predicate<Frame> wanted, String description) {
        StringBuilder instead = new StringBuilder();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            Frame frame = poll(deadline - System.nanoTime());
            if (frame == null) {
                throw new AssertionError("waited in vain for " + description + "; closed: " + closed.getNow(null)
                        + "; came instead: " + shortened(instead));
            }
            if (wanted.test(frame)) {
                return frame;
            }
            instead.append('\n').append(frame);
        }
    }

    private static String shortened(StringBuilder text) {
        return text.substring(0, Math.min(text.length(), 2_000));
    }

    private Frame poll(long nanos) {
        try {
            return arrived.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    /**
     * Everything that came up to now. The server answers in order, so with the answer to a ping all that went before is here.
     */
    public List<Frame> everythingUntilNow() {
        send("{\"type\":\"ping\",\"id\":424242}");
        List<Frame> all = new CopyOnWriteArrayList<>();
        next(
                frame -> {
                    boolean answer = frame.is("pong") && frame.has("id") && frame.number("id") == 424242;
                    if (!answer) {
                        all.add(frame);
                    }
                    return answer;
                },
                "pong");
        return all;
    }

    /** WebSocket texts as they came, each of one or more frames. */
    public List<String> texts() {
        return texts;
    }

    /** The code that the connection was closed with; 1006 when it broke. */
    public int awaitClose() {
        return closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Breaks the connection without a word. */
    public void cut() {
        webSocket.abort();
        closed.complete(1006);
    }

    @Override
    public void close() {
        if (isOpen()) {
            var unused = lastSend.thenCompose(sent -> webSocket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        partial.append(part);
        if (last) {
            String text = partial.toString();
            partial.setLength(0);
            received(text);
        }
        socket.request(1);
        return null;
    }

    /** On the connection's own thread. */
    public void received(String text) {
        texts.add(text);
        text.lines().map(Frame::of).forEach(arrived::add);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
        closed.complete(1006);
    }
}

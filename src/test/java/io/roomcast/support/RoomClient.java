package io.roomcast.support;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * A client that keeps to the protocol. What arrives waits in a queue until the test asks for it; each wait ends after
 * {@link #PATIENCE_SECONDS} with an error that shows what came instead.
 */
public class RoomClient extends MessageSocket {
    public static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<Frame> arrived = new LinkedBlockingQueue<>();
    private final List<String> texts = new CopyOnWriteArrayList<>();

    public RoomClient() {}

    /** With the subprotocol. */
    public static RoomClient connect(URI uri) {
        return connect(uri, Map.of());
    }

    /** @param headers of the handshake */
    public static RoomClient connect(URI uri, Map<String, String> headers) {
        RoomClient client = new RoomClient();
        within(PATIENCE_SECONDS, client.open(uri, V1, headers, Duration.ofSeconds(PATIENCE_SECONDS)));
        return client;
    }

    /** Without a subprotocol, as simple chat clients connect. */
    public static RoomClient plain(URI uri) {
        return new RoomClient().open(uri, null);
    }

    /** @param subprotocol null for none */
    public RoomClient open(URI uri, String subprotocol) {
        within(PATIENCE_SECONDS, open(uri, subprotocol, Map.of(), Duration.ofSeconds(PATIENCE_SECONDS)));
        return this;
    }

    /** Connects to {@code /ws/{room}/{user}}, and waits until it has joined. */
    public static RoomClient enter(TestServer server, String room, String user) {
        RoomClient client = connect(server.room(room, user));
        client.next("joined");
        return client;
    }

    /**
     * The same.
     *
     * @param application its address, with a slash at the end
     * @param room percent-encoded where it has to be
     */
    public static RoomClient enter(URI application, String room, String user) {
        RoomClient client = connect(application.resolve("ws/" + room + "/" + user));
        client.next("joined");
        return client;
    }

    /** Sends a frame written with apostrophes for quotes, for the reader's sake. */
    public RoomClient say(String frame) {
        send(frame.replace('\'', '"'));
        return this;
    }

    /** Waits until everything is handed to the network. */
    public void flush() {
        within(PATIENCE_SECONDS, sent());
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
                throw new AssertionError("waited in vain for " + description + "; closed: " + howClosed()
                        + "; came instead: " + shortened(instead));
            }
            if (wanted.test(frame)) {
                return frame;
            }
            instead.append('\n').append(frame);
        }
    }

    /** The code of the next error. */
    public String error() {
        return next("error").string("code");
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
     * Everything that came up to now, and until a ping was answered. For what must not come: what must is waited for,
     * since a pong may come before it.
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

    /** The code that the connection was closed with; {@link #ABNORMAL} when it broke. */
    public int awaitClose() {
        return within(PATIENCE_SECONDS, closed());
    }

    /** @return the code; null when the connection is still open after that time */
    public Integer closedWithin(long seconds) {
        try {
            return closed().get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    /** Closes, and returns when the server has answered. */
    public void leave() {
        close();
        awaitClose();
    }

    @Override
    protected void received(String text) {
        texts.add(text);
        text.lines().map(Frame::of).forEach(arrived::add);
    }
}

package io.roomcast.fault;

import io.roomcast.protocol.Position;
import io.roomcast.support.workload.FrameSocket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A member of one room that connects to another node when its connection ends, and tells when it has all that it
 * missed.
 *
 * <p>The monitor guards all state: frames come from the connections' threads.
 */
final class MigratingMember {
    private static final long RETRY_MILLIS = 20;

    private final String user;
    private final String room;
    private final Function<String, URI> refuge;
    private final CompletableFuture<Void> in = new CompletableFuture<>();
    private final CompletableFuture<Long> back = new CompletableFuture<>();
    private FrameSocket socket;
    private Position position;
    /** What the room had when it came back; 0 before. */
    private long goal;

    private int attempts;
    private boolean stopped;

    /** @param home makes the address on the node that it starts from, {@code refuge} that on the one it goes to */
    MigratingMember(String user, String room, Function<String, URI> home, Function<String, URI> refuge) {
        this.user = user;
        this.room = room;
        this.refuge = refuge;
        connect(home);
    }

    private synchronized void connect(Function<String, URI> node) {
        if (!stopped) {
            FrameSocket connection = new FrameSocket(this::frame, this::ended);
            socket = connection;
            connection.connect(node.apply(user), () -> connection.join(room, position()));
        }
    }

    private synchronized Position position() {
        return position;
    }

    private synchronized void frame(Map<String, Object> frame) {
        switch ((String) frame.get("type")) {
            case "joined" -> joined(frame);
            case "message" -> {
                position = FrameSocket.position(position.epoch(), frame);
                look();
            }
            // The room could not be reached: try again as a client would.
            case "error" -> socket.abort();
            default -> {}
        }
    }

    private void joined(Map<String, Object> frame) {
        long offset = ((Number) frame.get("offset")).longValue();
        if (position == null) {
            position = FrameSocket.position((String) frame.get("epoch"), frame);
            in.complete(null);
        } else if (Boolean.TRUE.equals(frame.get("recovered"))) {
            goal = Math.max(1, offset);
            look();
        } else {
            back.completeExceptionally(new IllegalStateException(user + " could not recover from " + position));
        }
    }

    private void look() {
        if (goal > 0 && position.offset() >= goal) {
            back.complete(System.nanoTime());
        }
    }

    private synchronized void ended() {
        // The first attempt is at once, further ones a little later.
        CompletableFuture.delayedExecutor(attempts++ == 0 ? 0 : RETRY_MILLIS, TimeUnit.MILLISECONDS)
                .execute(() -> connect(refuge));
    }

    /** Completes when it has joined for the first time. */
    CompletableFuture<Void> in() {
        return in;
    }

    /** The time, on the clock of {@link System#nanoTime}, at which it had all that was said before it was back. */
    CompletableFuture<Long> back() {
        return back;
    }

    synchronized void stop() {
        stopped = true;
        socket.abort();
    }
}

package io.roomcast.support.workload;

import java.net.URI;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Joins a room for a moment. Chance decides how it ends: with {@code leave}, with a cut, or with a cut before it has
 * joined.
 */
final class BriefMember {
    private static final int LONGEST_MILLIS = 30;

    private final FrameSocket socket;
    private final String room;
    private final ScheduledExecutorService timer;
    private final boolean polite;
    private final int stayMillis;

    BriefMember(String user, String room, Function<String, URI> node, ScheduledExecutorService timer, Random random) {
        this.room = room;
        this.timer = timer;
        this.polite = random.nextBoolean();
        this.stayMillis = random.nextInt(LONGEST_MILLIS);
        this.socket = new FrameSocket(this::frame, () -> {});
        boolean patient = random.nextInt(3) > 0;
        socket.connect(node.apply(user), () -> {
            socket.join(room, null);
            if (!patient) {
                later(socket::abort);
            }
        });
    }

    private void frame(Map<String, Object> frame) {
        switch ((String) frame.get("type")) {
            case "joined" -> later(this::go);
            case "left", "error" -> socket.abort();
            default -> {}
        }
    }

    private void go() {
        if (polite && !socket.isOver()) {
            socket.send(Map.of("type", "leave", "id", 2, "room", room));
        } else {
            socket.abort();
        }
    }

    private void later(Runnable action) {
        try {
            var unused = timer.schedule(action, stayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            socket.abort(); // The run is over.
        }
    }

    boolean isOver() {
        return socket.isOver();
    }

    void stop() {
        socket.abort();
    }
}

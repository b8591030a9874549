package io.roomcast.fault;

import io.roomcast.support.workload.FrameSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A member that publishes a hundred times a second, with or without answers, and notes when it is answered and who
 * leaves. Any thread.
 */
final class SteadyPublisher implements AutoCloseable {
    private static final long PAUSE_MILLIS = 10;

    private final String room;
    private final FrameSocket socket = new FrameSocket(this::frame, () -> {});
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong id = new AtomicLong(10);
    private final Map<String, CompletableFuture<Long>> left = new ConcurrentHashMap<>();
    private volatile CompletableFuture<Long> nextAck = new CompletableFuture<>();
    private volatile long notBefore;

    SteadyPublisher(String room, Function<String, URI> node) {
        this.room = room;
        socket.connect(node.apply("publisher"), () -> socket.join(room, null));
    }

    private void publish() {
        long next = id.incrementAndGet();
        socket.send(Map.of("type", "publish", "id", next, "room", room, "content", "word " + next));
    }

    @SuppressWarnings("unchecked") // an array of names is a list
    private void frame(Map<String, Object> frame) {
        switch ((String) frame.get("type")) {
            case "joined" -> {
                var unused =
                        timer.scheduleAtFixedRate(this::publish, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
            case "ack" -> {
                if (((Number) frame.get("id")).longValue() > notBefore) {
                    nextAck.complete(System.nanoTime());
                }
            }
            case "presence" -> {
                if (frame.get("left") instanceof List<?> users) {
                    ((List<Map<String, Object>>) users)
                            .forEach(user -> left((String) user.get("id")).complete(System.nanoTime()));
                }
            }
            default -> {}
        }
    }

    /** The time at which something is acknowledged that is said from now on. */
    CompletableFuture<Long> nextAck() {
        CompletableFuture<Long> next = new CompletableFuture<>();
        notBefore = id.get();
        nextAck = next;
        return next;
    }

    /** The time at which this user left. */
    CompletableFuture<Long> left(String user) {
        return left.computeIfAbsent(user, any -> new CompletableFuture<>());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        socket.abort();
    }
}

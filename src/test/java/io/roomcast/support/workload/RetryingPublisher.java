package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Publishes to one room, one message after the other. A message without an acknowledgement is sent again with the same
 * key, on a node that chance picks.
 */
final class RetryingPublisher {
    private static final long ACK_MILLIS = 1_500;
    private static final long RETRY_MILLIS = 200;

    private final String name;
    private final String room;
    private final List<Function<String, URI>> nodes;
    private final HistoryLog log;
    private final ScheduledExecutorService timer;
    private final Random random;
    private final long pauseMillis;
    private FrameSocket socket;
    private long number = 1;
    private long attempt;
    private boolean stopped;
    private boolean waiting;
    private boolean joined;

    /** @param pauseMillis between an acknowledgement and the next message */
    RetryingPublisher(
            String name,
            String room,
            List<Function<String, URI>> nodes,
            HistoryLog log,
            ScheduledExecutorService timer,
            Random random,
            long pauseMillis) {
        this.name = name;
        this.room = room;
        this.nodes = nodes;
        this.log = log;
        this.timer = timer;
        this.random = random;
        this.pauseMillis = pauseMillis;
    }

    synchronized void connect() {
        FrameSocket connection = new FrameSocket(this::frame, this::ended);
        socket = connection;
        connection.connect(
                nodes.get(random.nextInt(nodes.size())).apply(name),
                () -> connection.send(Map.of("type", "join", "id", 0, "room", room)));
    }

    private String key() {
        return name + "-" + number;
    }

    private synchronized void frame(Map<String, Object> frame) {
        switch ((String) frame.get("type")) {
            case "joined" -> {
                joined = true;
                publish();
            }
            case "ack" -> {
                Position position =
                        new Position((String) frame.get("epoch"), ((Number) frame.get("offset")).longValue());
                String key = (String) frame.get("key");
                log.add(new Event.Acked(System.nanoTime(), room, key, position));
                if (key.equals(key())) {
                    number++;
                    attempt++;
                    waiting = false;
                    var unused = timer.schedule(this::publish, pauseMillis, TimeUnit.MILLISECONDS);
                }
            }
            case "error" -> {
                if (joined) {
                    var unused = timer.schedule(this::publish, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                } else {
                    // The room could not be reached: come back, as a client would.
                    socket.abort();
                }
            }
            default -> {}
        }
    }

    private synchronized void publish() {
        if (stopped && !waiting || socket.isOver()) {
            return;
        }
        waiting = true;
        long current = ++attempt;
        log.add(new Event.Sent(System.nanoTime(), room, key()));
        socket.send(Map.of("type", "publish", "id", number, "room", room, "key", key(), "content", key()));
        var unused = timer.schedule(() -> giveUp(current), ACK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void giveUp(long timedOut) {
        if (waiting && attempt == timedOut) {
            socket.abort();
        }
    }

    private synchronized void ended() {
        joined = false;
        if (!stopped || waiting) {
            var unused = timer.schedule(this::connect, 50 + random.nextInt(300), TimeUnit.MILLISECONDS);
        }
    }

    /** Publishes nothing new. What was sent is sent again until it is acknowledged. */
    synchronized void stop() {
        stopped = true;
    }

    synchronized boolean isDone() {
        return stopped && !waiting;
    }

    synchronized void close() {
        stopped = true;
        waiting = false;
        socket.abort();
    }
}

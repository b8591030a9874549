package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Publishes to one room, one burst of messages after the other. Messages that were refused are sent again, in their
 * order and with the same keys; so are, on a node that chance picks, all that have no acknowledgement in time.
 */
final class RetryingPublisher {
    private static final long ACK_MILLIS = 1_500;
    private static final long RETRY_MILLIS = 200;
    private static final long JOIN = 0;

    private final String name;
    private final String room;
    private final List<Function<String, URI>> nodes;
    private final HistoryLog log;
    private final ScheduledExecutorService timer;
    private final Random random;
    private final int burst;
    private final long pauseMillis;
    /** Numbers of messages that are not acknowledged, and how often each was sent. */
    private final TreeMap<Long, Integer> inFlight = new TreeMap<>();
    /** Those of them that are to be sent again. */
    private final TreeSet<Long> refused = new TreeSet<>();

    private FrameSocket socket;
    private long number;
    private int connections;
    private boolean stopped;
    private boolean joined;

    /**
     * @param burst messages that are sent without waiting in between
     * @param pauseMillis between the last acknowledgement of a burst and the next burst
     */
    RetryingPublisher(
            String name,
            String room,
            List<Function<String, URI>> nodes,
            HistoryLog log,
            ScheduledExecutorService timer,
            Random random,
            int burst,
            long pauseMillis) {
        this.name = name;
        this.room = room;
        this.nodes = nodes;
        this.log = log;
        this.timer = timer;
        this.random = random;
        this.burst = burst;
        this.pauseMillis = pauseMillis;
    }

    synchronized void connect() {
        FrameSocket connection = new FrameSocket(this::frame, this::ended);
        socket = connection;
        connections++;
        connection.connect(
                nodes.get(random.nextInt(nodes.size())).apply(name),
                () -> connection.send(Map.of("type", "join", "id", JOIN, "room", room)));
    }

    private String key(long message) {
        return name + "-" + message;
    }

    private synchronized void frame(Map<String, Object> frame) {
        switch ((String) frame.get("type")) {
            case "joined" -> {
                joined = true;
                refused.clear();
                List.copyOf(inFlight.keySet()).forEach(this::send);
                publish();
            }
            case "ack" -> {
                Position position =
                        new Position((String) frame.get("epoch"), ((Number) frame.get("offset")).longValue());
                log.add(new Event.Acked(System.nanoTime(), room, (String) frame.get("idempotencyKey"), position));
                acknowledged(id(frame));
            }
            case "error" -> {
                if (!joined) {
                    // The room could not be reached: come back, as a client would.
                    socket.abort();
                } else if (frame.containsKey("id")) {
                    refuse(id(frame));
                }
            }
            default -> {}
        }
    }

    private static long id(Map<String, Object> frame) {
        return ((Number) frame.get("id")).longValue();
    }

    private void acknowledged(long message) {
        refused.remove(message);
        if (inFlight.remove(message) != null && inFlight.isEmpty()) {
            var unused = timer.schedule(this::publish, pauseMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void refuse(long message) {
        if (inFlight.containsKey(message) && refused.add(message) && refused.size() == 1) {
            var unused = timer.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void publish() {
        if (stopped || !joined || socket.isOver() || !inFlight.isEmpty()) {
            return;
        }
        for (int i = 0; i < burst; i++) {
            send(++number);
        }
    }

    private synchronized void retry() {
        if (joined && !socket.isOver()) {
            List<Long> again = List.copyOf(refused);
            refused.clear();
            again.forEach(this::send);
        }
    }

    private void send(long message) {
        int sending = inFlight.merge(message, 1, Integer::sum);
        String key = key(message);
        log.add(new Event.Sent(System.nanoTime(), room, name + "#" + connections, key));
        socket.send(Map.of("type", "publish", "id", message, "room", room, "idempotencyKey", key, "content", key));
        var unused = timer.schedule(() -> giveUp(message, sending), ACK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void giveUp(long message, int sending) {
        if (inFlight.getOrDefault(message, 0) == sending) {
            socket.abort();
        }
    }

    private synchronized void ended() {
        joined = false;
        if (!stopped || !inFlight.isEmpty()) {
            var unused = timer.schedule(this::connect, 50 + random.nextInt(300), TimeUnit.MILLISECONDS);
        }
    }

    /** Publishes nothing new. What was sent is sent again until it is acknowledged. */
    synchronized void stop() {
        stopped = true;
    }

    synchronized boolean isDone() {
        return stopped && inFlight.isEmpty();
    }

    synchronized void close() {
        stopped = true;
        inFlight.clear();
        socket.abort();
    }
}

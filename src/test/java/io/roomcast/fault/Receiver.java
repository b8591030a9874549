package io.roomcast.fault;

import io.roomcast.protocol.Position;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A member of one room that comes back whenever its connection ends, on a node that chance names, with the position that it had. Records what
 * it sees.
 *
 * <p>The monitor guards all state: frames come from the connection's thread, drops and returns from the timer's.
 */
final class Receiver {
    private final String name;
    private final String room;
    private final List<Function<String, URI>> nodes;
    private final HistoryLog log;
    private final ScheduledExecutorService timer;
    private final Random random;
    private FrameSocket socket;
    private Position position;
    private boolean joined;
    private boolean stopped;

    Receiver(
            String name,
            String room,
            List<Function<String, URI>> nodes,
            HistoryLog log,
            ScheduledExecutorService timer,
            Random random) {
        this.name = name;
        this.room = room;
        this.nodes = nodes;
        this.log = log;
        this.timer = timer;
        this.random = random;
    }

    String name() {
        return name;
    }

    String room() {
        return room;
    }

    synchronized Position position() {
        return position;
    }

    synchronized boolean isJoined() {
        return joined;
    }

    synchronized void connect() {
        if (stopped) {
            return;
        }
        FrameSocket connection = new FrameSocket(this::frame, this::ended);
        socket = connection;
        connection.connect(
                nodes.get(random.nextInt(nodes.size())).apply(name), () -> connection.join(room, position()));
    }

    private synchronized void frame(Map<String, Object> frame) {
        switch ((String) frame.get("type")) {
            case "joined" -> {
                Position now = new Position((String) frame.get("epoch"), number(frame, "offset"));
                boolean recovered = (Boolean) frame.get("recovered");
                log.add(new Event.Joined(System.nanoTime(), room, name, position, now, recovered));
                if (!recovered) {
                    position = now;
                }
                joined = true;
            }
            case "message" -> {
                long offset = number(frame, "offset");
                log.add(new Event.Received(System.nanoTime(), room, name, offset, (String) frame.get("key")));
                position = new Position(position.epoch(), offset);
            }
            case "behind" -> {
                Position now = new Position((String) frame.get("epoch"), number(frame, "offset"));
                log.add(new Event.Behind(System.nanoTime(), room, name, number(frame, "from"), now));
                position = now;
            }
            // The room could not be reached: try again as a client would.
            case "error" -> socket.abort();
            default -> {}
        }
    }

    private static long number(Map<String, Object> frame, String member) {
        return ((Number) frame.get(member)).longValue();
    }

    private synchronized void ended() {
        if (joined) {
            log.add(new Event.Ended(System.nanoTime(), room, name));
        }
        joined = false;
        if (!stopped) {
            var unused = timer.schedule(this::connect, 50 + random.nextInt(500), TimeUnit.MILLISECONDS);
        }
    }

    /** Loses the connection, as on a bad network. */
    synchronized void drop() {
        if (socket != null) {
            socket.abort();
        }
    }

    synchronized void stop() {
        stopped = true;
        drop();
    }
}

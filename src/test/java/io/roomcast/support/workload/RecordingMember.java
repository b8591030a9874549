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
 * A member of one room that records what it sees. When its connection ends it reconnects, to a node that chance picks,
 * with the position that it had. Now and then it joins again on the same connection.
 *
 * <p>The monitor guards all state: frames come from the connection's thread, drops and returns from the timer's.
 */
public final class RecordingMember {
    private final String name;
    private final String room;
    private final List<Function<String, URI>> nodes;
    private final HistoryLog log;
    private final ScheduledExecutorService timer;
    private final Random random;
    private FrameSocket socket;
    private Position position;
    /** What it asked for when it joined last. */
    private Position asked;

    private boolean rejoining;
    private boolean joined;
    private boolean stopped;

    RecordingMember(
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

    public synchronized boolean isJoined() {
        return joined;
    }

    synchronized void connect() {
        if (stopped) {
            return;
        }
        FrameSocket connection = new FrameSocket(this::frame, this::ended);
        socket = connection;
        connection.connect(
                nodes.get(random.nextInt(nodes.size())).apply(name), () -> connection.join(room, ask(false)));
    }

    private synchronized Position ask(boolean again) {
        rejoining = again;
        asked = position;
        return position;
    }

    /** Where that is refused, it is still in the room, and owed everything. */
    synchronized void rejoin() {
        if (joined && !rejoining) {
            socket.join(room, ask(true));
        }
    }

    private synchronized void frame(Map<String, Object> frame) {
        switch ((String) frame.get("type")) {
            case "joined" -> {
                Position now = FrameSocket.position((String) frame.get("epoch"), frame);
                boolean recovered = (Boolean) frame.get("recovered");
                log.add(new Event.Joined(System.nanoTime(), room, name, asked, now, recovered));
                position = recovered ? asked : now;
                joined = true;
                rejoining = false;
                askWhoIsHere();
            }
            case "message" -> {
                long offset = number(frame, "offset");
                log.add(new Event.Received(
                        System.nanoTime(), room, name, offset, (String) frame.get("idempotencyKey")));
                position = FrameSocket.position(position.epoch(), frame);
            }
            case "behind" -> {
                Position now = FrameSocket.position((String) frame.get("epoch"), frame);
                log.add(new Event.Behind(System.nanoTime(), room, name, number(frame, "from"), now));
                position = now;
            }
            case "members" -> log.add(new Event.Listed(System.nanoTime(), room, name, ids(frame, "users")));
            case "presence" -> {
                Event.Told told = new Event.Told(
                        System.nanoTime(),
                        room,
                        name,
                        ids(frame, "joined"),
                        ids(frame, "left"),
                        number(frame, "count"));
                log.add(told);
                if (told.joined().isEmpty() && told.left().isEmpty()) {
                    askWhoIsHere();
                }
            }
            case "error" -> {
                if (rejoining && frame.containsKey("id") && number(frame, "id") == 1) {
                    rejoining = false;
                } else {
                    socket.abort(); // Tries again as a client would.
                }
            }
            case "left" -> socket.abort();
            default -> {}
        }
    }

    /** Who is there; what is told afterwards is added to the answer. */
    private void askWhoIsHere() {
        socket.send(Map.of("type", "members", "id", 2, "room", room));
    }

    @SuppressWarnings("unchecked") // an array of users is a list of maps
    private static List<String> ids(Map<String, Object> frame, String member) {
        return ((List<Map<String, Object>>) frame.get(member))
                .stream().map(user -> (String) user.get("id")).toList();
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

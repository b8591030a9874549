package io.roomcast.support.workload;

import io.roomcast.protocol.Position;
import io.roomcast.support.MessageSocket;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A connection that speaks protocol v1 as maps, and calls back: for clients that wait for nothing. */
public final class FrameSocket extends MessageSocket {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Jsonb JSON = JsonbBuilder.create();

    private final Consumer<Map<String, Object>> frames;
    private final Runnable ended;

    /**
     * @param frames each frame in order, on the connection's thread
     * @param ended called once, when the connection ends or cannot be made
     */
    public FrameSocket(Consumer<Map<String, Object>> frames, Runnable ended) {
        this.frames = frames;
        this.ended = ended;
    }

    /** Connects; {@code opened} may send. */
    public void connect(URI uri, Runnable opened) {
        var unused = open(uri, V1, Map.of(), PATIENCE).thenRun(() -> {
            if (isOpen()) {
                opened.run();
            }
        });
    }

    /** Joins a room: with all that came since a position, where there is one. */
    public void join(String room, Position since) {
        Map<String, Object> frame = new HashMap<>(Map.of("type", "join", "id", 1, "room", room));
        if (since != null) {
            frame.put("since", Map.of("epoch", since.epoch(), "offset", since.offset(), "at", since.at()));
        }
        send(frame);
    }

    /** The position that a frame names, with its proof if it has one. */
    public static Position position(String epoch, Map<String, Object> frame) {
        long at = frame.get("at") instanceof Number time ? time.longValue() : 0;
        return new Position(epoch, ((Number) frame.get("offset")).longValue(), at);
    }

    public void send(Map<String, Object> frame) {
        send(JSON.toJson(frame));
    }

    public boolean isOver() {
        return !isOpen();
    }

    @Override
    @SuppressWarnings("unchecked") // a JSON object is a map
    protected void received(String text) {
        text.lines().filter(line -> isOpen()).forEach(line -> frames.accept(JSON.fromJson(line, Map.class)));
    }

    @Override
    protected void ended() {
        ended.run();
    }
}

package io.roomcast.http.rooms;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.MessageRange;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The transport of a session that is a stream of server-sent events. Each frame is one event, whose id has the positions
 * of the client after it.
 *
 * <p><b>Concurrency.</b> Any thread. The monitor guards all state. One write is in flight at a time; it is the send of a
 * frame, a comment, or the end.
 */
final class EventTransport implements Transport {

    /** The stream. Called outside the monitor; must not block. */
    interface Listener {
        /** Writes bytes. The next write follows when the completion has been called. */
        void write(byte[] bytes, Consumer<Throwable> completion);

        /** The client has taken what was written. */
        void onTaken();

        /**
         * The stream ends. Called once.
         *
         * @param code why the node has closed the session; null if writing has failed
         */
        void onEnd(CloseCode code);
    }

    private static final byte[] ID = "id: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OFFSET = "\"offset\":".getBytes(StandardCharsets.US_ASCII);
    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    private final Listener listener;
    private final EventPositions positions = new EventPositions();
    private boolean isWriting;
    /** What is written when the write in flight is done; null for nothing. */
    private Runnable next;

    private boolean isEnding;
    private boolean hasEnded;

    EventTransport(Listener listener) {
        this.listener = listener;
    }

    @Override
    public String kind() {
        return "events";
    }

    @Override
    public void send(EncodedFrame frame, Completion completion) {
        Runnable send = () -> write(events(frame), completion::sent);
        synchronized (this) {
            if (isEnding) {
                return;
            }
            if (isWriting) {
                next = send; // behind a comment
                return;
            }
            isWriting = true;
        }
        send.run();
    }

    @Override
    public void ping() {
        synchronized (this) {
            if (isWriting || isEnding) {
                return; // What is being written shows whether the client is there.
            }
            isWriting = true;
        }
        write(COMMENT, failure -> {
            if (failure != null) {
                end(null);
            }
        });
    }

    @Override
    public void close(CloseCode code, String reason) {
        boolean isStuck = code == CloseCode.SLOW_CONSUMER || code == CloseCode.GOING_AWAY;
        Runnable last = () -> write(events(Lines.closed(code, reason)), failure -> end(code));
        synchronized (this) {
            if (isEnding) {
                return;
            }
            isEnding = true;
            if (isWriting && !isStuck) {
                next = last;
                return;
            }
            isWriting = true;
        }
        if (isStuck) {
            end(code);
        } else {
            last.run();
        }
    }

    private void write(byte[] bytes, Consumer<Throwable> completion) {
        listener.write(bytes, failure -> {
            Runnable waiting;
            synchronized (this) {
                waiting = next;
                next = null;
                isWriting = waiting != null;
            }
            if (failure == null) {
                listener.onTaken();
            }
            completion.accept(failure);
            if (waiting != null) {
                waiting.run();
            }
        });
    }

    /** Ends the stream. Idempotent. */
    void end(CloseCode code) {
        synchronized (this) {
            isEnding = true;
            if (hasEnded) {
                return;
            }
            hasEnded = true;
        }
        listener.onEnd(code);
    }

    /** A line that is no frame of the session, as an event. */
    private static byte[] events(byte[] line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(line.length + 16);
        out.writeBytes(DATA);
        out.writeBytes(line);
        out.writeBytes(new byte[] {'\n', '\n'});
        return out.toByteArray();
    }

    private synchronized byte[] events(EncodedFrame frame) {
        byte[] lines = frame.payload();
        ByteArrayOutputStream out = new ByteArrayOutputStream(lines.length + 256);
        for (int start = 0; start < lines.length; ) {
            int end = start;
            while (end < lines.length && lines[end] != '\n') {
                end++;
            }
            if (moveOn(frame, lines, start, end)) {
                out.writeBytes(ID);
                out.writeBytes(positions.id().getBytes(StandardCharsets.US_ASCII));
                out.write('\n');
            }
            out.writeBytes(DATA);
            out.write(lines, start, end - start);
            out.write('\n');
            out.write('\n');
            start = end + 1;
        }
        return out.toByteArray();
    }

    /** Moves the positions on. Returns whether the frame is one that does so. */
    private boolean moveOn(EncodedFrame frame, byte[] lines, int start, int end) {
        MessageRange range = frame.range();
        if (range != null) {
            byte[] line = Arrays.copyOfRange(lines, start, end);
            positions.set(range.room().value(), range.epoch(), offset(line), MessageFrames.at(line));
            return true;
        }
        if (!frame.kind().isReply()) {
            return false;
        }
        try (JsonReader reader = READERS.createReader(new ByteArrayInputStream(lines, start, end - start))) {
            JsonObject reply = reader.readObject();
            String type = reply.getString("type", "");
            boolean moves = type.equals("joined") || type.equals("behind");
            if (moves) {
                JsonNumber at = reply.getJsonNumber("at");
                positions.set(
                        reply.getString("room"),
                        reply.getString("epoch"),
                        reply.getJsonNumber("offset").longValue(),
                        at == null ? 0 : at.longValue());
            }
            return moves;
        }
    }

    /** The first offset in a {@code message} frame, which is that of the message. */
    private static long offset(byte[] line) {
        int at = 0;
        while (!Arrays.equals(line, at, at + OFFSET.length, OFFSET, 0, OFFSET.length)) {
            at++;
        }
        long offset = 0;
        for (int i = at + OFFSET.length; line[i] >= '0' && line[i] <= '9'; i++) {
            offset = 10 * offset + line[i] - '0';
        }
        return offset;
    }
}

package io.roomcast.load;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * A member's way over plain HTTP: polls or a stream of events bring what comes, and sends take what it says, over a
 * socket of their own.
 *
 * <p><b>Concurrency.</b> The loop's thread does everything; what any thread sends waits in {@code outbox}, guarded by
 * its monitor.
 */
final class HttpConnection implements Connection {
    private static final int WAIT_MS = 20_000;
    private static final int DRAINING = 4001;
    private static final byte[] BEHIND = Scan.ascii("{\"type\":\"behind\"}");

    private final Endpoint endpoint;
    private final SSLContext trust;
    private final boolean isStream;
    /** Where the member is in its room, as JSON; null if it is nowhere yet. */
    private final Supplier<String> position;

    private final Listener listener;
    private final ArrayDeque<String> outbox = new ArrayDeque<>();
    private EventLoop loop;
    private Waiting waiting;
    private Sending sending;
    private String session;
    private boolean wantsJoined;
    private boolean isOver;

    /**
     * @param base of the application, with the scheme of a WebSocket
     * @param room the member's room
     * @param user parameter of the query, or empty
     * @param headers of each request, each with its end of line
     */
    record Endpoint(URI base, String room, String user, String headers) {
        String target(String name, String query) {
            String all = user.isEmpty() || query.isEmpty() ? user + query : user + "&" + query;
            return base.getRawPath() + "http/" + name + (all.isEmpty() ? "" : "?" + all);
        }
    }

    HttpConnection(
            Endpoint endpoint, SSLContext trust, boolean isStream, Supplier<String> position, Listener listener) {
        this.endpoint = endpoint;
        this.trust = trust;
        this.isStream = isStream;
        this.position = position;
        this.listener = listener;
    }

    @Override
    public void connect(EventLoop on) {
        loop = on;
        open(listener::opened);
    }

    private void open(Runnable then) {
        waiting = new Waiting(then);
        waiting.line.connect(loop);
    }

    @Override
    public void send(String text) {
        if (text.startsWith("{\"type\":\"join\"")) {
            loop.execute(this::join);
        } else if (!text.startsWith("{\"type\":\"hello\"")) {
            synchronized (outbox) {
                outbox.add(text);
            }
            loop.execute(this::flush);
        }
    }

    private void join() {
        wantsJoined = true;
        if (!waiting.isBusy) {
            ask();
        } else if (isStream) {
            Waiting before = waiting;
            open(this::ask);
            before.line.close();
        }
    }

    private void ask() {
        if (isOver) {
            return;
        }
        String since = position.get();
        waiting.isBusy = true;
        if (isStream) {
            String query = "rooms=" + endpoint.room() + (session == null ? "" : "&session=" + session)
                    + (since == null ? "" : "&lastEventId=" + eventId(since));
            waiting.line.request("GET", endpoint.target("events", query), endpoint.headers(), "");
        } else {
            String body = "{\"rooms\":{\"" + endpoint.room() + "\":" + since + "},\"waitMs\":" + WAIT_MS
                    + (session == null ? "" : ",\"session\":\"" + session + '"') + "}";
            waiting.line.request("POST", endpoint.target("poll", ""), endpoint.headers(), body);
        }
    }

    private String eventId(String since) {
        JsonObject place = read(since.getBytes(StandardCharsets.UTF_8));
        String part = endpoint.room()
                + ' '
                + place.getString("epoch")
                + ' '
                + place.getJsonNumber("offset")
                + ' '
                + (place.containsKey("at") ? place.getJsonNumber("at") : "0");
        return Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonObject read(byte[] json) {
        try (var reader = Json.createReader(new ByteArrayInputStream(json))) {
            return reader.readObject();
        }
    }

    private void flush() {
        if (isOver || sending != null && (sending.isBusy || !sending.isConnected)) {
            return;
        }
        String body;
        synchronized (outbox) {
            body = String.join("\n", outbox);
            if (sending != null) {
                outbox.clear();
            }
        }
        if (body.isEmpty()) {
            return;
        }
        if (sending == null) {
            sending = new Sending();
            sending.line.connect(loop);
        } else {
            sending.isBusy = true;
            sending.line.request(
                    "POST",
                    endpoint.target("send", ""),
                    endpoint.headers() + "Roomcast-Session: " + session + "\r\n",
                    body);
        }
    }

    @Override
    public void close() {
        end(1000, "");
    }

    @Override
    public void abort() {
        end(1006, "");
    }

    private void end(int code, String why) {
        if (isOver) {
            return;
        }
        isOver = true;
        waiting.line.close();
        if (sending != null) {
            sending.line.close();
        }
        listener.closed(code, why);
    }

    /** A line of an answer, without its end. */
    private void line(byte[] bytes, int from, int to, long readAt) {
        Scan scan = new Scan(bytes, from, to);
        if (to <= from || isOver) {
            return;
        }
        if (scan.isMessage()) {
            listener.text(bytes, from, to, readAt);
            return;
        }
        JsonObject frame = read(Arrays.copyOfRange(bytes, from, to));
        switch (frame.getString("type", "")) {
            case "welcome" -> session = frame.getString("resume");
            case "joined" -> {
                if (wantsJoined) {
                    wantsJoined = false;
                    listener.text(bytes, from, to, readAt);
                } else if (!frame.getBoolean("recovered")) {
                    // To the member, this is as if it had read too slowly.
                    listener.text(BEHIND, 0, BEHIND.length, readAt);
                }
            }
            case "closed" -> end(frame.getInt("code"), frame.getString("reason"));
            case "draining" -> {
                if (!isStream) {
                    end(DRAINING, "");
                }
            }
            default -> listener.text(bytes, from, to, readAt);
        }
    }

    /** The socket of the requests that wait. */
    private final class Waiting implements HttpLine.Listener {
        final HttpLine line = new HttpLine(endpoint.base(), trust, this);
        private final Runnable then;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
        boolean isBusy;

        Waiting(Runnable then) {
            this.then = then;
        }

        @Override
        public void connected() {
            then.run();
        }

        @Override
        public void status(int status) {
            if (status != 200) {
                end(0, "refused: " + status);
            }
        }

        @Override
        public void body(byte[] bytes, int from, int to, long readAt) {
            int begin = from;
            for (int at = from; at < to; at++) {
                if (bytes[at] == '\n') {
                    if (kept.size() == 0) {
                        whole(bytes, begin, at, readAt);
                    } else {
                        kept.write(bytes, begin, at - begin);
                        byte[] line = kept.toByteArray();
                        kept.reset();
                        whole(line, 0, line.length, readAt);
                    }
                    begin = at + 1;
                }
            }
            kept.write(bytes, begin, to - begin);
        }

        private void whole(byte[] bytes, int from, int to, long readAt) {
            if (waiting != this) {
                return;
            }
            if (!isStream) {
                line(bytes, from, to, readAt);
            } else if (to - from > 6 && bytes[from] == 'd') {
                line(bytes, from + "data: ".length(), to, readAt);
            }
        }

        @Override
        public void answered() {
            if (waiting == this && !isStream) {
                ask();
            } else if (waiting == this) {
                end(0, "the stream ended");
            }
        }

        @Override
        public void closed(String why) {
            if (waiting == this) {
                end(0, why);
            }
        }
    }

    /** The socket of what the member says. */
    private final class Sending implements HttpLine.Listener {
        final HttpLine line = new HttpLine(endpoint.base(), trust, this);
        private final ByteArrayOutputStream answer = new ByteArrayOutputStream(0);
        boolean isConnected;
        boolean isBusy;

        @Override
        public void connected() {
            isConnected = true;
            flush();
        }

        @Override
        public void status(int status) {
            if (status != 200) {
                end(0, "refused: " + status);
            }
        }

        @Override
        public void body(byte[] bytes, int from, int to, long readAt) {
            answer.write(bytes, from, to - from);
        }

        @Override
        public void answered() {
            byte[] lines = answer.toByteArray();
            answer.reset();
            isBusy = false;
            long now = System.nanoTime();
            int begin = 0;
            for (int at = 0; at < lines.length; at++) {
                if (lines[at] == '\n') {
                    line(lines, begin, at, now);
                    begin = at + 1;
                }
            }
            flush();
        }

        @Override
        public void closed(String why) {
            if (isBusy || !isConnected) {
                end(0, why);
            }
            sending = null; // The node may close a socket that is idle.
        }
    }
}

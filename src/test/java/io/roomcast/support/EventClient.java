package io.roomcast.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Reads a stream of server-sent events. What arrives waits in a queue until the test asks for it. */
public final class EventClient implements AutoCloseable {
    private static final String END = "";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final HttpResponse<Stream<String>> response;
    private String lastId = "";
    private int comments;

    /** @param lastEventId as the header; empty for none */
    public EventClient(URI events, String lastEventId) {
        this(events, lastEventId, null);
    }

    /** @param authorization as the header; null for none */
    public EventClient(URI events, String lastEventId, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(events).header("Accept", "text/event-stream");
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try {
            response = http.send(request.build(), BodyHandlers.ofLines());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        Thread reader = new Thread(() -> {
            try {
                response.body().forEach(lines::add);
            } catch (RuntimeException e) {
                // The stream has broken off.
            }
            lines.add("end");
        });
        reader.setDaemon(true);
        reader.start();
    }

    public int status() {
        return response.statusCode();
    }

    /** The id of the last event that was asked for. */
    public String lastId() {
        return lastId;
    }

    /** How many comments came before the last event. */
    public int comments() {
        return comments;
    }

    /** The frame of the next event. */
    public Frame next() {
        String data = null;
        while (true) {
            String line;
            try {
                line = lines.poll(RoomClient.PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (line == null) {
                throw new AssertionError("no further event");
            } else if (line.startsWith("data: ")) {
                data = line.substring("data: ".length());
            } else if (line.startsWith("id: ")) {
                lastId = line.substring("id: ".length());
            } else if (line.startsWith(":")) {
                comments++;
            } else if (line.equals(END) && data != null) {
                return Frame.of(data);
            } else if (line.equals("end")) {
                throw new AssertionError("the stream has ended");
            }
        }
    }

    /** The next frame of this type; others are passed over. */
    public Frame next(String type) {
        Frame frame = next();
        while (!frame.is(type)) {
            frame = next();
        }
        return frame;
    }

    @Override
    public void close() {
        response.body().close();
    }
}

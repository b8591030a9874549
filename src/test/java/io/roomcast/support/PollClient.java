package io.roomcast.support;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A client that uses rooms over HTTP, and keeps to the protocol: it polls from the positions that it has. Each request
 * goes to the node that comes next. Used by one thread.
 */
public final class PollClient {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private HttpClient http = HTTP;
    private final Supplier<URI> nodes;
    private final String query;
    /** The header of each request; null for none. */
    private String authorization;
    /** The position in each room, as JSON; "null" before the first answer. */
    private final Map<String, String> positions = new LinkedHashMap<>();

    private String session;

    private PollClient(String query, Supplier<URI> nodes) {
        this.nodes = nodes;
        this.query = query;
    }

    /** @param nodes the address of the application, for each request */
    public PollClient(Supplier<URI> nodes, String user) {
        this("?user=" + TestServer.encoded(user), nodes);
    }

    /** A client that proves who it is by the header {@code Authorization}. */
    public static PollClient proven(URI application, String authorization) {
        PollClient client = new PollClient("", () -> application);
        client.authorization = authorization;
        return client;
    }

    public PollClient(URI application, String user) {
        this(() -> application, user);
    }

    /** Sends its requests by this client from now on. */
    public PollClient over(HttpClient client) {
        http = client;
        return this;
    }

    /** Takes a room into later polls. */
    public PollClient room(String name) {
        positions.put(name, "null");
        return this;
    }

    /** Takes a room out of later polls. */
    public PollClient without(String name) {
        positions.remove(name);
        return this;
    }

    public String session() {
        return session;
    }

    public void setSession(String ticket) {
        session = ticket;
    }

    /** Sends this header from now on. */
    public void setAuthorization(String value) {
        authorization = value;
    }

    /** The body of the next poll. */
    public String body(long waitMs) {
        String rooms = positions.entrySet().stream()
                .map(room -> '"' + room.getKey() + "\":" + room.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        return "{\"rooms\":" + rooms + ",\"waitMs\":" + waitMs
                + (session == null ? "" : ",\"session\":\"" + session + '"') + "}";
    }

    /** Sends a poll, and waits for its answer. Its frames move the positions on. */
    public List<Frame> poll(long waitMs) {
        return take(join(pollAsync(waitMs)));
    }

    /** Sends a poll; {@link #take} must follow. */
    public CompletableFuture<HttpResponse<String>> pollAsync(long waitMs) {
        return send("http/poll", body(waitMs));
    }

    /** Sends frames, written with apostrophes for quotes. */
    public List<Frame> send(String... lines) {
        return frames(join(send("http/send", String.join("\n", lines).replace('\'', '"'))));
    }

    /** Sends a request. */
    public CompletableFuture<HttpResponse<String>> send(String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(nodes.get().resolve(path + query))
                .timeout(Duration.ofSeconds(40))
                .POST(BodyPublishers.ofString(body));
        if (session != null) {
            request.header("Roomcast-Session", session);
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return http.sendAsync(request.build(), BodyHandlers.ofString());
    }

    /** Waits for a response. */
    public static HttpResponse<String> join(CompletableFuture<HttpResponse<String>> response) {
        try {
            return response.get(40, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Checks that a response is the problem with this code, and returns it. */
    public static JsonObject refusal(int status, String code, HttpResponse<String> response) {
        if (response.statusCode() != status
                || !response.headers().firstValue("Content-Type").orElse("").startsWith("application/problem+json")
                || !Http.read(response.body()).getString("code").equals(code)) {
            throw new AssertionError("not " + status + " " + code + ": " + response.statusCode() + " "
                    + response.headers().map() + " " + response.body());
        }
        return Http.read(response.body());
    }

    /** The frames of a response. */
    public static List<Frame> frames(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return Arrays.stream(response.body().split("\n"))
                .filter(line -> !line.isBlank())
                .map(Frame::of)
                .toList();
    }

    /** Takes the positions and the session from an answer. */
    public List<Frame> take(HttpResponse<String> response) {
        List<Frame> frames = new ArrayList<>(frames(response));
        for (Frame frame : frames) {
            switch (frame.type()) {
                case "welcome" -> session = frame.string("resume");
                case "joined", "behind" ->
                    positions.computeIfPresent(
                            frame.string("room"),
                            (room, before) -> position(
                                    frame.string("epoch"), frame.offset(), frame.has("at") ? frame.number("at") : 0));
                case "message" ->
                    positions.computeIfPresent(
                            frame.string("room"),
                            (room, before) -> position(epoch(before), frame.offset(), frame.number("at")));
                default -> {}
            }
        }
        return frames;
    }

    private static String position(String epoch, long offset, long at) {
        return "{\"epoch\":\"" + epoch + "\",\"offset\":" + offset + ",\"at\":" + at + "}";
    }

    private static String epoch(String position) {
        return Http.read(position).getString("epoch");
    }

    /** Whether the server can be reached now. */
    public boolean isReachable() {
        try {
            HTTP.send(HttpRequest.newBuilder(nodes.get().resolve("health/live")).build(), BodyHandlers.discarding());
            return true;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }
}

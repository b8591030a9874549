package io.roomcast.support;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Plain requests to a server, for tests. */
public record Http(URI server, String key) {
    private static final HttpClient PLAIN =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** It offers HTTP/2 with every request. */
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /**
     * @param path below the application
     * @param body JSON, or null for none
     */
    public HttpResponse<String> send(String method, String path, String body) {
        return send(CLIENT, method, path, body);
    }

    /** HTTP/1.1 without an offer of HTTP/2, as most programs send it. */
    public HttpResponse<String> sendPlain(String method, String path, String body) {
        return send(PLAIN, method, path, body);
    }

    /** @param headers names and values, in turn */
    public HttpResponse<String> sendWith(List<String> headers, String method, String path, String body) {
        return send(PLAIN, method, path, body, headers.toArray(String[]::new));
    }

    private HttpResponse<String> send(HttpClient client, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path.substring(1)))
                .timeout(Duration.ofSeconds(8))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public JsonObject json(String method, String path, String body) {
        return read(send(method, path, body).body());
    }

    public static JsonObject read(String json) {
        try (var reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }
}

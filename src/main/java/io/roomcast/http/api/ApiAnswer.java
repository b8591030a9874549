package io.roomcast.http.api;

import io.roomcast.http.Problem;
import io.roomcast.service.Failure;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.config.PropertyOrderStrategy;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The response to a request of the server API.
 *
 * @param json the body; null if it comes in parts
 * @param headers headers that this answer has beside those of all answers
 * @param parts the body if it may have any length; else null
 */
record ApiAnswer(int status, String contentType, String json, Map<String, String> headers, Parts parts) {
    /** A body that is sent part by part. */
    interface Parts {
        byte[] first();

        /** The next part, which may be empty; completes with null after the last one. */
        CompletionStage<byte[]> next();

        /** No further part is asked for. The second call does nothing. */
        void close();
    }

    private static final String LINES = "application/x-ndjson";

    private static final Jsonb JSONB =
            JsonbBuilder.create(new JsonbConfig().withPropertyOrderStrategy(PropertyOrderStrategy.ANY));

    static ApiAnswer ok(Object body) {
        return okJson(JSONB.toJson(body));
    }

    static ApiAnswer okJson(String json) {
        return new ApiAnswer(HttpServletResponse.SC_OK, "application/json", json, Map.of(), null);
    }

    /** What was asked for has begun, and is not done yet. */
    static ApiAnswer accepted(Object body) {
        return new ApiAnswer(HttpServletResponse.SC_ACCEPTED, "application/json", JSONB.toJson(body), Map.of(), null);
    }

    /** Lines of JSON, each an object. */
    static ApiAnswer lines(Parts parts) {
        return new ApiAnswer(HttpServletResponse.SC_OK, LINES, null, Map.of(), parts);
    }

    static ApiAnswer of(Failure failure) {
        return of(failure, problem -> {});
    }

    /** @param more adds further members to the description of the problem */
    static ApiAnswer of(Failure failure, Consumer<JsonObjectBuilder> more) {
        Map<String, String> headers = new HashMap<>();
        if (failure.retryAfterMs() != null) {
            // The header has whole seconds. The time is rounded up, so that the client does not repeat the request too
            // early.
            headers.put("Retry-After", String.valueOf(TimeUnit.MILLISECONDS.toSeconds(failure.retryAfterMs() + 999)));
        }
        if (failure.cause() instanceof ApiRefusalException refusal) {
            headers.put("WWW-Authenticate", refusal.challenge());
        }
        Problem problem = Problem.of(failure);
        JsonObjectBuilder json = Json.createObjectBuilder(problem.toJson());
        more.accept(json);
        return new ApiAnswer(problem.status(), Problem.MEDIA_TYPE, json.build().toString(), headers, null);
    }

    /** Writes all but the body. */
    void writeHead(HttpServletResponse response) {
        response.setStatus(status);
        response.setContentType(contentType);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        headers.forEach(response::setHeader);
    }

    /** For an answer that does not come in parts. */
    void write(HttpServletResponse response) throws IOException {
        byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
        writeHead(response);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}

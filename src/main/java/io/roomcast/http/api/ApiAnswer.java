package io.roomcast.http.api;

import io.roomcast.protocol.Position;
import io.roomcast.service.Failure;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.config.PropertyOrderStrategy;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The response to a request of the server API.
 *
 * @param json the body
 * @param retryAfterMs milliseconds after which the request may be repeated; null if a later attempt would not help
 */
record ApiAnswer(int status, String json, Long retryAfterMs) {
    private static final Jsonb JSONB =
            JsonbBuilder.create(new JsonbConfig().withPropertyOrderStrategy(PropertyOrderStrategy.ANY));

    /**
     * The body of an answer to a request that failed.
     *
     * @param retryAfterMs milliseconds after which the request may be repeated; null if a later attempt would not help
     * @param epoch epoch of the room's present position, whose offset follows; null unless the code says so
     */
    public record Problem(String code, String text, Long retryAfterMs, String epoch, Long offset) {
        static Problem of(Failure failure) {
            Position present = failure.position();
            return new Problem(
                    failure.code().wire(),
                    failure.text(),
                    failure.retryAfterMs(),
                    present == null ? null : present.epoch(),
                    present == null ? null : present.offset());
        }
    }

    static ApiAnswer ok(Object body) {
        return okJson(JSONB.toJson(body));
    }

    static ApiAnswer okJson(String json) {
        return new ApiAnswer(HttpServletResponse.SC_OK, json, null);
    }

    static ApiAnswer of(Failure failure) {
        Long retry = failure.retryAfterMs();
        Problem problem = Problem.of(failure);
        return new ApiAnswer(failure.code().httpStatus(), JSONB.toJson(problem), retry);
    }

    void write(HttpServletResponse response) throws IOException {
        byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (retryAfterMs != null) {
            // The header has whole seconds. The time is rounded up, so that the client does not repeat the request too
            // early.
            long seconds = TimeUnit.MILLISECONDS.toSeconds(retryAfterMs + 999);
            response.setHeader("Retry-After", String.valueOf(seconds));
        } else if (status == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer");
        }
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}

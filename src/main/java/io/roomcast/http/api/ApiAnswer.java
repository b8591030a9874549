package io.roomcast.http.api;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.RelayUnavailableException;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.config.PropertyOrderStrategy;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** What a request of the server API is answered with. */
record ApiAnswer(int status, String json) {
    private static final Logger LOG = System.getLogger(ApiAnswer.class.getName());
    private static final Jsonb JSONB =
            JsonbBuilder.create(new JsonbConfig().withPropertyOrderStrategy(PropertyOrderStrategy.ANY));
    private static final int RETRY_AFTER_SECONDS = 1;

    /** @param retryAfterMs null where trying again would not help */
    public record Problem(String code, String text, Long retryAfterMs) {}

    static ApiAnswer ok(Object body) {
        return new ApiAnswer(HttpServletResponse.SC_OK, JSONB.toJson(body));
    }

    /** What {@code failure} means to who asked. What no code names goes to the log. */
    static ApiAnswer of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ApiException refused = refusal(cause);
        if (refused.status() == 500) {
            LOG.log(Level.ERROR, "A request of the server API failed", cause);
        }
        boolean later = refused.status() == 503;
        Long retry = later ? Long.valueOf(RETRY_AFTER_SECONDS * 1_000L) : null;
        return new ApiAnswer(refused.status(), JSONB.toJson(new Problem(refused.code(), refused.getMessage(), retry)));
    }

    static Problem problem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ApiException refused = refusal(cause);
        return new Problem(refused.code(), refused.getMessage(), null);
    }

    private static ApiException refusal(Throwable cause) {
        if (cause instanceof ApiException known) {
            return known;
        } else if (cause instanceof ProtocolException refused) {
            return ApiException.of(refused.code(), refused.getMessage());
        } else if (cause instanceof RelayUnavailableException || cause instanceof TimeoutException) {
            return ApiException.of(
                    ErrorCode.UNAVAILABLE, "could not be stored or read now; try again with the same key");
        }
        return ApiException.of(ErrorCode.UNKNOWN, "internal error");
    }

    void write(HttpServletResponse response) throws IOException {
        byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", String.valueOf(RETRY_AFTER_SECONDS));
        } else if (status == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer");
        }
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}

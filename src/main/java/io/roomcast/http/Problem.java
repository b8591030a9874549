package io.roomcast.http;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.service.Failure;
import io.roomcast.service.admission.Verdict;
import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;
import java.util.Map;

/**
 * Why an HTTP request failed, in the form of RFC 9457. Programs read {@code code} or {@code type}, which say the same.
 *
 * @param status HTTP status of the answer
 * @param detail what is wrong with this request, for people
 * @param retryAfterMs milliseconds after which the request may be repeated; null if a later attempt would not help
 * @param position the present position of the room; null unless the code says so
 */
public record Problem(int status, ErrorCode code, String detail, Long retryAfterMs, Position position) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /** Begin of the name of each kind of problem. It is a name only: there is nothing to fetch. */
    private static final String TYPE_PREFIX = "urn:roomcast:error:";

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    public static Problem of(Failure failure) {
        return new Problem(
                failure.code().httpStatus(),
                failure.code(),
                failure.text(),
                failure.retryAfterMs(),
                failure.position());
    }

    public static Problem of(Verdict refusal) {
        return of(refusal.code(), refusal.text());
    }

    public static Problem of(ErrorCode code, String detail) {
        return new Problem(code.httpStatus(), code, detail, Failure.retryAfterMs(code), null);
    }

    /** A problem for which only the status is known. */
    public static Problem ofStatus(int status, String detail) {
        ErrorCode code = switch (status) {
            case 403 -> ErrorCode.FORBIDDEN;
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 408 -> ErrorCode.TIMEOUT;
            case 413 -> ErrorCode.TOO_LARGE;
            case 501 -> ErrorCode.NOT_IMPLEMENTED;
            case 503 -> ErrorCode.BUSY;
            default -> status < 500 ? ErrorCode.BAD_REQUEST : ErrorCode.UNKNOWN;
        };
        return new Problem(status, code, detail, null, null);
    }

    public JsonObject toJson() {
        JsonObjectBuilder object = JSON.createObjectBuilder()
                .add("type", TYPE_PREFIX + code.wire())
                .add("title", title())
                .add("status", status)
                .add("detail", detail)
                .add("code", code.wire());
        if (retryAfterMs != null) {
            object.add("retryAfterMs", retryAfterMs);
        }
        if (position != null) {
            object.add("epoch", position.epoch()).add("offset", position.offset());
        }
        return object.build();
    }

    /** The code as words. It is the same for all problems of a kind, as RFC 9457 wants it. */
    private String title() {
        String words = code.wire().replace('_', ' ');
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}

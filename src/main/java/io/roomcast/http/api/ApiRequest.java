package io.roomcast.http.api;

import io.roomcast.http.UnreadBody;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A request of the server API. Unknown properties of the JSON body are ignored. Used by one thread at a time. */
final class ApiRequest {
    /** What the path has in place of a user whom the query names. */
    private static final String ELSEWHERE = "-";

    private final HttpServletRequest request;
    private final List<String> path;
    private final String remote;
    /** Null until {@link #read} has completed. */
    private byte[] bytes;

    /** The parsed body; null until a property is first read. */
    private JsonObject body;

    ApiRequest(HttpServletRequest request) {
        this.request = request;
        this.remote = request.getRemoteAddr();
        this.path = Stream.of(rawPath(request).replaceFirst("^/", "").split("/", -1))
                .map(ApiRequest::decoded)
                .toList();
    }

    /**
     * Returns the path behind the address of the API, as the client sent the path. The path that the container decodes
     * is not reliable. Some containers decode a path as Latin-1, and treat an encoded slash as a separator.
     */
    private static String rawPath(HttpServletRequest request) {
        String raw = request.getRequestURI();
        int at = raw.indexOf(request.getServletPath(), request.getContextPath().length());
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        return at < 0 ? info : raw.substring(at + request.getServletPath().length());
    }

    /** Decodes a segment. Does not change a segment with an invalid encoding, which is no valid room or user name. */
    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }

    /** The method, with GET in place of HEAD. The container omits the body of the response to HEAD. */
    String method() {
        return request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    }

    /** The decoded segments of the path behind the address of the API. */
    List<String> path() {
        return path;
    }

    /**
     * Whether the body must be read before the request is served. A request without a length may have a body, so the
     * result is true then.
     */
    boolean mustReadBody() {
        return request.getMethod().equals("POST") && request.getContentLengthLong() != 0;
    }

    /** Abandons an unread body. To be called before the response is written. */
    void abandonBody(HttpServletResponse response) {
        if (bytes == null && UnreadBody.hasBody(request)) {
            UnreadBody.abandon(request, response);
        }
    }

    /**
     * Reads the body. The request must be asynchronous already.
     *
     * @return completes on any thread; fails with {@link ProtocolException}
     */
    CompletableFuture<Void> read(Threads threads) throws IOException {
        if (request.getContentLengthLong() > ApiBody.MAX_BYTES) {
            return CompletableFuture.failedFuture(ApiBody.tooLarge());
        }
        return ApiBody.of(request.getInputStream(), request.getContentLengthLong(), threads)
                .thenAccept(all -> bytes = all);
    }

    /** The name of the room or user, or the id of the session, in the path. */
    String name() {
        return path.get(1);
    }

    /**
     * The user in the path. Paths cannot have every id, since servers refuse some encoded characters, such as the slash.
     * Such an id is in the parameter {@code user} of the query, and the path has {@code -} in its place.
     *
     * @throws ProtocolException if the id is not valid, or if path and query name two users
     */
    UserId user() {
        String inQuery = query("user");
        if (inQuery != null && !name().equals(ELSEWHERE) && !name().equals(inQuery)) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "the path and the query name two users");
        }
        return new UserId(inQuery == null ? name() : inQuery);
    }

    /** The room in the path, or null if the path has no valid name of a room. */
    RoomName room() {
        try {
            return path.size() > 1 && path.get(0).equals("rooms") ? new RoomName(name()) : null;
        } catch (ProtocolException e) {
            return null;
        }
    }

    /** Address of the caller, or null if unknown. */
    String remote() {
        return remote;
    }

    /** Returns a parameter of the query, or null. */
    String query(String name) {
        return request.getParameter(name);
    }

    /**
     * Returns a parameter of the query, a whole number from 0 to {@code max}.
     *
     * @param defaultValue the value if the query does not have the parameter
     * @throws ProtocolException {@code bad_request}, if the value is not such a number
     */
    long query(String name, long defaultValue, long max) {
        String value = request.getParameter(name);
        if (value == null) {
            return defaultValue;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same error as for a number out of range.
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be a whole number from 0 to " + max);
    }

    /**
     * Returns a property of the body that is a string.
     *
     * @return null if the body has no such property
     * @throws ProtocolException {@code bad_request}, if the property is not a string
     */
    String text(String name) {
        JsonValue value = property(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonString text) {
            return text.getString();
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be a string");
    }

    /**
     * Returns a property of the body that is a number.
     *
     * @throws ProtocolException {@code bad_request}, if the property is missing or is not a number
     */
    double number(String name) {
        if (property(name) instanceof JsonNumber number) {
            try {
                return number.doubleValue();
            } catch (RuntimeException e) {
                // The number has too many digits or too large an exponent for the JSON library. No valid value has.
            }
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be a number");
    }

    /**
     * Returns a property of the body that is an array of strings.
     *
     * @return 1 to {@code max} strings, without duplicates
     * @throws ProtocolException {@code bad_request}, if the property is not such an array
     */
    List<String> texts(String name, int max) {
        JsonValue value = property(name);
        if (value == null || value.getValueType() != JsonValue.ValueType.ARRAY) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be an array of strings");
        }
        List<String> texts = value.asJsonArray().stream()
                .map(element -> {
                    if (element instanceof JsonString text) {
                        return text.getString();
                    }
                    throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be an array of strings");
                })
                .distinct()
                .toList();
        if (texts.isEmpty() || texts.size() > max) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must have 1 to " + max + " elements");
        }
        return texts;
    }

    private JsonValue property(String name) {
        if (body == null) {
            body = parseBody();
        }
        JsonValue value = body.get(name);
        return value == JsonValue.NULL ? null : value;
    }

    /** @throws CharacterCodingException if the bytes are not UTF-8; a lenient decoder would replace such bytes */
    private static String decodedStrictly(byte[] utf8) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    private JsonObject parseBody() {
        if (bytes == null || bytes.length == 0) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
        try (JsonParser parser = Json.createParser(new StringReader(decodedStrictly(bytes)))) {
            parser.next();
            JsonObject object = parser.getObject();
            if (!parser.hasNext()) {
                return object;
            }
        } catch (CharacterCodingException | RuntimeException e) {
            // Falls through to the same error as for a body with two objects. If a limit such as the depth is exceeded,
            // the parser throws exceptions that are not JsonException.
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, "the body is not one JSON object in UTF-8");
    }
}

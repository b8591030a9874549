package io.roomcast.http.api;

import io.roomcast.http.UnreadBody;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
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

/** A request of the server API. Unknown members of its body are ignored. Used by one thread at a time. */
final class ApiRequest {
    private final HttpServletRequest request;
    private final List<String> path;
    /** Null until {@link #read} has completed. */
    private byte[] bytes;

    /** The parsed body; null until a member is first asked for. */
    private JsonObject body;

    ApiRequest(HttpServletRequest request) {
        this.request = request;
        this.path = Stream.of(rawPath(request).replaceFirst("^/", "").split("/", -1))
                .map(ApiRequest::decoded)
                .toList();
    }

    /**
     * Returns the path behind the address of the API, as the client sent it. The decoded path is not reliable: some
     * containers decode it as Latin-1, and treat an encoded slash as a separator.
     */
    private static String rawPath(HttpServletRequest request) {
        String raw = request.getRequestURI();
        int at = raw.indexOf(request.getServletPath(), request.getContextPath().length());
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        return at < 0 ? info : raw.substring(at + request.getServletPath().length());
    }

    /** Decodes a segment. A segment with a wrong encoding stays as it is; no room or user has such a name. */
    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }

    /** The method, with GET in place of HEAD, because the container omits the body of the response to HEAD. */
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

    /** The name of the room or user in the path. */
    String name() {
        return path.get(1);
    }

    /**
     * Returns a parameter of the query, from 0 to {@code most}.
     *
     * @param defaultValue the value if the query does not have the parameter
     * @throws ProtocolException {@code bad_request}, if the value is not such a whole number
     */
    long query(String name, long defaultValue, long most) {
        String value = request.getParameter(name);
        if (value == null) {
            return defaultValue;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through to the same error as for a number out of range.
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be a whole number from 0 to " + most);
    }

    /**
     * Returns a member of the body.
     *
     * @return null if the body has no such member
     * @throws ProtocolException {@code bad_request}, if the member is not a string
     */
    String text(String name) {
        JsonValue value = member(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonString text) {
            return text.getString();
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be a string");
    }

    /** @throws ProtocolException {@code bad_request}, if the member is missing or is not a number */
    double number(String name) {
        if (member(name) instanceof JsonNumber number) {
            try {
                return number.doubleValue();
            } catch (RuntimeException e) {
                // The number has too many digits or too large an exponent for the JSON library. Valid values are
                // shorter.
            }
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be a number");
    }

    /**
     * @return 1 to {@code most} strings, without duplicates
     * @throws ProtocolException {@code bad_request}, if the member is not such an array
     */
    List<String> texts(String name, int most) {
        JsonValue value = member(name);
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
        if (texts.isEmpty() || texts.size() > most) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must have 1 to " + most + " elements");
        }
        return texts;
    }

    private JsonValue member(String name) {
        if (body == null) {
            body = parsed();
        }
        JsonValue value = body.get(name);
        return value == JsonValue.NULL ? null : value;
    }

    /** @throws CharacterCodingException on bytes that are not UTF-8, which a lenient decoder would replace */
    private static String decoded(byte[] utf8) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    private JsonObject parsed() {
        if (bytes == null || bytes.length == 0) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
        try (JsonParser parser = Json.createParser(new StringReader(decoded(bytes)))) {
            parser.next();
            JsonObject object = parser.getObject();
            if (!parser.hasNext()) {
                return object;
            }
        } catch (CharacterCodingException | RuntimeException e) {
            // Falls through to the same error as for two objects. For limits such as depth, the parser throws
            // exceptions that are not JsonException.
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, "the body is not one JSON object in UTF-8");
    }
}

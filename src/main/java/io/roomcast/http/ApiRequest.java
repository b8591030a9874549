package io.roomcast.http;

import io.roomcast.protocol.ErrorCode;
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

/** A request of the server API: where it goes, and what it brings. Members of the body that nobody asks for are ignored. */
final class ApiRequest {
    private final HttpServletRequest request;
    private final List<String> path;
    /** Null until {@link #read}. */
    private byte[] bytes;

    private JsonObject body;

    ApiRequest(HttpServletRequest request) {
        this.request = request;
        this.path = Stream.of(rawPath(request).replaceFirst("^/", "").split("/", -1))
                .map(ApiRequest::decoded)
                .toList();
    }

    /** Behind the address of the API, as the client wrote it: some containers take its bytes for Latin-1, and a slash in a name for one between. */
    private static String rawPath(HttpServletRequest request) {
        String raw = request.getRequestURI();
        int at = raw.indexOf(request.getServletPath(), request.getContextPath().length());
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        return at < 0 ? info : raw.substring(at + request.getServletPath().length());
    }

    /** A name that is not encoded as it should be is one that nothing has. */
    private static String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }

    /** Method and path with names left out, such as {@code POST rooms/*}{@code /messages}. HEAD is a GET whose body the container keeps. */
    String route() {
        String first = path.get(0);
        boolean named = path.size() > 1 && (first.equals("rooms") || first.equals("users"));
        String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
        StringBuilder route = new StringBuilder(method).append(' ').append(first);
        for (int i = 1; i < path.size(); i++) {
            route.append('/').append(named && i == 1 ? "*" : path.get(i));
        }
        return route.toString();
    }

    /** Whether something is to be read before this can be served. Without a length, and in HTTP/2, only reading tells. */
    boolean hasBody() {
        return request.getMethod().equals("POST") && request.getContentLengthLong() != 0;
    }

    /** Before it is answered: what was not read of it is left. */
    void leave(HttpServletResponse response) {
        if (bytes == null && UnreadBody.isThere(request)) {
            UnreadBody.leave(request, response);
        }
    }

    /**
     * Reads the body; the request is asynchronous already.
     *
     * @return completes on a thread of the container, and fails with {@link ApiException}
     */
    CompletableFuture<Void> read() throws IOException {
        if (request.getContentLengthLong() > ApiBody.MAX_BYTES) {
            return CompletableFuture.failedFuture(ApiBody.tooLarge());
        }
        return ApiBody.of(request.getInputStream()).thenAccept(all -> bytes = all);
    }

    /** The room or user of the path. */
    String name() {
        return path.get(1);
    }

    /** A whole number of the query that is at least 0. */
    long query(String name, long otherwise, long most) {
        String value = request.getParameter(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same answer as for a number out of range.
        }
        throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must be a whole number from 0 to " + most);
    }

    /** @return null where the body has no such member */
    String text(String name) {
        JsonValue value = member(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonString text) {
            return text.getString();
        }
        throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must be a string");
    }

    double number(String name) {
        if (member(name) instanceof JsonNumber number) {
            try {
                return number.doubleValue();
            } catch (RuntimeException e) {
                // More digits, or a larger exponent, than readers work with: no number that is asked for here.
            }
        }
        throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must be a number");
    }

    List<String> texts(String name, int most) {
        JsonValue value = member(name);
        if (value == null || value.getValueType() != JsonValue.ValueType.ARRAY) {
            throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must be an array of strings");
        }
        List<String> texts = value.asJsonArray().stream()
                .map(element -> {
                    if (element instanceof JsonString text) {
                        return text.getString();
                    }
                    throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must be an array of strings");
                })
                .distinct()
                .toList();
        if (texts.isEmpty() || texts.size() > most) {
            throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must have 1 to " + most + " elements");
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

    /** What is no UTF-8 would be stored as something else. */
    private static String strictly(byte[] utf8) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    private JsonObject parsed() {
        if (bytes == null || bytes.length == 0) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
        try (JsonParser parser = Json.createParser(new StringReader(strictly(bytes)))) {
            parser.next();
            JsonObject object = parser.getObject();
            if (!parser.hasNext()) {
                return object;
            }
        } catch (CharacterCodingException | RuntimeException e) {
            // The same answer as for two objects. What a parser throws for its own bounds, such as depth, is no
            // JsonException.
        }
        throw ApiException.of(ErrorCode.BAD_REQUEST, "the body is not one JSON object in UTF-8");
    }
}

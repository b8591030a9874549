package io.roomcast.http.api;

import io.roomcast.http.ConnectionWatch;
import io.roomcast.http.Gzip;
import io.roomcast.http.LongResponse;
import io.roomcast.http.PercentEncoding;
import io.roomcast.http.RequestBody;
import io.roomcast.http.UnreadBody;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.JsonMembers;
import io.roomcast.protocol.Meta;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A request of the server API. Unknown properties of the JSON body are ignored. Used by one thread at a time. */
final class ApiRequest {
    private static final int MAX_BYTES = 2 * 1024 * 1024;

    private final HttpServletRequest request;
    private final List<String> segments;
    private final List<String> path;
    private final String remote;
    /** Null until a parameter is first read. */
    private Map<String, String> query;

    /** Null until {@link #read} has completed. */
    private byte[] bytes;

    private boolean isBodyUnread;

    /** The parsed body; null until a property is first read. */
    private JsonMembers members;

    ApiRequest(HttpServletRequest request) {
        this.request = request;
        this.remote = request.getRemoteAddr();
        this.segments = List.of(rawPath(request).replaceFirst("^/", "").split("/", -1));
        this.path = segments.stream().map(ApiRequest::decoded).toList();
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

    /** Decodes a segment. Does not change a segment with an invalid encoding, which {@link #name} refuses. */
    private static String decoded(String segment) {
        try {
            return PercentEncoding.decodedSegment(segment);
        } catch (ProtocolException e) {
            return segment;
        }
    }

    /** The method, with GET in place of HEAD. The container omits the body of the response to HEAD. */
    String method() {
        return request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    }

    /** Whether the client wants only the head of the answer. */
    boolean isHead() {
        return request.getMethod().equals("HEAD");
    }

    /** Whether the answer may be compressed. */
    boolean acceptsGzip() {
        return Gzip.isAccepted(request);
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
        isBodyUnread = bytes == null && UnreadBody.hasBody(request);
        if (isBodyUnread) {
            UnreadBody.abandon(request, response);
        }
    }

    /** Whether {@link #abandonBody} has found a body that nobody reads. */
    boolean isBodyUnread() {
        return isBodyUnread;
    }

    /** Null on an application server. */
    LongResponse longResponse() {
        return LongResponse.of(request);
    }

    /** Notices nothing on the embedded server. */
    ConnectionWatch watch() {
        return ConnectionWatch.of(request);
    }

    /**
     * Reads the body. The request must be asynchronous already.
     *
     * @return completes on any thread; fails with {@link ProtocolException}
     */
    CompletableFuture<Void> read(Threads threads) throws IOException {
        return RequestBody.of(request.getInputStream(), request.getContentLengthLong(), MAX_BYTES, threads)
                .thenAccept(all -> bytes = all);
    }

    /**
     * The name of the room or user, or the id of the session, in the path.
     *
     * @throws ProtocolException {@code bad_request}, if the path is not percent-encoded UTF-8
     */
    String name() {
        return PercentEncoding.decodedSegment(segments.get(isOfNode() ? 2 : 1));
    }

    /** Whether the request concerns only the node that is asked. */
    private boolean isOfNode() {
        return segments.get(0).equals("node");
    }

    /**
     * The user in the path, or in the parameter {@code user} of the query.
     *
     * @throws ProtocolException if the id is not valid, or if path and query name two users
     */
    UserId user() {
        return UserId.ofAddress(name(), query("user"));
    }

    /** The room in the path, or null if the path has no valid name of a room. */
    RoomName room() {
        try {
            int kind = isOfNode() ? 1 : 0;
            return path.size() > kind + 1 && path.get(kind).equals("rooms") ? new RoomName(name()) : null;
        } catch (ProtocolException e) {
            return null;
        }
    }

    /** Address of the caller, or null if unknown. */
    String remote() {
        return remote;
    }

    /**
     * Returns a parameter of the query, or null.
     *
     * @throws ProtocolException {@code bad_request}, if the query is not percent-encoded UTF-8
     */
    String query(String name) {
        if (query == null) {
            query = PercentEncoding.decodedQuery(request.getQueryString());
        }
        return query.get(name);
    }

    /**
     * Refuses a query with other parameters, or with one of them twice: what is not understood might narrow the answer.
     *
     * @throws ProtocolException {@code bad_request}
     */
    void requireOnly(Set<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : PercentEncoding.queryNames(request.getQueryString())) {
            if (!names.contains(name)) {
                String told = name.matches("[\\w.-]{1,64}") ? " " + name : ", number " + (seen.size() + 1);
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "the query has an unknown parameter" + told);
            }
            if (!seen.add(name)) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "the query has " + name + " twice");
            }
        }
    }

    /**
     * Returns a parameter of the query, a whole number from 0 to {@code max}.
     *
     * @param defaultValue the value if the query does not have the parameter
     * @throws ProtocolException {@code bad_request}, if the value is not such a number
     */
    long query(String name, long defaultValue, long max) {
        String value = query(name);
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
        try {
            return members().value(name);
        } catch (ProtocolException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " is not a value that the JSON library reads");
        }
    }

    private JsonMembers members() {
        if (members == null) {
            members = parseBody();
        }
        return members;
    }

    /** The text of a property of the body, any JSON value, as the caller wrote it; null if the body has none. */
    String json(String name) {
        return members().text(name);
    }

    /**
     * Returns a property of the body that is a flat object of strings.
     *
     * @return null if the body has no such property
     * @throws ProtocolException {@code bad_request}, if the property is not such an object
     */
    Map<String, String> strings(String name) {
        JsonValue value = property(name);
        if (value == null) {
            return null;
        }
        if (value.getValueType() != JsonValue.ValueType.OBJECT) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be an object of strings");
        }
        Map<String, String> strings = new LinkedHashMap<>();
        value.asJsonObject().forEach((entry, text) -> {
            if (!(text instanceof JsonString string)) {
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, Meta.what(entry, strings.size() + 1) + " must be a string");
            }
            strings.put(entry, string.getString());
        });
        return strings;
    }

    /** The values of a header. */
    Enumeration<String> headers(String name) {
        return request.getHeaders(name);
    }

    /** @throws CharacterCodingException if the bytes are not UTF-8; a lenient decoder would replace such bytes */
    private static String decodedStrictly(byte[] utf8) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    /**
     * The body as text.
     *
     * @throws ProtocolException {@code bad_request}, if it is not UTF-8
     */
    String body() {
        try {
            return bytes == null ? "" : decodedStrictly(bytes);
        } catch (CharacterCodingException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "the body is not in UTF-8");
        }
    }

    private JsonMembers parseBody() {
        if (bytes == null || bytes.length == 0) {
            return new JsonMembers();
        }
        try {
            return new JsonMembers(decodedStrictly(bytes));
        } catch (CharacterCodingException | RuntimeException e) {
            // If a limit such as the depth is exceeded, the parser throws exceptions that are not JsonException.
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "the body is not one JSON object in UTF-8");
        }
    }
}

package io.roomcast.http;

import io.roomcast.protocol.ErrorCode;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

/** A request of the server API: where it goes, and what it brings. Members of the body that nobody asks for are ignored. */
final class ApiRequest {
    private static final int MAX_BODY_BYTES = 2 * 1024 * 1024;

    private final HttpServletRequest request;
    private final List<String> path;
    private JsonObject body;

    ApiRequest(HttpServletRequest request) {
        this.request = request;
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        this.path = List.of(info.replaceFirst("^/", "").split("/", -1));
    }

    /** Method and path with names left out, such as {@code POST rooms/*}{@code /messages}. */
    String route() {
        String first = path.get(0);
        boolean named = path.size() > 1 && (first.equals("rooms") || first.equals("users"));
        StringBuilder route = new StringBuilder(request.getMethod()).append(' ').append(first);
        for (int i = 1; i < path.size(); i++) {
            route.append('/').append(named && i == 1 ? "*" : path.get(i));
        }
        return route.toString();
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
    String text(String name) throws IOException {
        JsonValue value = member(name);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonString text) {
            return text.getString();
        }
        throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must be a string");
    }

    double number(String name) throws IOException {
        if (member(name) instanceof JsonNumber number) {
            return number.doubleValue();
        }
        throw ApiException.of(ErrorCode.BAD_REQUEST, name + " must be a number");
    }

    List<String> texts(String name, int most) throws IOException {
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

    private JsonValue member(String name) throws IOException {
        if (body == null) {
            body = read();
        }
        JsonValue value = body.get(name);
        return value == JsonValue.NULL ? null : value;
    }

    private JsonObject read() throws IOException {
        byte[] bytes = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw ApiException.of(ErrorCode.TOO_LARGE, "a request may have " + MAX_BODY_BYTES + " bytes");
        }
        if (bytes.length == 0) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(bytes))) {
            return reader.readObject();
        } catch (JsonException | IllegalStateException e) {
            throw ApiException.of(ErrorCode.BAD_REQUEST, "the body is not one JSON object in UTF-8");
        }
    }
}

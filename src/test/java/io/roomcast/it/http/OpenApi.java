package io.roomcast.it.http;

import static io.roomcast.support.SchemaDocument.map;

import io.roomcast.support.SchemaDocument;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The OpenAPI document, and whether an answer is as it says. */
public final class OpenApi {
    private final SchemaDocument schemas;
    private final Map<String, Object> document;

    public OpenApi(String yaml) {
        schemas = new SchemaDocument(yaml);
        document = schemas.content();
    }

    /** Each as {@code GET /rooms}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        map(document.get("paths")).entrySet().stream()
                // Rooms over HTTP are no part of the server API.
                .filter(path -> !path.getKey().startsWith("/http/"))
                .forEach(path -> map(path.getValue()).keySet().stream()
                        .filter(Set.of("get", "post", "put", "delete")::contains)
                        .forEach(method ->
                                operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    /** What a token has to allow, by operation; those that ask for nothing are left out. */
    public Map<String, String> permissions() {
        Map<String, String> permissions = new TreeMap<>();
        for (String operation : operations()) {
            String[] parts = operation.split(" ", -1);
            Object described =
                    map(map(document.get("paths")).get(parts[1])).get(parts[0].toLowerCase(java.util.Locale.ROOT));
            if (map(described).get("x-permission") instanceof String permission) {
                permissions.put(operation, permission);
            }
        }
        return permissions;
    }

    /** What is wrong with the answer to this operation; nothing where all is well. */
    List<String> violations(String operation, int status, JsonValue answer) {
        String[] parts = operation.split(" ", -1);
        Map<String, Object> item = map(map(document.get("paths")).get(parts[1]));
        Map<String, Object> responses =
                map(map(item.get(parts[0].toLowerCase(java.util.Locale.ROOT))).get("responses"));
        Object response = responses.getOrDefault(String.valueOf(status), responses.get("default"));
        Map<String, Object> content = map(schemas.resolved(map(response)).get("content"));
        String type = status < 400 ? "application/json" : "application/problem+json";
        return schemas.violations(map(map(content.get(type)).get("schema")), answer);
    }
}

package io.roomcast.it.described;

import static io.roomcast.support.SchemaDocument.map;

import io.roomcast.support.SchemaDocument;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The AsyncAPI document of the WebSocket: the frames that it has, their schemas and its examples of them. */
public final class AsyncApi {
    /** The frames that clients send. */
    public static final String CLIENT = "client";

    /** The frames that the server sends. */
    public static final String SERVER = "server";

    private static final Path PAGE = Path.of("docs/asyncapi.yaml");

    private final SchemaDocument document;
    private final Map<String, Object> messages;

    private AsyncApi(String yaml) {
        document = new SchemaDocument(yaml).strict();
        messages = map(map(document.content().get("components")).get("messages"));
    }

    public static AsyncApi read() {
        try {
            return new AsyncApi(Files.readString(PAGE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The types of frames that one side sends. */
    public Set<String> types(String side) {
        Set<String> types = new TreeSet<>();
        messages.keySet().stream()
                .filter(name -> name.startsWith(side + "."))
                .forEach(name -> types.add(name.substring(side.length() + 1)));
        return types;
    }

    /** The schema of a frame. */
    public Map<String, Object> schema(String side, String type) {
        return map(map(messages.get(side + "." + type)).get("payload"));
    }

    /** The schemas of a frame's members, by name. */
    public Map<String, Object> members(String side, String type) {
        return map(schema(side, type).get("properties"));
    }

    /** The members that a frame always has. */
    public List<?> required(String side, String type) {
        return (List<?>) schema(side, type).getOrDefault("required", List.of());
    }

    /** The members of a message of a history. */
    public Set<String> storedMessage() {
        Map<String, Object> schemas =
                map(map(document.content().get("components")).get("schemas"));
        return new TreeSet<>(
                map(map(schemas.get("StoredMessage")).get("properties")).keySet());
    }

    /** The names of all members that frames of this side may have, at any depth. */
    public Set<String> allMembers(String side) {
        Set<String> names = new TreeSet<>();
        types(side).forEach(type -> collect(schema(side, type), names));
        return names;
    }

    private void collect(Map<String, Object> schemaOrReference, Set<String> names) {
        Map<String, Object> schema = document.resolved(schemaOrReference);
        map(schema.getOrDefault("properties", Map.of())).forEach((name, member) -> {
            names.add(name);
            collect(map(member), names);
        });
        if (schema.containsKey("items")) {
            collect(map(schema.get("items")), names);
        }
    }

    /** The examples of a frame. */
    public List<JsonObject> examples(String side, String type) {
        return ((List<?>) map(messages.get(side + "." + type)).get("examples"))
                .stream()
                        .map(example -> Json.createObjectBuilder(
                                        map(map(example).get("payload")))
                                .build())
                        .toList();
    }

    /** What is wrong with a frame; it may have no member that the document does not name. */
    public List<String> violations(String side, JsonObject frame) {
        String type = frame.getString("type", "publish");
        return types(side).contains(type)
                ? document.violations(schema(side, type), frame)
                : List.of(type + " is not in " + PAGE);
    }

    /** The frames of each channel and of each operation, such as {@code receiveInRooms: [client.join, …]}. */
    public Map<String, Set<String>> frames() {
        Map<String, Set<String>> frames = new TreeMap<>();
        map(document.content().get("channels"))
                .forEach((name, channel) -> frames.put(
                        name, new TreeSet<>(map(map(channel).get("messages")).keySet())));
        map(document.content().get("operations")).forEach((name, operation) -> {
            Stream<?> references = ((List<?>) map(operation).get("messages")).stream();
            frames.put(
                    map(operation).get("action") + " " + name,
                    new TreeSet<>(references
                            .map(reference -> String.valueOf(map(reference).get("$ref")))
                            .map(reference -> reference.substring(reference.lastIndexOf('/') + 1))
                            .toList()));
        });
        return frames;
    }
}

package io.roomcast.it.http;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The OpenAPI document, and whether an answer is as it says. Knows the words of JSON Schema that the document uses, and
 * fails on others.
 */
public final class OpenApi {
    private static final Set<String> WORDS = Set.of(
            "type",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "enum",
            "description",
            "default");

    private final Map<String, Object> document;

    public OpenApi(String yaml) {
        document = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    }

    /** Each as {@code GET /rooms}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        map(document.get("paths"))
                .forEach((path, item) -> map(item).keySet().stream()
                        .filter(Set.of("get", "post", "put", "delete")::contains)
                        .forEach(method -> operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path)));
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
        Map<String, Object> content = map(resolved(map(response)).get("content"));
        List<String> violations = new ArrayList<>();
        String type = status < 400 ? "application/json" : "application/problem+json";
        check("answer", map(map(content.get(type)).get("schema")), answer, violations);
        return violations;
    }

    private void check(String at, Map<String, Object> schemaOrReference, JsonValue value, List<String> violations) {
        Map<String, Object> schema = resolved(schemaOrReference);
        schema.keySet().stream().filter(word -> !WORDS.contains(word)).forEach(word -> {
            throw new AssertionError("this check does not know " + word);
        });
        if (schema.get("enum") instanceof List<?> allowed
                && !(value instanceof JsonString text && allowed.contains(text.getString()))) {
            violations.add(at + " is " + value + ", none of " + allowed);
        }
        boolean right = switch ((String) schema.getOrDefault("type", "any")) {
            case "any" -> true;
            case "object" -> value instanceof JsonObject object && object(at, schema, object, violations);
            case "array" -> value.getValueType() == JsonValue.ValueType.ARRAY && array(at, schema, value, violations);
            case "string" ->
                value instanceof JsonString text
                        && within(schema, "Length", text.getString().length());
            case "integer" ->
                value instanceof JsonNumber number
                        && number.isIntegral()
                        && within(schema, "imum", number.doubleValue());
            case "number" -> value instanceof JsonNumber number && within(schema, "imum", number.doubleValue());
            case "boolean" -> value == JsonValue.TRUE || value == JsonValue.FALSE;
            default -> throw new AssertionError("this check does not know " + schema);
        };
        if (!right) {
            violations.add(at + " is " + value + ", not as in " + schema);
        }
    }

    private boolean object(String at, Map<String, Object> schema, JsonObject value, List<String> violations) {
        Map<String, Object> properties = map(schema.get("properties"));
        if (schema.get("required") instanceof List<?> required) {
            required.stream()
                    .filter(name -> !value.containsKey(name))
                    .forEach(name -> violations.add(at + " has no " + name));
        }
        value.forEach((name, member) -> {
            if (properties.containsKey(name)) {
                check(at + "." + name, map(properties.get(name)), member, violations);
            } else if (schema.get("additionalProperties") instanceof Map<?, ?> others) {
                check(at + "." + name, map(others), member, violations);
            } else if (Boolean.FALSE.equals(schema.get("additionalProperties"))) {
                violations.add(at + " has " + name);
            }
        });
        return true;
    }

    private boolean array(String at, Map<String, Object> schema, JsonValue value, List<String> violations) {
        value.asJsonArray().forEach(element -> check(at + "[]", map(schema.get("items")), element, violations));
        return within(schema, "Items", value.asJsonArray().size());
    }

    private static boolean within(Map<String, Object> schema, String what, double value) {
        Object least = schema.get("min" + what);
        Object most = schema.get("max" + what);
        return (least == null || value >= ((Number) least).doubleValue())
                && (most == null || value <= ((Number) most).doubleValue());
    }

    private Map<String, Object> resolved(Map<String, Object> schema) {
        if (!(schema.get("$ref") instanceof String reference)) {
            return schema;
        }
        Map<String, Object> found = document;
        for (String step : reference.substring(2).split("/", -1)) {
            found = map(found.get(step));
        }
        return resolved(found);
    }

    @SuppressWarnings("unchecked") // keys of the document are strings
    private static Map<String, Object> map(Object value) {
        if (value == null) {
            throw new AssertionError("missing in the document");
        }
        return (Map<String, Object>) value;
    }
}

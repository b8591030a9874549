package io.roomcast.support;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A document in YAML with schemas in it, and whether JSON is as one of them says. Knows the words of JSON Schema that
 * the documents use, and fails on others.
 */
public final class SchemaDocument {
    private static final Set<String> WORDS = Set.of(
            "type",
            "const",
            "anyOf",
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

    private final Map<String, Object> content;
    private final boolean othersByDefault;

    public SchemaDocument(String yaml) {
        this(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml), true);
    }

    private SchemaDocument(Map<String, Object> content, boolean othersByDefault) {
        this.content = content;
        this.othersByDefault = othersByDefault;
    }

    /** The same document, whose objects have no other members than those that it names, unless it says so. */
    public SchemaDocument strict() {
        return new SchemaDocument(content, false);
    }

    public Map<String, Object> content() {
        return content;
    }

    /** What is wrong with the value; nothing where all is well. */
    public List<String> violations(Map<String, Object> schema, JsonValue value) {
        List<String> violations = new ArrayList<>();
        check("it", schema, value, violations);
        return violations;
    }

    private void check(String at, Map<String, Object> schemaOrReference, JsonValue value, List<String> violations) {
        Map<String, Object> schema = resolved(schemaOrReference);
        schema.keySet().stream().filter(word -> !WORDS.contains(word)).forEach(word -> {
            throw new AssertionError("this check does not know " + word);
        });
        if (schema.get("const") instanceof String only
                && !(value instanceof JsonString text && text.getString().equals(only))) {
            violations.add(at + " is " + value + " and not " + only);
        }
        if (schema.get("anyOf") instanceof List<?> choices
                && choices.stream().noneMatch(choice -> fits(at, map(choice), value))) {
            violations.add(at + " is none of " + choices);
        }
        if (schema.get("required") instanceof List<?> required && value instanceof JsonObject object) {
            required.stream()
                    .filter(name -> !object.containsKey(name))
                    .forEach(name -> violations.add(at + " has no " + name));
        }
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

    private boolean fits(String at, Map<String, Object> schema, JsonValue value) {
        List<String> violations = new ArrayList<>();
        check(at, schema, value, violations);
        return violations.isEmpty();
    }

    private boolean object(String at, Map<String, Object> schema, JsonObject value, List<String> violations) {
        Map<String, Object> properties = map(schema.getOrDefault("properties", Map.of()));
        Object others = schema.getOrDefault("additionalProperties", othersByDefault);
        value.forEach((name, member) -> {
            if (properties.containsKey(name)) {
                check(at + "." + name, map(properties.get(name)), member, violations);
            } else if (others instanceof Map<?, ?> schemaOfOthers) {
                check(at + "." + name, map(schemaOfOthers), member, violations);
            } else if (others.equals(false)) {
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

    /** The schema or other part of the document to which a reference leads; what is no reference itself. */
    public Map<String, Object> resolved(Map<String, Object> schema) {
        if (!(schema.get("$ref") instanceof String reference)) {
            return schema;
        }
        Map<String, Object> found = content;
        for (String step : reference.substring(2).split("/", -1)) {
            found = map(found.get(step));
        }
        return resolved(found);
    }

    /** The value as an object of the document. */
    @SuppressWarnings("unchecked") // keys of the document are strings
    public static Map<String, Object> map(Object value) {
        if (value == null) {
            throw new AssertionError("missing in the document");
        }
        return (Map<String, Object>) value;
    }
}

package io.roomcast.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The values of all keys, read and checked once at the start of the application. Immutable. */
public final class RoomcastConfig {
    private static final String PREFIX = "roomcast.";
    /** The most edits (Levenshtein distance) between a wrong name and the key that the error suggests. */
    private static final int MAX_EDITS = 3;

    private final Map<Key<?>, Object> values = new HashMap<>();
    private final FamilyValues families;

    private RoomcastConfig(FamilyValues families) {
        this.families = families;
    }

    /**
     * @param texts returns the configured text for the name of a key, if there is one
     * @param names the names of all configured properties, including those of other programs; a name that begins with
     *     {@code roomcast.} or {@code ROOMCAST_} and is not a key is an error
     * @throws ConfigException with one line for each wrong value or name
     */
    public static RoomcastConfig load(Function<String, Optional<String>> texts, Collection<String> names) {
        return load(texts, names, Keys.FAMILIES);
    }

    static RoomcastConfig load(
            Function<String, Optional<String>> texts, Collection<String> names, List<KeyFamily<?>> families) {
        RoomcastConfig config = new RoomcastConfig(new FamilyValues(families));
        List<String> problems = new ArrayList<>();
        for (Key<?> key : Keys.ALL) {
            String text = texts.apply(key.name()).map(String::strip).orElse(key.defaultText());
            try {
                config.values.put(key, key.parser().apply(text));
            } catch (IllegalArgumentException e) {
                problems.add(key.name() + (key.secret() ? "" : "=" + printable(text)) + " is not " + e.getMessage());
            }
        }
        config.families.load(texts, names, problems);
        problems.addAll(config.contradictions());
        Map<String, String> unknown = new TreeMap<>();
        // A name may be listed twice: as an environment variable, and with dots.
        names.stream()
                .filter(name -> isUnknown(name) && !config.families.knows(name))
                .sorted()
                .forEach(name -> unknown.putIfAbsent(Key.environmentName(name), name));
        unknown.values()
                .forEach(name -> problems.add(
                        printable(name) + " is no key of Roomcast; --help lists them" + config.suggestion(name)));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }

    @SuppressWarnings("unchecked") // put by load() with the key's own parser
    public <T> T get(Key<T> key) {
        return (T) values.get(key);
    }

    /** The values of the configured keys of a family, by the part of the name that the operator chose; in its order. */
    public <T> Map<String, T> get(KeyFamily<T> family) {
        return families.of(family);
    }

    /** The value of a number, size or duration: a count, bytes or milliseconds. */
    public long number(Key<?> key) {
        return get(key) instanceof Duration duration ? duration.toMillis() : ((Number) get(key)).longValue();
    }

    /**
     * The value of a key as the configuration writes it.
     *
     * @param name the name of a key that is no secret; one of a family must be configured
     */
    public String text(String name) {
        return Keys.ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .map(key -> key.textOf(get(key)))
                .or(() -> families.text(name))
                .orElseThrow();
    }

    private static boolean isUnknown(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!lower.startsWith(PREFIX) && !lower.startsWith("roomcast_")) {
            return false;
        }
        // Kubernetes sets these for a service that is named roomcast.
        if (name.startsWith("ROOMCAST_SERVICE_") || name.startsWith("ROOMCAST_PORT_")) {
            return false;
        }
        return Keys.ALL.stream().noneMatch(key -> key.environmentName().equals(Key.environmentName(name)));
    }

    private String suggestion(String name) {
        List<String> like = families.namesLike(name);
        return like.isEmpty()
                ? similarKey(name)
                        .map(key -> ". Did you mean " + key.name() + "?")
                        .orElse("")
                : ". What begins like it: " + String.join(", ", like);
    }

    /** The key whose name differs least from a wrong name, if the two are similar. */
    public static Optional<Key<?>> similarKey(String name) {
        String wanted = Key.environmentName(name);
        return Keys.ALL.stream()
                .filter(key -> editDistance(key.environmentName(), wanted) <= MAX_EDITS)
                .min(Comparator.comparingInt(key -> editDistance(key.environmentName(), wanted)));
    }

    /** The Levenshtein distance. */
    private static int editDistance(String from, String to) {
        int[] row = IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }

    /** Errors in values that are valid one by one but conflict. Nothing is said of values that are not valid. */
    private List<String> contradictions() {
        if (values.keySet().containsAll(List.of(ArchiveKeys.RESTORE, RedisKeys.CLUSTER_NODES))
                && get(ArchiveKeys.RESTORE)
                && !get(RedisKeys.CLUSTER_NODES).isEmpty()) {
            return List.of("roomcast.archive.restore=true does not work with roomcast.redis.cluster.nodes");
        }
        List<Key<String>> sourceKeys = List.of(AccessKeys.SECRET, AccessKeys.PUBLIC_KEY, AccessKeys.JWKS);
        if (!values.keySet().containsAll(sourceKeys)
                || !values.keySet()
                        .containsAll(List.of(
                                AccessKeys.AUTH, AccessKeys.ISSUER, AccessKeys.AUDIENCE, OperationKeys.API_CLAIM))) {
            return List.of();
        }
        long sources = sourceKeys.stream().filter(key -> !get(key).isEmpty()).count();
        String keyThatNeedsKeys = get(AccessKeys.AUTH).equals("token")
                ? "roomcast.auth=token"
                : get(OperationKeys.API_CLAIM).isEmpty() ? "" : "roomcast.api.claim";
        if (!keyThatNeedsKeys.isEmpty() && sources != 1) {
            return List.of(keyThatNeedsKeys
                    + " needs one of roomcast.auth.secret, roomcast.auth.public-key and roomcast.auth.jwks"
                    + (sources == 0 ? "" : ", not " + sources + " of them"));
        }
        List<String> missing = Stream.of(AccessKeys.ISSUER, AccessKeys.AUDIENCE)
                .filter(key -> get(key).isBlank())
                .map(Key::name)
                .toList();
        if (!keyThatNeedsKeys.isEmpty() && AccessKeys.isUrl(get(AccessKeys.JWKS)) && !missing.isEmpty()) {
            return List.of("roomcast.auth.jwks is a URL and needs " + String.join(" and ", missing)
                    + ": the issuer signs tokens for other applications, too");
        }
        return List.of();
    }

    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}

package io.roomcast.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rules that say what is permitted in which rooms. A rule without {@code *} at its end applies to the room of that
 * name. A rule with {@code *} at its end applies to every room whose name starts with the part before the {@code *}. If
 * several rules apply to a room, only one of them counts: the rule that equals the room's name, else the longest rule.
 * Where no rule applies, nothing is permitted. Immutable.
 */
public final class RoomRules {
    /** Permits nothing. */
    public static final RoomRules NONE = new RoomRules(Map.of());

    private final Map<String, Set<Permission>> rules = new HashMap<>();

    public RoomRules(Map<String, Set<Permission>> rules) {
        rules.forEach((pattern, permitted) ->
                this.rules.put(pattern, permitted.isEmpty() ? Set.of() : EnumSet.copyOf(permitted)));
    }

    /** The same permissions in every room. */
    public static RoomRules everywhere(Set<Permission> permitted) {
        return new RoomRules(Map.of(RoomKeys.WILDCARD, permitted));
    }

    /** The permissions of {@link RoomKeys#PERMISSIONS}, by patterns. */
    public static RoomRules of(Map<String, String> permissionsByPattern) {
        Map<String, Set<Permission>> rules = new HashMap<>();
        permissionsByPattern.forEach((pattern, words) -> rules.put(pattern, permissions(words)));
        return new RoomRules(rules);
    }

    /** These rules, and those of {@code base} for patterns that these do not have. */
    public RoomRules over(RoomRules base) {
        Map<String, Set<Permission>> both = new HashMap<>(base.rules);
        both.putAll(rules);
        return new RoomRules(both);
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** @param room the name of a room */
    public boolean permits(Permission permission, String room) {
        Set<Permission> permitted = rules.get(room);
        int longest = -1;
        if (permitted == null) {
            for (Map.Entry<String, Set<Permission>> rule : rules.entrySet()) {
                String pattern = rule.getKey();
                int prefix = pattern.length() - RoomKeys.WILDCARD.length();
                if (prefix > longest
                        && pattern.endsWith(RoomKeys.WILDCARD)
                        && room.regionMatches(0, pattern, 0, prefix)) {
                    permitted = rule.getValue();
                    longest = prefix;
                }
            }
        }
        return permitted != null && permitted.contains(permission);
    }

    /** Parses rules such as {@code lobby: read, publish; ops-*: read}; an empty text has none. */
    static RoomRules parse(String text) {
        Map<String, Set<Permission>> rules = new HashMap<>();
        for (String rule : text.split(";", -1)) {
            if (rule.isBlank()) {
                continue;
            }
            // The last colon, because the name of a room may have some.
            int colon = rule.lastIndexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException("rules such as lobby: read, publish; ops-*: read");
            }
            String pattern = RoomKeys.checked(rule.substring(0, colon).strip());
            if (rules.put(pattern, permissions(rule.substring(colon + 1))) != null) {
                throw new IllegalArgumentException("rules with " + pattern + " once");
            }
        }
        return new RoomRules(rules);
    }

    /** Parses permissions such as {@code read, publish}; {@code *} is all of them. */
    static Set<Permission> permissions(String text) {
        List<String> known =
                Arrays.stream(Permission.values()).map(Permission::word).collect(Collectors.toList());
        List<String> words = Values.list(text);
        known.add(Permission.ALL);
        if (!known.containsAll(words)) {
            throw new IllegalArgumentException("permissions out of " + String.join(", ", known));
        }
        return Permission.of(words);
    }
}

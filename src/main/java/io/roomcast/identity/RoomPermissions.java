package io.roomcast.identity;

import io.roomcast.protocol.RoomName;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which rooms a user may read, and in which rooms the user may publish. A rule without {@code *} at its end applies to
 * the room of that name. A rule with {@code *} at its end applies to every room whose name starts with the part before
 * the {@code *}. If several rules apply to a room, only one of them counts: the rule that equals the room's name, else
 * the longest rule. Immutable.
 */
public final class RoomPermissions {
    /** Permits {@code read} and {@code publish} in every room. */
    public static final RoomPermissions ALL = new RoomPermissions(Map.of("*", Set.of("read", "publish")));

    private static final String WILDCARD = "*";

    private final Map<String, Set<String>> rules = new HashMap<>();

    /** @param rules the permitted actions of each rule: {@code read} and {@code publish}; other words are ignored */
    public RoomPermissions(Map<String, ? extends Collection<String>> rules) {
        rules.forEach((name, allowed) -> this.rules.put(name, Set.copyOf(allowed)));
    }

    public boolean mayRead(RoomName room) {
        return allowed(room).contains("read");
    }

    public boolean mayPublish(RoomName room) {
        return allowed(room).contains("publish");
    }

    private Set<String> allowed(RoomName room) {
        Set<String> own = rules.get(room.value());
        if (own != null) {
            return own;
        }
        return rules.keySet().stream()
                .filter(name ->
                        name.endsWith(WILDCARD) && room.value().startsWith(name.substring(0, name.length() - 1)))
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .map(rules::get)
                .orElse(Set.of());
    }
}

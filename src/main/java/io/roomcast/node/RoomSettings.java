package io.roomcast.node;

import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.Key;
import io.roomcast.config.KeyFamily;
import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomKeys;
import io.roomcast.config.RoomRules;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.RoomName;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What holds in each room, by the keys of {@link RoomKeys}. Which values a pattern has, its own and those of shorter
 * patterns, is found out once, when the node starts. So a request costs a look at the room's name, and nothing where no
 * room has settings. Where a room has no value of its own, the value of the node holds, which may change while the node
 * runs if it is a limit. Any thread.
 */
public final class RoomSettings {
    /** What members of a room are told of each other. */
    public enum Presence {
        ALL,
        COUNT,
        NONE
    }

    /**
     * A setting of a room, for operators.
     *
     * @param setting for example {@code history.size}
     * @param value as the configuration writes it
     * @param key the key that the value comes from; {@code default} if no key sets it
     */
    public record Shown(String setting, String value, String key) {}

    /** A value, and the name of its key. */
    private record Value(Object value, String key) {}

    private static final String DEFAULT = "default";

    /** The keys of the values of the node. */
    private static final Map<KeyFamily<?>, Key<?>> OF_NODE = Map.of(
            RoomKeys.HISTORY_SIZE, Keys.HISTORY_SIZE,
            RoomKeys.HISTORY_AGE, Keys.HISTORY_AGE,
            RoomKeys.HISTORY_BYTES, Keys.HISTORY_BYTES,
            RoomKeys.RETENTION, ArchiveKeys.RETENTION,
            RoomKeys.MEMBERS, LimitKeys.ROOM_USERS,
            RoomKeys.PUBLISH_RATE, LimitKeys.ROOM_PUBLISH_RATE);

    private final RoomcastConfig config;
    private final Limits limits;
    /** By patterns that are names. */
    private final Map<String, Map<KeyFamily<?>, Value>> byName = new HashMap<>();
    /** By patterns with a {@code *}, which they have here no more. */
    private final Map<String, Map<KeyFamily<?>, Value>> byPrefix = new HashMap<>();
    /** The lengths of these prefixes, the longest first. */
    private final List<Integer> lengths;

    private final RoomRules ofEverybody;

    public RoomSettings(RoomcastConfig config, Limits limits) {
        this.config = config;
        this.limits = limits;
        this.ofEverybody = RoomRules.of(config.get(RoomKeys.PERMISSIONS));
        TreeSet<String> patterns =
                new TreeSet<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        RoomKeys.ALL.forEach(setting -> patterns.addAll(config.get(setting).keySet()));
        // Shorter prefixes first, because longer ones and names take over what those have.
        patterns.stream().filter(RoomSettings::isPrefix).forEach(pattern -> {
            String prefix = pattern.substring(0, pattern.length() - RoomKeys.WILDCARD.length());
            byPrefix.put(prefix, merged(prefix, pattern));
        });
        patterns.stream().filter(pattern -> !isPrefix(pattern)).forEach(name -> byName.put(name, merged(name, name)));
        this.lengths = byPrefix.keySet().stream()
                .map(String::length)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private static boolean isPrefix(String pattern) {
        return pattern.endsWith(RoomKeys.WILDCARD);
    }

    /** The values of a pattern, over those of the prefixes of {@code start} that are there already. */
    private Map<KeyFamily<?>, Value> merged(String start, String pattern) {
        Map<KeyFamily<?>, Value> values = new HashMap<>();
        for (int length = 0; length <= start.length(); length++) {
            values.putAll(byPrefix.getOrDefault(start.substring(0, length), Map.of()));
        }
        for (KeyFamily<?> setting : RoomKeys.ALL) {
            Object own = config.get(setting).get(pattern);
            if (own != null) {
                values.put(setting, new Value(own, setting.name(pattern)));
            }
        }
        return Map.copyOf(values);
    }

    public int historySize(RoomName room) {
        return value(room, RoomKeys.HISTORY_SIZE, config.get(Keys.HISTORY_SIZE));
    }

    public Duration historyAge(RoomName room) {
        return value(room, RoomKeys.HISTORY_AGE, config.get(Keys.HISTORY_AGE));
    }

    public long historyBytes(RoomName room) {
        return value(room, RoomKeys.HISTORY_BYTES, config.get(Keys.HISTORY_BYTES));
    }

    /** How long the archive keeps messages of the room; zero for ever. */
    public Duration retention(RoomName room) {
        return value(room, RoomKeys.RETENTION, config.get(ArchiveKeys.RETENTION));
    }

    /** Whether the archive may ever delete a message for its age. */
    public boolean hasRetention() {
        return !config.get(ArchiveKeys.RETENTION).isZero()
                || !config.get(RoomKeys.RETENTION).isEmpty();
    }

    public Presence presence(RoomName room) {
        return switch (value(room, RoomKeys.PRESENCE, "all")) {
            case "count" -> Presence.COUNT;
            case "none" -> Presence.NONE;
            default -> Presence.ALL;
        };
    }

    /** Most users of the room; 0 for no limit. */
    public int members(RoomName room) {
        return value(room, RoomKeys.MEMBERS, Math.toIntExact(limits.get(LimitKeys.ROOM_USERS)));
    }

    /** Most publishes a second of the room on this node; 0 for no limit. */
    public int publishRate(RoomName room) {
        return value(room, RoomKeys.PUBLISH_RATE, Math.toIntExact(limits.get(LimitKeys.ROOM_PUBLISH_RATE)));
    }

    /** Whether also sessions that are not in the room may publish there, if their permissions allow it. */
    public boolean anyoneMayPublish(RoomName room) {
        return value(room, RoomKeys.PUBLISH, "members").equals("anyone");
    }

    /** What everybody may do in which rooms, as these say. */
    public RoomRules permissionsOfEverybody() {
        return ofEverybody;
    }

    /** The name of the key that a setting of the room comes from. */
    public String key(RoomName room, KeyFamily<?> setting) {
        Value own = own(room).get(setting);
        return own != null
                ? own.key()
                : OF_NODE.containsKey(setting) ? OF_NODE.get(setting).name() : DEFAULT;
    }

    /** All settings that hold in the room. */
    public List<Shown> shown(RoomName room) {
        return RoomKeys.ALL.stream()
                .map(setting -> new Shown(RoomKeys.nameOf(setting), text(room, setting), key(room, setting)))
                .toList();
    }

    private String text(RoomName room, KeyFamily<?> setting) {
        Value own = own(room).get(setting);
        if (own != null) {
            return setting.pattern().textOf(own.value());
        }
        Key<?> ofNode = OF_NODE.get(setting);
        if (ofNode == null) {
            return setting.pattern().defaultText();
        }
        String limit = limits.text(ofNode.name());
        return limit == null ? config.text(ofNode.name()) : limit;
    }

    @SuppressWarnings("unchecked") // put by merged() from the configuration, which has the values of each key
    private <T> T value(RoomName room, KeyFamily<T> setting, T ofNode) {
        Value own = own(room).get(setting);
        return own == null ? ofNode : (T) own.value();
    }

    private Map<KeyFamily<?>, Value> own(RoomName room) {
        String name = room.value();
        Map<KeyFamily<?>, Value> own = byName.get(name);
        if (own != null) {
            return own;
        }
        for (int length : lengths) {
            own = length > name.length() ? null : byPrefix.get(name.substring(0, length));
            if (own != null) {
                return own;
            }
        }
        return Map.of();
    }
}

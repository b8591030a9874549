package io.roomcast.config;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Settings of rooms. The part that the operator chooses is the name of a room, or a prefix with {@code *} at its end.
 * Of the keys of one setting that apply to a room, the one with the room's own name holds, else the one with the
 * longest prefix. Where none applies, another key or a fixed default does, as the text of the setting says.
 */
public final class RoomKeys {
    public static final String WILDCARD = "*";

    public static final KeyFamily<Integer> HISTORY_SIZE = setting(
            "history.size",
            "",
            "number",
            "Maximum number of messages kept of such a room, in place of `roomcast.history.size`; 0 for none.",
            text -> Keys.HISTORY_SIZE.parser().apply(text));

    public static final KeyFamily<Duration> HISTORY_AGE = setting(
            "history.age",
            "",
            "duration",
            "How long its messages are kept, in place of `roomcast.history.age`.",
            text -> Keys.HISTORY_AGE.parser().apply(text));

    public static final KeyFamily<Long> HISTORY_BYTES = setting(
            "history.bytes",
            "",
            "size",
            "Maximum bytes of its messages that are kept, in place of `roomcast.history.bytes`.",
            text -> Keys.HISTORY_BYTES.parser().apply(text));

    public static final KeyFamily<Duration> RETENTION = setting(
            "retention",
            "",
            "duration",
            "How long the archive keeps its messages, in place of `roomcast.archive.retention`.",
            text -> ArchiveKeys.RETENTION.parser().apply(text));

    public static final KeyFamily<String> PRESENCE = setting(
            "presence",
            "all",
            "name",
            "What its members are told of each other: `all` (who is there, up to `roomcast.presence.names` users), "
                    + "`count` (only how many) or `none`. Back ends and operators see all the same who is there.",
            Values.oneOf("all", "count", "none"));

    public static final KeyFamily<Integer> MEMBERS = setting(
            "members",
            "",
            "number",
            "Maximum number of its users, on all nodes together, in place of `roomcast.limits.room-users`; further "
                    + "joins fail with `room_full`. 0 for no limit.",
            text -> LimitKeys.ROOM_USERS.parser().apply(text));

    public static final KeyFamily<Integer> PUBLISH_RATE = setting(
            "publish-rate",
            "",
            "number",
            "Publishes a second to it on this node, of all its senders together, in place of "
                    + "`roomcast.limits.room-publish-rate`; five seconds' worth may come at once, further ones fail "
                    + "with `rate_limited`. Publishes over the server API do not count. 0 for no limit.",
            text -> LimitKeys.ROOM_PUBLISH_RATE.parser().apply(text));

    public static final KeyFamily<String> PUBLISH = setting(
            "publish",
            "members",
            "name",
            "Who may publish to it, of those whose permissions allow it: `members`, or `anyone`, also without joining.",
            Values.oneOf("members", "anyone"));

    public static final KeyFamily<String> PERMISSIONS = setting(
            "permissions",
            "",
            "text",
            "What everybody may do in it, such as `read, history`, besides what a token or roles permit. With "
                    + "`roomcast.auth=open` that is all, in place of everything but `moderate`.",
            text -> {
                RoomRules.permissions(text);
                return text;
            });

    /** All settings, in the order of --help. */
    public static final List<KeyFamily<?>> ALL = List.of(
            HISTORY_SIZE, HISTORY_AGE, HISTORY_BYTES, RETENTION, PRESENCE, MEMBERS, PUBLISH_RATE, PUBLISH, PERMISSIONS);

    private static final String PREFIX = "roomcast.rooms.<pattern>.";

    private RoomKeys() {}

    /** What a setting is called in lists of a room's settings, such as {@code history.size}. */
    public static String nameOf(KeyFamily<?> setting) {
        return setting.pattern().name().substring(PREFIX.length());
    }

    private static <T> KeyFamily<T> setting(
            String name, String defaultText, String kind, String doc, Function<String, T> parser) {
        return new KeyFamily<>(new Key<>(PREFIX + name, defaultText, kind, doc, parser), RoomKeys::checked);
    }

    /** Parses the name of a room, or the beginning of names and a {@code *}. */
    static String checked(String pattern) {
        boolean isPrefix = pattern.endsWith(WILDCARD);
        String name = isPrefix ? pattern.substring(0, pattern.length() - WILDCARD.length()) : pattern;
        // Some characters are allowed only within a name, therefore a prefix may end in them.
        if (!(isPrefix && (name.isEmpty() || isRoom(name + "a")) || isRoom(name))) {
            throw new IllegalArgumentException("the name of a room, or the beginning of one with * at its end");
        }
        return pattern;
    }

    private static boolean isRoom(String name) {
        try {
            return !new RoomName(name).value().isEmpty();
        } catch (ProtocolException e) {
            return false;
        }
    }
}

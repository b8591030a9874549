package io.roomcast.relay;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;

/**
 * A user as text on one line: {@code ID}, or {@code ID<tab>NAME}, or {@code ID<tab>NAME<tab>INFO}. Ids, names and infos
 * have no control characters. A user whose name is the id, as most are, takes no more than the id.
 */
public final class UserText {
    private static final String SEPARATOR = "\t";

    private UserText() {}

    /** What follows the id and a tab; empty if nothing is known of the user but the id. */
    public static String afterId(User user) {
        if (user.isUnnamed()) {
            return "";
        }
        return user.info() == null ? user.name() : user.name() + SEPARATOR + user.info();
    }

    /** The user as text on one line. */
    public static String line(User user) {
        String shown = afterId(user);
        return shown.isEmpty() ? user.id().value() : user.id().value() + SEPARATOR + shown;
    }

    /** @throws ProtocolException if the id is not valid */
    public static User parse(String text) {
        String[] parts = text.split(SEPARATOR, 3);
        String name = parts.length > 1 ? parts[1] : parts[0];
        return new User(new UserId(parts[0]), name, parts.length > 2 ? parts[2] : null);
    }
}

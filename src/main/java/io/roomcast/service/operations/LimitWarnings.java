package io.roomcast.service.operations;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.Supplier;

/**
 * Warns of limits that were reached: by whom, as far as that is known, and in which room. Addresses are shown as {@code
 * roomcast.privacy.addresses} says. The first time, a limit is logged at once, and then it is counted (see {@link
 * Warnings}). Any thread.
 */
@ApplicationScoped
public class LimitWarnings {
    private Warnings warnings;
    private Limits limits;
    private RoomcastConfig config;

    /** For the container's proxy. */
    protected LimitWarnings() {}

    @Inject
    public LimitWarnings(Warnings warnings, Limits limits, RoomcastConfig config) {
        this.warnings = warnings;
        this.limits = limits;
        this.config = config;
    }

    /**
     * Warns of a limit that a session reached.
     *
     * @param key name of the key of the limit; null if no limit was reached
     * @param room room in which the session reached it, or null
     */
    public void inSession(String key, ClientSession session, RoomName room) {
        warn(
                key,
                () -> "Session " + session.id() + of(session.user())
                        + from(session.arrival().address()),
                room);
    }

    /**
     * Warns of a limit that a connection reached before it was a session.
     *
     * @param key as for {@link #inSession}
     * @param user user whom the connection names, or null
     * @param room room that the connection names, or null
     * @param address as operators may see it, or null
     */
    public void atHandshake(String key, UserId user, RoomName room, String address) {
        warn(key, () -> "A client" + of(user) + from(address), room);
    }

    /** Warns of a limit that a request of the server API reached; the arguments are as for {@link #atHandshake}. */
    public void inApi(String key, RoomName room, String address) {
        warn(key, () -> "A back end" + from(address), room);
    }

    private void warn(String key, Supplier<String> who, RoomName room) {
        if (key != null) {
            warnings.warn(
                    key,
                    () -> who.get() + " reached " + key + "=" + value(key) + (room == null ? "" : " in room " + room));
        }
    }

    private String value(String key) {
        String changeable = limits.text(key);
        return changeable == null ? config.text(key) : changeable;
    }

    private static String of(UserId user) {
        return user == null ? "" : " of user " + LogText.of(user.value());
    }

    private static String from(String address) {
        return address == null ? "" : " from " + LogText.of(address);
    }
}

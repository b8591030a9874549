package io.roomcast.identity;

import io.roomcast.protocol.UserName;
import java.time.Instant;
import java.util.Set;

/**
 * A user, as far as this server knows.
 *
 * @param proven whether the name was proved; anyone may have given a name that was not
 * @param api what the server API does for this one
 * @param expires when the proof ends; {@link Instant#MAX} for never
 */
public record Identity(
        UserName user, boolean proven, RoomPermissions permissions, Set<ApiPermission> api, Instant expires) {

    /** Whoever says so. */
    public static Identity claimed(UserName user) {
        return new Identity(user, false, RoomPermissions.ALL, Set.of(), Instant.MAX);
    }

    /** Whom the application server knows. */
    public static Identity proven(UserName user) {
        return new Identity(user, true, RoomPermissions.ALL, Set.of(), Instant.MAX);
    }

    public boolean expired(Instant now) {
        return !now.isBefore(expires);
    }
}

package io.roomcast.identity;

import io.roomcast.protocol.UserName;
import java.time.Instant;

/**
 * Somebody, as far as this server knows.
 *
 * @param proven whether the name was proved; anyone may have given a name that was not
 * @param expires when the proof ends; {@link Instant#MAX} for never
 */
public record Identity(UserName user, boolean proven, RoomPermissions permissions, Instant expires) {

    /** Whoever says so. */
    public static Identity claimed(UserName user) {
        return new Identity(user, false, RoomPermissions.ALL, Instant.MAX);
    }

    /** Whom the application server knows. */
    public static Identity proven(UserName user) {
        return new Identity(user, true, RoomPermissions.ALL, Instant.MAX);
    }

    public boolean expired(Instant now) {
        return !now.isBefore(expires);
    }
}

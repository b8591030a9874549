package io.roomcast.identity;

import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import java.time.Instant;
import java.util.Set;

/**
 * A user, and what the user may do.
 *
 * @param isProven whether the id was verified; if not, anyone may have given it
 * @param permissions what the user may do in which rooms
 * @param api requests of the server API that the user may make
 * @param expires when this identity expires; {@link Instant#MAX} for never
 */
public record Identity(
        User user, boolean isProven, RoomPermissions permissions, Set<ApiPermission> api, Instant expires) {

    /** A user whose id nothing has verified. */
    public static Identity claimed(UserId user) {
        return new Identity(User.of(user), false, RoomPermissions.OPEN, Set.of(), Instant.MAX);
    }

    /** A user who is logged in to the application server. */
    public static Identity proven(UserId user, RoomPermissions permissions) {
        return new Identity(User.of(user), true, permissions, Set.of(), Instant.MAX);
    }

    /** The same identity with other permissions in rooms. */
    public Identity permitted(RoomPermissions next) {
        return new Identity(user, isProven, next, api, expires);
    }

    /** The same identity of a user who is shown in another way. */
    public Identity shownAs(User next) {
        return new Identity(next, isProven, permissions, api, expires);
    }

    public UserId userId() {
        return user.id();
    }

    public boolean isExpired(Instant now) {
        return !now.isBefore(expires);
    }
}

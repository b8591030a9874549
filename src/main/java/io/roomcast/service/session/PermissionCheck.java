package io.roomcast.service.session;

import io.roomcast.config.Permission;
import io.roomcast.identity.Identity;
import io.roomcast.protocol.RoomName;
import java.util.function.BooleanSupplier;

/**
 * Whether a session has a permission in a room now. The rules are searched only when a newer token has brought others.
 * Used by one thread at a time.
 */
final class PermissionCheck implements BooleanSupplier {
    private final ClientSession session;
    private final Permission permission;
    private final RoomName room;

    /** The identity for which {@link #permitted} holds. */
    private Identity checked;

    private boolean permitted;

    PermissionCheck(ClientSession session, Permission permission, RoomName room) {
        this.session = session;
        this.permission = permission;
        this.room = room;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // An equal identity would only be looked at once more.
    public boolean getAsBoolean() {
        Identity now = session.identity();
        if (now != checked) {
            permitted = now.permissions().may(permission, room);
            checked = now;
        }
        return permitted;
    }
}

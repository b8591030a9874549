package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.identity.ApiPermission;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.node.Author;
import io.roomcast.protocol.RoomName;
import java.util.Set;

/**
 * The caller of the server API, with its permissions and the rooms in which it has them.
 *
 * @param author how the log names the caller
 */
record ApiCaller(Set<ApiPermission> permissions, RoomPermissions rooms, Author author) {
    /** The holder of the key, who has all permissions in all rooms. */
    static ApiCaller keyHolder(String address) {
        return new ApiCaller(Set.of(ApiPermission.values()), RoomPermissions.ALL, Author.apiKey(address));
    }

    /** @throws ApiRefusalException, if the caller lacks the permission */
    void require(ApiPermission permission) {
        if (!permissions.contains(permission)) {
            throw ApiRefusalException.lacking(
                    permission.word(), "the token does not allow to " + permission.word() + " here");
        }
    }

    boolean may(Permission permission, RoomName room) {
        return rooms.may(permission, room);
    }

    /** @throws ApiRefusalException, if the caller lacks the permission in the room */
    void require(Permission permission, RoomName room) {
        if (!may(permission, room)) {
            throw ApiRefusalException.lacking(
                    null, "the token lacks the permission " + permission.word() + " in this room");
        }
    }
}

package io.roomcast.identity;

import io.roomcast.config.Permission;
import io.roomcast.config.RoomRules;
import io.roomcast.protocol.RoomName;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a user may do in which rooms: whatever at least one of several lists of rules permits, such as the rules of each
 * role. Immutable.
 */
public final class RoomPermissions {
    /** Permits everything. */
    public static final RoomPermissions ALL =
            new RoomPermissions(List.of(RoomRules.everywhere(EnumSet.allOf(Permission.class))));

    private static final RoomRules ALL_BUT_MODERATE =
            RoomRules.everywhere(EnumSet.complementOf(EnumSet.of(Permission.MODERATE)));

    /** What everybody may do where nobody has to prove who they are: all but to moderate. */
    public static final RoomPermissions OPEN = new RoomPermissions(List.of(ALL_BUT_MODERATE));

    private final RoomRules[] sources;

    private RoomPermissions(Collection<RoomRules> sources) {
        this.sources = sources.toArray(RoomRules[]::new);
    }

    /**
     * What a user may do.
     *
     * @param own the rules for this user
     * @param byRole the rules of each role
     * @param roles the user's roles; those without rules permit nothing
     */
    public static RoomPermissions of(RoomRules own, Map<String, RoomRules> byRole, Collection<String> roles) {
        return new RoomPermissions(
                Stream.concat(Stream.of(own), roles.stream().distinct().map(byRole::get))
                        .filter(Objects::nonNull)
                        .toList());
    }

    /**
     * These permissions where rooms say what everybody may do in them. That is added to what somebody has proved to be
     * permitted. It is all that others may do there.
     */
    public RoomPermissions inRooms(RoomRules ofEverybody) {
        if (ofEverybody.isEmpty()) {
            return this;
        }
        return this == OPEN
                ? new RoomPermissions(List.of(ofEverybody.over(ALL_BUT_MODERATE)))
                : new RoomPermissions(Stream.concat(Stream.of(sources), Stream.of(ofEverybody))
                        .toList());
    }

    public boolean may(Permission permission, RoomName room) {
        for (RoomRules source : sources) {
            if (source.permits(permission, room.value())) {
                return true;
            }
        }
        return false;
    }
}

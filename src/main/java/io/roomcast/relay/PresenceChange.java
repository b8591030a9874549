package io.roomcast.relay;

import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import java.util.List;
import java.util.stream.Stream;

/**
 * One change of a room's presence.
 *
 * @param previous revision before the change; 0 means that the room was empty
 * @param revision revision after the change, greater than {@code previous}
 * @param count number of users in the room after the change
 * @param renamed users who were in the room before and are shown in another way now
 */
public record PresenceChange(
        long previous, long revision, long count, List<User> joined, List<User> renamed, List<UserId> left) {

    /** The characters of all ids, names and infos. */
    int length() {
        return Stream.concat(joined.stream(), renamed.stream())
                        .mapToInt(User::length)
                        .sum()
                + left.stream().mapToInt(id -> id.value().length()).sum();
    }
}

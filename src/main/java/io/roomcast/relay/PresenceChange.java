package io.roomcast.relay;

import io.roomcast.protocol.UserName;
import java.util.List;

/**
 * One step of a room's presence.
 *
 * @param previous revision that it follows; 0 says that nobody was there
 * @param revision greater than that
 * @param count of users in the room after it
 */
public record PresenceChange(long previous, long revision, long count, List<UserName> joined, List<UserName> left) {}

package io.roomcast.fuzz;

import io.roomcast.http.rooms.EventPositions;
import io.roomcast.http.rooms.PollBody;
import io.roomcast.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;

/** Whatever a poll or the id of an event holds, it is read or refused with a code. */
public final class PollTarget {
    private PollTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        try {
            PollBody poll = PollBody.read(data);
            if (poll.rooms().stream().anyMatch(join -> join.room() == null)
                    || poll.waitMs() != null && poll.waitMs() < 0) {
                throw new AssertionError("not a poll: " + poll);
            }
        } catch (ProtocolException e) {
            // Refused.
        }
        try {
            EventPositions.read(new String(data, StandardCharsets.UTF_8));
        } catch (ProtocolException e) {
            // Refused.
        }
    }
}

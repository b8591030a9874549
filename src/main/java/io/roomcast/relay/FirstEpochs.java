package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names epochs. A room that nobody uses has no record, and a question writes none. So this node remembers which epoch it
 * told for such a room, and begins the room with it, if it is the one who does. Any thread may call.
 *
 * <p><b>Concurrency.</b> The monitor guards the map.
 */
public final class FirstEpochs {
    /** Most rooms whose epoch is remembered. */
    private static final int MAX_ROOMS = 10_000;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, String> told = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX_ROOMS;
        }
    };

    /** The epoch that an unused room will have if this node begins it. */
    public synchronized String tell(RoomName room) {
        return told.computeIfAbsent(room.value(), any -> next());
    }

    /** The epoch for the first record of a room. It is used once: if the stream loses the record, another one follows. */
    public synchronized String begin(RoomName room) {
        String epoch = told.remove(room.value());
        return epoch == null ? next() : epoch;
    }

    /** The name of a new epoch, which no other has. */
    public String next() {
        return Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX)
                + Integer.toString(random.nextInt() >>> 1, Character.MAX_RADIX);
    }
}

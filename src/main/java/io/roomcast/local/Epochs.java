package io.roomcast.local;

import io.roomcast.protocol.RoomName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Computes the epoch of a new log of a room. If the room's last log never had a message, the new log gets the same
 * epoch, since returning clients have missed nothing. If the last log had messages, the new log gets another epoch.
 * With another salt, every room has another epoch.
 *
 * <p>An epoch depends on a count of discarded logs. Rooms share a fixed number of counters, so that memory is bounded.
 * If two rooms share a counter, an empty room may get a new epoch without need. Its clients then see a gap that does
 * not exist. A real gap is never hidden. Any thread may call.
 */
final class Epochs {
    private static final int COUNTERS = 4_096;
    private static final int EPOCH_BYTES = 9;

    private final byte[] salt;
    /** How many logs with messages were discarded, for each group of rooms that share a counter. */
    private final AtomicIntegerArray discardedLogs = new AtomicIntegerArray(COUNTERS);

    /** @param salt secret random bytes; others give each room another epoch */
    Epochs(byte[] salt) {
        this.salt = salt.clone();
    }

    /** The epoch for a new log of the room. */
    String of(RoomName room) {
        byte[] digest = roomDigest(room);
        byte[] count = ByteBuffer.allocate(Integer.BYTES)
                .putInt(discardedLogs.get(counterIndex(digest)))
                .array();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(EPOCH_BYTES)
                        .put(digest(digest, count), 0, EPOCH_BYTES)
                        .array());
    }

    /** Counts a discarded log of the room, so that the next log gets another epoch. For logs that had messages. */
    void countDiscardedLog(RoomName room) {
        discardedLogs.incrementAndGet(counterIndex(roomDigest(room)));
    }

    private byte[] roomDigest(RoomName room) {
        return digest(salt, room.value().getBytes(StandardCharsets.UTF_8));
    }

    private static int counterIndex(byte[] digest) {
        return Math.floorMod(ByteBuffer.wrap(digest).getInt(), COUNTERS);
    }

    private static byte[] digest(byte[] first, byte[] second) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(first);
            return digest.digest(second);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}

package io.roomcast.local;

import io.roomcast.protocol.RoomName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Computes the epoch of a new log of a room. If the last log was discarded without any message, the new one gets the
 * same epoch: returning clients have missed nothing. If the last log had messages, the new one gets another epoch.
 * After a restart of the node, every room has another epoch.
 *
 * <p>An epoch depends on a count of discarded logs. Rooms share a fixed number of counters, so that memory is bounded.
 * If two rooms share a counter, an empty room may get a new epoch without need: its clients then see a gap that does
 * not exist. A real gap is never hidden. Any thread.
 */
final class Epochs {
    private static final int COUNTERS = 4_096;
    private static final int EPOCH_BYTES = 9;

    /** Random for each start of the node. */
    private final byte[] salt = new byte[16];
    /** Counts of discarded logs that had messages. */
    private final AtomicIntegerArray discards = new AtomicIntegerArray(COUNTERS);

    Epochs() {
        new SecureRandom().nextBytes(salt);
    }

    /** The epoch of a log of the room that is made now. */
    String of(RoomName room) {
        byte[] digest = roomDigest(room);
        byte[] count = ByteBuffer.allocate(Integer.BYTES)
                .putInt(discards.get(counterOf(digest)))
                .array();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(EPOCH_BYTES)
                        .put(digest(digest, count), 0, EPOCH_BYTES)
                        .array());
    }

    /** A log of the room that had messages was discarded. */
    void forget(RoomName room) {
        discards.incrementAndGet(counterOf(roomDigest(room)));
    }

    private byte[] roomDigest(RoomName room) {
        return digest(salt, room.value().getBytes(StandardCharsets.UTF_8));
    }

    private static int counterOf(byte[] digest) {
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

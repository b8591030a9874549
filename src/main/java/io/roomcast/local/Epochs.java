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
 * The epochs in which rooms begin, in one life of a node. A room in which nothing was ever said begins in the same one however often it is forgotten: whoever comes
 * back has missed nothing. A room that is forgotten with what was said in it begins in another.
 *
 * <p>What tells the two apart is a number for every few rooms, not one for each room that ever was. Where two share one, an empty room begins in another epoch
 * without need: its members are told of a gap that is none, and never the other way round. Any thread.
 */
final class Epochs {
    private static final int NUMBERS = 4_096;
    private static final int BYTES = 9;

    private final byte[] life = new byte[16];
    private final AtomicIntegerArray forgotten = new AtomicIntegerArray(NUMBERS);

    Epochs() {
        new SecureRandom().nextBytes(life);
    }

    /** In which the room begins now. */
    String of(RoomName room) {
        byte[] own = own(room);
        byte[] number = ByteBuffer.allocate(Integer.BYTES)
                .putInt(forgotten.get(place(own)))
                .array();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(BYTES)
                        .put(digest(own, number), 0, BYTES)
                        .array());
    }

    /** The room is forgotten, and something had been said in it. */
    void forget(RoomName room) {
        forgotten.incrementAndGet(place(own(room)));
    }

    private byte[] own(RoomName room) {
        return digest(life, room.value().getBytes(StandardCharsets.UTF_8));
    }

    private static int place(byte[] own) {
        return Math.floorMod(ByteBuffer.wrap(own).getInt(), NUMBERS);
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

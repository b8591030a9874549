package io.roomcast.local;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.function.Supplier;

/**
 * An idempotency key as {@link SeenKeys} stores it: 128 bits of a SHA-256 digest. Two keys with the same digest would
 * count as one key, but it is infeasible to find two such keys. The salt is secret, so that no client can choose keys
 * that collide in a hash table.
 */
public record KeyDigest(long high, long low) {
    private static final int SALT_BYTES = 16;

    /** @param key may be null, and has no digest then */
    public static KeyDigest of(byte[] salt, String key) {
        if (key == null) {
            return null;
        }
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(salt);
            ByteBuffer digest = ByteBuffer.wrap(sha.digest(key.getBytes(StandardCharsets.UTF_8)));
            return new KeyDigest(digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The digest of {@link #bytes}; null if there are none. */
    static KeyDigest ofBytes(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer digest = ByteBuffer.wrap(bytes);
        return new KeyDigest(digest.getLong(), digest.getLong());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    }

    /** A salt that nobody can guess. */
    static byte[] newSalt() {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return salt;
    }

    static Supplier<byte[]> constant(byte[] salt) {
        return () -> salt;
    }
}

package io.roomcast.container;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of a login, as {@link LoginLimiter} counts it. Many realms take names for the same user that differ in case,
 * blanks, accents or invisible characters. So such names have one key. Two users whose names differ only so share their
 * attempts. The key is a digest, because a client chooses the length of the name, and must not find names with the key
 * of another user.
 */
final class LoginName {
    private static final Pattern IGNORED = Pattern.compile("[\\p{M}\\p{C}\\p{Z}\\s]+");
    private static final int KEY_BYTES = 16;

    private LoginName() {}

    /** @return text of the same length for all names */
    static String key(String name) {
        String plain = IGNORED.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD))
                .replaceAll("");
        // Some letters of one case have two of the other, so only both steps make them equal.
        String folded = plain.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(folded.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, KEY_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}

package io.roomcast.protocol;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes words alike that differ in case, in accents, or in the points and marks that Hebrew and Arabic may leave out. */
final class Folding {
    /**
     * Accents, the points of Hebrew, the marks of Arabic and its letter that only stretches a word. Marks of other scripts
     * tell words apart.
     */
    private static final Pattern ACCENTS =
            Pattern.compile("[\\u0300-\\u036f\\u0640[\\p{Mn}&&[\\u0590-\\u06ff\\u08d0-\\u08ff]]]");

    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}\\p{M}]");

    private Folding() {}

    /** Empty if nothing of the word is left. */
    static String folded(String word) {
        boolean isAscii = true;
        for (int i = 0; i < word.length() && isAscii; i++) {
            isAscii = word.charAt(i) < 0x80;
        }
        if (isAscii) {
            return word.toLowerCase(Locale.ROOT);
        }
        String bare = ACCENTS.matcher(Normalizer.normalize(word, Normalizer.Form.NFKD))
                .replaceAll("");
        return NO_WORD.matcher(Normalizer.normalize(withoutCase(bare), Normalizer.Form.NFC))
                .replaceAll("");
    }

    /**
     * As Unicode's full case folding: {@code ß} becomes {@code ss}. The capital of {@code ß} has no capitals of its own,
     * so the letters become small first.
     */
    private static String withoutCase(String text) {
        return text.toLowerCase(Locale.ROOT)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT)
                .replace('ς', 'σ'); // Java makes it of the last sigma of a word.
    }
}

package io.roomcast.protocol;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the words of a text, for the search: runs of letters, digits and the marks that follow them. All databases get
 * what was found here, so that each finds the same. In scripts that put no space between words, each character is a word.
 */
public final class Words {
    /** Most UTF-16 code units of a word; the rest of a longer one is not looked at. */
    public static final int MAX_LENGTH = 64;

    private static final Set<UnicodeScript> WITHOUT_SPACES = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR);

    /**
     * A word in a text.
     *
     * @param start index of its first UTF-16 code unit
     * @param end index after its last one
     */
    public record Word(int start, int end, String text) {}

    private Words() {}

    /** The words of a text, in their order, as they are written there. */
    public static List<Word> of(String text) {
        List<Word> words = new ArrayList<>();
        int start = -1;
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            int next = i + Character.charCount(point);
            boolean isLetter = Character.isLetterOrDigit(point);
            if (isLetter && WITHOUT_SPACES.contains(UnicodeScript.of(point))) {
                add(words, text, start, i);
                next = afterMarks(text, next);
                add(words, text, i, next);
                start = -1;
            } else if (isLetter) {
                start = start < 0 ? i : start;
            } else if (start < 0 || !isMark(point)) {
                add(words, text, start, i);
                start = -1;
            }
            i = next;
        }
        add(words, text, start, text.length());
        return words;
    }

    private static int afterMarks(String text, int from) {
        int end = from;
        while (end < text.length() && isMark(text.codePointAt(end))) {
            end += Character.charCount(text.codePointAt(end));
        }
        return end;
    }

    private static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static void add(List<Word> words, String text, int start, int end) {
        if (start >= 0) {
            int cut = Math.min(end, start + MAX_LENGTH);
            if (cut < end && Character.isLowSurrogate(text.charAt(cut))) {
                cut--;
            }
            words.add(new Word(start, end, text.substring(start, cut)));
        }
    }

    /** A word without case, accents and the like. Empty if nothing is left. */
    public static String folded(String word) {
        return Folding.folded(word);
    }

    /** Whether a word is a single character because its script puts no space between words. */
    static boolean isCharacter(String word) {
        return WITHOUT_SPACES.contains(UnicodeScript.of(word.codePointAt(0)));
    }
}

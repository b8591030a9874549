package io.roomcast.protocol;

import java.text.Normalizer;

/**
 * Makes the name that is shown for a user. A name comes from others, such as the issuer of a token, and is made usable
 * rather than refused: nobody can choose the id, but everybody is called something.
 */
public final class DisplayName {
    private static final int MAX_LENGTH = UserId.MAX_LENGTH;
    private static final int ZWNJ = 0x200C;
    private static final int ZWJ = 0x200D;
    /** Shows the sign before it as a picture. */
    private static final int EMOJI_STYLE = 0xFE0F;

    private static final int MAX_MARKS = 4;

    private DisplayName() {}

    /**
     * The name in normalization form C, without characters that do not show, such as those that change the direction of
     * text. White space is one space. A longer name is cut after 255 code points.
     *
     * @param name any text, or null
     * @param id shown instead if nothing visible is left, or if people would take the name for {@link UserId#SYSTEM}
     */
    public static String of(String name, UserId id) {
        if (name == null || name.equals(id.value())) {
            return id.value();
        }
        String text =
                withoutHidden(Normalizer.normalize(name, Normalizer.Form.NFC)).strip();
        if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
            text = text.substring(0, text.offsetByCodePoints(0, MAX_LENGTH)).strip();
        }
        String visible = text.codePoints()
                .filter(DisplayName::isVisible)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return visible.isEmpty() || Names.looksLikeSystem(visible) ? id.value() : text;
    }

    /** The text without what does not show. Joiners and marks are kept where they change what is before them. */
    private static String withoutHidden(String name) {
        StringBuilder shown = new StringBuilder();
        int[] all = name.codePoints().toArray();
        int before = ' ';
        int marks = 0;
        for (int i = 0; i < all.length; i++) {
            int c = all[i];
            if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                if (before != ' ') {
                    shown.append(' ');
                }
                before = ' ';
            } else if (isVisible(c)) {
                shown.appendCodePoint(c);
                before = c;
                marks = 0;
            } else if (before != ' ' && NameTable.NONSPACING.contains(c) && marks++ < MAX_MARKS
                    || joins(before, c, i + 1 < all.length ? all[i + 1] : ' ')) {
                shown.appendCodePoint(c);
            }
        }
        return shown.toString();
    }

    /** Whether a joiner stands between two letters or signs of other scripts, or a selector behind a sign. */
    private static boolean joins(int before, int c, int after) {
        return c == EMOJI_STYLE
                ? NameTable.SIGNS.contains(before) && before > 0x7F
                : (c == ZWNJ || c == ZWJ) && before > 0x7F && after > 0x7F && isVisible(after);
    }

    private static boolean isVisible(int c) {
        return c > ' ' && c < 0x7F
                || NameTable.SIGNS.contains(c)
                || NameTable.ALLOWED.contains(c) && !NameTable.NONSPACING.contains(c);
    }
}

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

    private DisplayName() {}

    /**
     * The name in normalization form C, without control characters and other invisible format characters, such as
     * those that change the direction of text. White space is one space. A longer name is cut after 255 code points.
     *
     * @param name any text, or null
     * @param id shown instead if nothing visible is left, or if people would take the name for {@link UserId#SYSTEM}
     */
    public static String of(String name, UserId id) {
        if (name == null || name.equals(id.value())) {
            return id.value();
        }
        StringBuilder shown = new StringBuilder();
        name.codePoints().forEach(c -> append(shown, c));
        String text = Normalizer.normalize(shown, Normalizer.Form.NFC).strip();
        if (text.codePointCount(0, text.length()) > MAX_LENGTH) {
            text = text.substring(0, text.offsetByCodePoints(0, MAX_LENGTH)).strip();
        }
        String visible = text.codePoints()
                .filter(DisplayName::isVisible)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return visible.isEmpty() || Names.looksLikeSystem(visible) ? id.value() : text;
    }

    private static void append(StringBuilder shown, int c) {
        if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
            if (!shown.isEmpty() && shown.charAt(shown.length() - 1) != ' ') {
                shown.append(' ');
            }
        } else if (isKept(c)) {
            shown.appendCodePoint(c);
        }
    }

    private static boolean isKept(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> false;
            case Character.FORMAT -> c == ZWNJ || c == ZWJ;
            default -> true;
        };
    }

    private static boolean isVisible(int c) {
        return c > ' ' && c < 0x7F
                || NameTable.SIGNS.contains(c)
                || NameTable.ALLOWED.contains(c) && !NameTable.NONSPACING.contains(c);
    }
}

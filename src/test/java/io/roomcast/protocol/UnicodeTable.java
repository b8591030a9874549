package io.roomcast.protocol;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacter.JoiningType;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Makes the table of {@link NameTable} of Unicode's own: the general categories and joining types of the Unicode Character Database, and the
 * confusables of UTS 39. {@code main} writes it where the server and the page read it.
 */
public final class UnicodeTable {
    static final Path SERVER = Path.of("src/main/resources/io/roomcast/protocol/names.txt");
    static final Path PAGE = Path.of("src/main/webapp/js/app/model/name-table.js");

    /** What Java 17 knows: every JDK that runs Roomcast, and every browser, normalises these alike. */
    private static final int UNICODE = 13;

    /** The one letter or mark that is blank and that Unicode does not call ignorable. */
    private static final int KHITAN_FILLER = 0x16FE4;

    /** Symbols that say nothing: the Braille blank, and what stands for something lost. */
    private static final Set<Integer> BLANK_OR_REPLACED = Set.of(0x2800, 0xFFFC, 0xFFFD);

    /** The names of pictures of letters, such as those in black squares, to which Unicode gives no letter. */
    private static final Pattern DRAWN_LETTER = Pattern.compile(".* LETTER ([A-Z])");

    private static final int VIRAMA = 9;

    /** Skeletons end in small letters, and there m is written rn. */
    private static final String RESERVED = "system|systern";

    private static final Normalizer2 COMPATIBLE = Normalizer2.getNFKCCasefoldInstance();
    private static final Normalizer2 DECOMPOSED = Normalizer2.getNFDInstance();
    private static final SpoofChecker CONFUSABLES = new SpoofChecker.Builder().build();

    private UnicodeTable() {}

    public static void main(String[] arguments) throws IOException {
        String table = text();
        Files.writeString(SERVER, table);
        Files.writeString(PAGE, page(table));
    }

    /** The same as a module. */
    static String page(String table) {
        return "/** The same as names.txt of the server, which says what it is. */\nexport const NAME_TABLE = `" + table
                + "`;\n";
    }

    static String text() {
        StringBuilder text = new StringBuilder("""
                # Of the characters of Unicode 13: which may be in names and ids, and what their rules ask about them.
                # Made by UnicodeTable of the Unicode Character Database and the confusables of UTS 39. Do not edit.
                """);
        line(text, "letters", UnicodeTable::isLetter);
        line(text, "signs", UnicodeTable::isSign);
        line(text, "nonspacing", c -> isLetter(c) && UCharacter.getType(c) == UCharacterCategory.NON_SPACING_MARK);
        line(text, "spacing", c -> isLetter(c) && UCharacter.getType(c) == UCharacterCategory.COMBINING_SPACING_MARK);
        line(text, "virama", c -> isLetter(c) && UCharacter.getCombiningClass(c) == VIRAMA);
        line(text, "joins-next", c -> joins(c, JoiningType.DUAL_JOINING, JoiningType.LEFT_JOINING));
        line(text, "joins-previous", c -> joins(c, JoiningType.DUAL_JOINING, JoiningType.RIGHT_JOINING));
        lookalikes().forEach((letters, characters) -> line(text, "like-" + letters, characters::contains));
        return text.toString();
    }

    /** Letters, decimal digits and marks that show. */
    private static boolean isLetter(int c) {
        int type = UCharacter.getType(c);
        return (UCharacter.isLetter(c)
                        || type == UCharacterCategory.DECIMAL_DIGIT_NUMBER
                        || type == UCharacterCategory.NON_SPACING_MARK
                        || type == UCharacterCategory.COMBINING_SPACING_MARK)
                && isOfAnyJdk(c)
                && !UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
                && c != KHITAN_FILLER;
    }

    /** Punctuation, symbols and numbers, apart from digits, that show. */
    private static boolean isSign(int c) {
        return switch (UCharacter.getType(c)) {
            case UCharacterCategory.LETTER_NUMBER,
                    UCharacterCategory.OTHER_NUMBER,
                    UCharacterCategory.CONNECTOR_PUNCTUATION,
                    UCharacterCategory.DASH_PUNCTUATION,
                    UCharacterCategory.START_PUNCTUATION,
                    UCharacterCategory.END_PUNCTUATION,
                    UCharacterCategory.INITIAL_PUNCTUATION,
                    UCharacterCategory.FINAL_PUNCTUATION,
                    UCharacterCategory.OTHER_PUNCTUATION,
                    UCharacterCategory.MATH_SYMBOL,
                    UCharacterCategory.CURRENCY_SYMBOL,
                    UCharacterCategory.MODIFIER_SYMBOL,
                    UCharacterCategory.OTHER_SYMBOL ->
                isOfAnyJdk(c)
                        && !UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
                        && !BLANK_OR_REPLACED.contains(c);
            default -> false;
        };
    }

    /** Newer ones are not in names, also where a JDK knows them. */
    static boolean isOfAnyJdk(int c) {
        return UCharacter.getAge(c).getMajor() <= UNICODE;
    }

    private static boolean joins(int c, int type, int other) {
        int joining = UCharacter.getIntPropertyValue(c, UProperty.JOINING_TYPE);
        return isLetter(c) && (joining == type || joining == other);
    }

    /** Letters of the reserved name, and what looks like them in any case, width or script. */
    private static Map<String, Set<Integer>> lookalikes() {
        Map<String, String> bySkeleton = new HashMap<>();
        Map<Integer, String> found = new HashMap<>();
        letters().forEach(c -> {
            for (String form : forms(c)) {
                String like = skeleton(UCharacter.foldCase(skeleton(form), true));
                if (RESERVED.contains(like) && !like.isEmpty()) {
                    found.putIfAbsent(c, like);
                    // A small capital shares its skeleton with letters that have none of the plain ones as theirs.
                    String skeleton = skeleton(Character.toString(c));
                    if (skeleton.codePointAt(0) > 0x7F) {
                        bySkeleton.putIfAbsent(skeleton, like);
                    }
                }
            }
        });
        letters()
                .filter(c -> bySkeleton.containsKey(skeleton(Character.toString(c))))
                .forEach(c -> found.putIfAbsent(c, bySkeleton.get(skeleton(Character.toString(c)))));
        Map<String, Set<Integer>> byLike = new TreeMap<>();
        found.forEach((c, like) ->
                byLike.computeIfAbsent(like, key -> new TreeSet<>()).add(c));
        return byLike;
    }

    private static IntStream letters() {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c ->
                        (isLetter(c) || isSign(c)) && !isMark(c) && DECOMPOSED.isNormalized(Character.toString(c)));
    }

    private static String[] forms(int c) {
        String text = Character.toString(c);
        Matcher drawn = DRAWN_LETTER.matcher(UCharacter.getName(c));
        String letter = isSign(c) && drawn.matches() ? drawn.group(1) : text;
        return new String[] {text, UCharacter.foldCase(text, true), COMPATIBLE.normalize(text), letter};
    }

    private static String skeleton(String text) {
        return DECOMPOSED
                .normalize(CONFUSABLES.getSkeleton(text))
                .codePoints()
                .filter(c -> !isMark(c))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isMark(int c) {
        int type = UCharacter.getType(c);
        return type == UCharacterCategory.NON_SPACING_MARK
                || type == UCharacterCategory.COMBINING_SPACING_MARK
                || type == UCharacterCategory.ENCLOSING_MARK;
    }

    private static void line(StringBuilder text, String name, IntPredicate member) {
        text.append(name);
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (member.test(c)) {
                int from = c;
                while (member.test(c + 1)) {
                    c++;
                }
                text.append(' ').append(Integer.toHexString(from));
                text.append(from == c ? "" : "-" + Integer.toHexString(c));
            }
        }
        text.append('\n');
    }
}

package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTermsTest {

    @ParameterizedTest
    @CsvSource({
        "straße, strasse",
        "STRASSE, strasse",
        "STRAẞE, strasse",
        "ﬁn, fin",
        "ΣΟΦΟΣ, σοφοσ",
        "σοφός, σοφοσ",
        "İzmir, izmir",
        "שָׁלוֹם, שלום",
        "مُحَمَّد, محمد",
        "محـــمد, محمد",
        "हिन्दी, हिन्दी"
    })
    void wordsAreAlikeWithoutCaseAccentsAndPoints(String word, String folded) {
        assertEquals(folded, Words.folded(word));
    }

    @Test
    void everyLetterIsAlikeInWhateverCase() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            // The small iota below a Greek letter is left out as an accent, but its capital is a letter.
            if (Character.isLetter(point)
                    && !Normalizer.normalize(Character.toString(point), Normalizer.Form.NFD)
                            .contains("\u0345")) {
                String letter = "a" + Character.toString(point) + "b";
                String folded = Words.folded(letter);
                assertEquals(folded, Words.folded(letter.toLowerCase(Locale.ROOT)), letter);
                assertEquals(folded, Words.folded(letter.toUpperCase(Locale.ROOT)), letter);
                assertEquals(folded, Words.folded(folded), letter);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"天*, false", "天气*, false", "ไทย*, false", "la*, true", "la, false", "天la*, true"})
    void aStarIsForWordsThatHaveEnds(String text, boolean isPrefix) {
        List<SearchTerms.Term> terms = SearchTerms.parse(text).terms();
        assertEquals(isPrefix, terms.get(terms.size() - 1).isPrefix());
    }

    @Test
    void aShortBeginningAndManyWordsAreRefusedDifferently() {
        assertEquals(
                ErrorCode.BAD_REQUEST,
                assertThrows(ProtocolException.class, () -> SearchTerms.parse("l*"))
                        .code());
        assertEquals(
                ErrorCode.TOO_LARGE,
                assertThrows(ProtocolException.class, () -> SearchTerms.parse("a ".repeat(25)))
                        .code());
    }

    private static String hits(String search, String... common) {
        List<String> words =
                Words.of("two one, one two; Two").stream().map(Words.Word::text).toList();
        SearchTerms terms = SearchTerms.parse(search);
        Map<SearchTerms.Term, Set<String>> matching = terms.singles().stream()
                .filter(single -> !Set.of(common).contains(single.words().get(0)))
                .collect(Collectors.toMap(
                        Function.identity(),
                        single -> words.stream().filter(single::isWord).collect(Collectors.toSet())));
        return terms.hits(words, matching).toString();
    }

    @Test
    void onlyWordsThatStandInThePhraseAreMarked() {
        assertEquals("{2, 3}", hits("\"one two\""));
        assertEquals("{0, 3, 4}", hits("two"));
        assertEquals("{0, 2, 3, 4}", hits("tw* \"one two\""));
        assertEquals("{}", hits("\"two two one\""));
        assertEquals("{0, 3}", hits("\"two the the two\"", "the"), "any word in its place, which is not marked");
        assertEquals("{1, 2, 3, 4}", hits("\"one the two\"", "the"));
        assertEquals("{}", hits("the", "the"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "zzzzzzzzzzzz", "zzzzzzzzzzzzzzzzz", "-1", "+1", "0000", "!", "1", "12345"})
    void aCursorThatNoServerHasSentIsRefused(String text) {
        assertEquals(
                ErrorCode.BAD_REQUEST,
                assertThrows(ProtocolException.class, () -> SearchPage.cursor(text))
                        .code());
    }

    @Test
    void aCursorIsReadAsItWasSentAndNotOtherwise() {
        for (long cursor : new long[] {1, 35, 36, 1_700_000_000_000L << 20, Long.MAX_VALUE}) {
            String wire = SearchPage.wire(cursor);
            assertEquals(cursor, SearchPage.cursor(wire));
            for (String wrong : List.of("0" + wire, "+" + wire, wire + "0", wire.substring(1), wire + " ")) {
                assertThrows(ProtocolException.class, () -> SearchPage.cursor(wrong), wrong);
            }
        }
        assertTrue(SearchPage.wire(7).matches("[0-9a-z]{5}"));
        assertFalse(SearchPage.wire(7).equals(SearchPage.wire(8)));
    }
}

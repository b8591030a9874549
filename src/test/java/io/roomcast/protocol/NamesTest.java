package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.NameExample;
import java.io.IOException;
import java.nio.file.Files;
import java.text.Normalizer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NamesTest {

    static List<NameExample> examples() {
        return NameExample.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theRuleHoldsForEveryExample(NameExample example) {
        assertEquals(example.verdict(), NameExample.verdict(example.name()));
    }

    @Test
    void theTablesAreMadeOfUnicodesOwn() throws IOException {
        String table = UnicodeTable.text();
        assertEquals(table, Files.readString(UnicodeTable.SERVER), "run UnicodeTable.main");
        assertEquals(UnicodeTable.page(table), Files.readString(UnicodeTable.PAGE), "run UnicodeTable.main");
    }

    /** Before the rule was of Unicode's tables, a letter or digit of any kind was one that Java calls so. */
    @Test
    void whatWasANameIsOneStill() {
        int[] gone = IntStream.rangeClosed(0x80, Character.MAX_CODE_POINT)
                .filter(Character::isLetterOrDigit)
                .filter(c -> UnicodeTable.isOfAnyJdk(c))
                .filter(c -> Normalizer.isNormalized(Character.toString(c), Normalizer.Form.NFC))
                .filter(c -> NameExample.verdict(Character.toString(c)).equals("none"))
                .toArray();
        assertEquals(
                List.of(0x115F, 0x1160, 0x3164, 0xFFA0),
                IntStream.of(gone).boxed().toList(),
                "all but what does not show");
    }

    @Test
    void charactersAreCounted() {
        assertEquals("both", NameExample.verdict("\uD835\uDC00".repeat(128)));
        ProtocolException refused =
                assertThrows(ProtocolException.class, () -> new RoomName("\uD835\uDC00".repeat(129)));
        assertEquals(ErrorCode.TOO_LARGE, refused.code());
        assertTrue(refused.getMessage().contains("129"), refused::getMessage);
    }

    @Test
    void halfOfASurrogatePairIsNoCharacter() {
        assertEquals("none", NameExample.verdict("a\uD835"));
        assertEquals("none", NameExample.verdict("\uDC00a"));
    }
}

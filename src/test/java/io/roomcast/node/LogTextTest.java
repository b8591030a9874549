package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers write cannot pass for a line of the log, nor change how the log is shown. */
class LogTextTest {

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x07, '\b', '\t', '\n', 0x0b, '\f', '\r', 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x2028,
                0x2029, 0x202a, 0x202e, 0x2066, 0x2069
            })
    void noCharacterThatControlsALogComesThrough(int character) {
        String text = "chat" + Character.toString(character) + "2030-01-01 ERROR all is lost";
        assertEquals("chat?2030-01-01 ERROR all is lost", LogText.of(text));
    }

    @Test
    void everyOneOfThemIsReplaced() {
        assertEquals("??a???[31mb?", LogText.of("\r\na\n\r\u001b[31mb\u2028"));
    }

    @Test
    void allElseIsLeftAsItIs() {
        String text = "Grüße, 世界 😀 {0} %s \\n $1 ~ \u00a0 \u2027 \u202f \u2065";
        assertEquals(text, LogText.of(text));
        assertEquals("", LogText.of(""));
        assertEquals("nothing", LogText.of(null));
    }

    @Test
    void longTextIsShortened() {
        String longest = "x".repeat(200);
        assertEquals(longest, LogText.of(longest));
        assertEquals(longest + "…", LogText.of(longest + "\nx".repeat(1_000_000)));
    }
}

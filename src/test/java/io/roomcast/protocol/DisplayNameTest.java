package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisplayNameTest {
    private static final UserId ID = new UserId("auth0|5f7c");

    @Test
    void isWhatTheIssuerCallsTheUser() {
        assertEquals("Ann Lee", shown("Ann Lee"));
        assertEquals("O'Brien <ann>", shown("O'Brien <ann>"));
        assertEquals("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", shown("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"));
        assertEquals("\ud83d\udc69\u200d\ud83d\udcbb", shown("\ud83d\udc69\u200d\ud83d\udcbb"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '!',
            value = {
                "! Ann \\t \\n Lee ! | Ann Lee",
                "Ann\\u0000\\u001b[2J Lee | Ann[2J Lee",
                "\\u202eeeL nnA | eeL nnA",
                "Ann\\u2067\\u200f\\u061c\\u200b\\ufeff | Ann",
                "Ann\\u00a0\\u3000Lee | Ann Lee",
                "Zu\\u0308rich | Z\\u00fcrich",
                "Ann\\ud83d | Ann",
                "Ann\\ue000 | Ann",
            },
            delimiter = '|')
    void losesWhatDoesNotShow(String name, String expected) {
        assertEquals(unescaped(expected), shown(unescaped(name)));
    }

    @ParameterizedTest
    @CsvSource({
        "\\t",
        "\\u200b",
        "\\u3164",
        "\\u0301",
        "\\u2800",
        "System",
        "\\uff33ystem",
        "s\\u0443stem",
        "sys\\u200btem",
        "system\\u3164",
        "sys\\uffa0tem",
        "sys\\u115ftem",
        "system\\ufe0f",
        "\\u2800system\\u2800",
        "sys\\u034ftem",
        "system\\u180b",
        "sys\\u17b4tem"
    })
    void isTheIdWhereNothingIsLeftToShowOrTheServerWouldBeShown(String name) {
        assertEquals(ID.value(), shown(unescaped(name)));
    }

    @Test
    void isTheIdWithoutAName() {
        assertEquals(ID.value(), shown(null));
        assertEquals(ID.value(), shown(""));
    }

    @Test
    void isCutAndNotRefused() {
        assertEquals("\ud83d\ude00".repeat(255), shown("\ud83d\ude00".repeat(300)));
        assertEquals("x".repeat(254), shown("x".repeat(254) + " yz"));
    }

    private static String shown(String name) {
        return DisplayName.of(name, ID);
    }

    /** Of escapes as in Java, also of halves of pairs, which no source file can have. */
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\u", i)) {
                plain.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                i += 5;
            } else if (text.startsWith("\\t", i) || text.startsWith("\\n", i)) {
                plain.append(text.charAt(++i) == 't' ? '\t' : '\n');
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }
}

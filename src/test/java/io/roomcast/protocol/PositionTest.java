package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    @Test
    void theFormOfTheQueryIsRead() {
        assertEquals(new Position("ab_-9", 41), Position.parse("ab_-9:41"));
        assertEquals(new Position("e", 0), Position.parse("e:0"));
        assertEquals(new Position("e", 41, 1_700_000_000_000L), Position.parse("e:41:1700000000000"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "e",
                "e:",
                ":1",
                "e:-1",
                "e:x",
                "e:1 ",
                "e:9223372036854775808",
                "e:1.0",
                "e:9007199254740992",
                "e:1:9007199254740992",
                "a:b:0",
                "e:1:",
                "e:1:-1",
                "e:1:2:3",
                "e:1:9223372036854775808"
            })
    void anythingElseIsABadRequest(String text) {
        assertEquals(
                ErrorCode.BAD_REQUEST,
                assertThrows(ProtocolException.class, () -> Position.parse(text))
                        .code());
    }

    @Test
    void messageOfAnotherTimeIsAnotherMessage() {
        Position known = new Position("e", 3, 5);
        assertTrue(known.isRefutedBy(6));
        assertFalse(known.isRefutedBy(5));
        assertFalse(known.isRefutedBy(0), "not known");
        assertFalse(new Position("e", 3).isRefutedBy(6), "without proof");
        assertFalse(new Position("e", 0, 5).isRefutedBy(6), "no message is before the first one");
    }
}

package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    @Test
    void theFormOfTheQueryIsRead() {
        assertEquals(new Position("ab_-9", 41), Position.parse("ab_-9:41"));
        assertEquals(new Position("a:b", 0), Position.parse("a:b:0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "e", "e:", ":1", "e:-1", "e:x", "e:1 ", "e:9223372036854775808", "e:1.0"})
    void anythingElseIsABadRequest(String text) {
        assertEquals(
                ErrorCode.BAD_REQUEST,
                assertThrows(ProtocolException.class, () -> Position.parse(text))
                        .code());
    }
}

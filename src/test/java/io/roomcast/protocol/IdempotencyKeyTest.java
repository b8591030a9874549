package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {

    @ParameterizedTest
    @ValueSource(strings = {"k", " ", "\u00e9 \ud83d\ude00", "5f1c-\u2028\""})
    void keyIsTakenAsItIs(String key) {
        assertEquals(key, IdempotencyKey.checked(key));
    }

    @Test
    void noneIsNone() {
        assertNull(IdempotencyKey.checked(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a\nb",
                "a\tb",
                "a\rb",
                "\u0000",
                "\u007f",
                "\u0085",
                "\ud83d",
                "\ude00",
                "a\ude00\ud83d",
                "\ud83dx"
            })
    void keyThatOtherKeysCouldBeTakenForIsRefused(String key) {
        assertEquals(
                ErrorCode.BAD_REQUEST,
                assertThrows(ProtocolException.class, () -> IdempotencyKey.checked(key))
                        .code());
    }

    @Test
    void longKeyIsTooLarge() {
        assertEquals(
                ErrorCode.TOO_LARGE,
                assertThrows(ProtocolException.class, () -> IdempotencyKey.checked("k".repeat(65)))
                        .code());
    }
}

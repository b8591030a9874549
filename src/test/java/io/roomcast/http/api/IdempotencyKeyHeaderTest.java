package io.roomcast.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyHeaderTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "\"order-7\",order-7",
                " \"a b\" ,a b",
                "\"a\\\"b\\\\c\",a\"b\\c",
                "order-7,order-7",
                "8e03978e-40d5-43dd-bc93-6894a57f9324,8e03978e-40d5-43dd-bc93-6894a57f9324"
            })
    void aKeyInQuotesOrWithout(String header, String key) {
        assertEquals(key, read(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"open",
                "open\"",
                "a b",
                "\"a\"b\"",
                "\"a\\x\"",
                "\"a\";v=1",
                "\"a\", \"b\"",
                "\"ä\"",
                "ä",
                "\"a\tb\""
            })
    void anythingElseIsABadRequest(String header) {
        assertRefused(header);
    }

    @Test
    void oneHeaderAtMost() {
        assertNull(read());
        assertNull(IdempotencyKeyHeader.of(null));
        assertRefused("a", "a");
    }

    private static void assertRefused(String... lines) {
        assertEquals(
                ErrorCode.BAD_REQUEST,
                assertThrows(ProtocolException.class, () -> read(lines)).code());
    }

    private static String read(String... lines) {
        return IdempotencyKeyHeader.of(Collections.enumeration(List.of(lines)));
    }
}

package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WholeNumberTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "0.0, 0",
        "0e999999999, 0",
        "1, 1",
        "1.0, 1",
        "1.000000, 1",
        "1e3, 1000",
        "1E+3, 1000",
        "1.5e1, 15",
        "1200e-2, 12",
        "1e+15, 1000000000000000",
        "1.7960736E12, 1796073600000",
        "9007199254740991, 9007199254740991",
        "9007199254740991.0, 9007199254740991",
        "9.007199254740991e15, 9007199254740991",
    })
    void everyFormOfAWholeNumberIsRead(String json, long number) {
        assertEquals(number, WholeNumber.read(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-1.0",
                "0.5",
                "1e-1",
                "9007199254740992",
                "9007199254740991.5",
                "9007199254740992.0",
                "1e16",
                "1e400",
                "1e999999999",
                "1e-999999999",
                "1e2147483648",
                "1e99999999999",
                "99999999999999999999999999999999",
                "1.00000000000000000000000000000000000",
            })
    void allOthersAreNone(String json) {
        assertNull(WholeNumber.read(json));
    }
}

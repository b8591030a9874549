package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedFrameTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u007f", "\u0080", "ä", "\u07ff", "\u0800", "€", "\uffff", "😀", "a😀ä€\n"})
    void bytesAreThoseOfUtf8(String text) {
        int expected = text.getBytes(StandardCharsets.UTF_8).length;
        assertEquals(expected, EncodedFrame.of(FrameKind.MESSAGE, text).bytes());
    }
}

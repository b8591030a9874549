package io.roomcast.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedFrameTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u007f", "\u0080", "ä", "\u07ff", "\u0800", "€", "\uffff", "😀", "a😀ä€\n"})
    void bytesAreThoseOfUtf8(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertEquals(utf8.length, EncodedFrame.of(FrameKind.MESSAGE, text).bytes());
        assertEquals(text, EncodedFrame.of(FrameKind.MESSAGE, utf8).text());
    }

    /** RFC 6455, section 5.2: the length stands in one, three or nine bytes. */
    @ParameterizedTest
    @CsvSource({
        "0, 8100",
        "1, 8101",
        "125, 817d",
        "126, 817e007e",
        "65535, 817effff",
        "65536, 817f0000000000010000",
        "200000, 817f0000000000030d40"
    })
    void aWebSocketFrameHasTheHeaderOfItsLength(int length, String header) {
        String text = "x".repeat(length);
        byte[] frame = EncodedFrame.of(FrameKind.MESSAGE, text).webSocketFrame();
        int start = header.length() / 2;
        assertEquals(header, HexFormat.of().formatHex(frame, 0, start));
        assertEquals(text, new String(frame, start, frame.length - start, StandardCharsets.UTF_8));
    }

    @Test
    void framesAreJoinedByNewlines() {
        EncodedFrame joined = EncodedFrame.joined(
                List.of(EncodedFrame.of(FrameKind.SIGNAL, "ä"), EncodedFrame.of(FrameKind.MESSAGE, "b")));
        assertEquals("ä\nb", joined.text());
        assertEquals(4, joined.bytes());
        assertEquals(6, joined.webSocketFrame().length);
    }
}

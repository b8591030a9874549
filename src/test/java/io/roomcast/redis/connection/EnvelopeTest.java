package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.roomcast.outbound.FrameKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static Envelope parse(String text) {
        return Envelope.parse(text.getBytes(UTF_8));
    }

    @Test
    void messageHasEpochOffsetAndTheRestAsBody() {
        Envelope.Message message = assertInstanceOf(Envelope.Message.class, parse("2Mx7 4503599627370495 {\"a\": 1} "));
        assertEquals("x7", message.epoch());
        assertEquals(4_503_599_627_370_495L, message.offset());
        assertEquals("{\"a\": 1} ", new String(message.body(), UTF_8));
    }

    @Test
    void bodyMayBeEmpty() {
        assertEquals(
                0, assertInstanceOf(Envelope.Message.class, parse("2Mx 1 ")).body().length);
    }

    @Test
    void signalsKeepTheirKind() {
        byte[] frame = "{\"type\":\"signal\"}".getBytes(UTF_8);
        for (FrameKind kind : new FrameKind[] {FrameKind.SIGNAL, FrameKind.PRESENCE}) {
            Envelope.Signal signal =
                    assertInstanceOf(Envelope.Signal.class, Envelope.parse(Envelope.signal(kind, frame)));
            assertEquals(kind, signal.kind());
            assertArrayEquals(frame, signal.frame());
        }
    }

    @Test
    void wordIsUnderstood() {
        assertEquals(new Envelope.KeepAlive(), Envelope.parse(Envelope.keepAlive()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "1Mx 1 {}",
                "2Z",
                "2M",
                "2Mx",
                "2Mx 1",
                "2R",
                "2R1 2",
                "2R1 2 1\n+a b",
                "{\"content\":\"hi\"}",
                "\u00e9"
            })
    void whatIsNotKnownIsForeign(String text) {
        assertEquals(new Envelope.Unknown(), parse(text));
    }
}

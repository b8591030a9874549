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
        Envelope.Message message =
                assertInstanceOf(Envelope.Message.class, parse("3Mx7 4503599627370495 1f {\"a\": 1} "));
        assertEquals("x7", message.epoch());
        assertEquals(4_503_599_627_370_495L, message.offset());
        assertEquals("1f", message.run());
        assertEquals("{\"a\": 1} ", new String(message.body(), UTF_8));
    }

    @Test
    void bodyMayBeEmpty() {
        assertEquals(
                0, assertInstanceOf(Envelope.Message.class, parse("3Mx 1 1f ")).body().length);
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
    void questionsAndAnswersKeepTheirBytes() {
        byte[] content = {0, ' ', '\n', (byte) 0xff};
        Envelope.Question question =
                assertInstanceOf(Envelope.Question.class, Envelope.parse(Envelope.question("id", "own", content)));
        assertEquals("id own", question.id() + " " + question.replyChannel());
        assertArrayEquals(content, question.content());
        Envelope.Answer answer =
                assertInstanceOf(Envelope.Answer.class, Envelope.parse(Envelope.answer("id", content)));
        assertArrayEquals(content, answer.content());
        assertEquals(new Envelope.Answer("id", null), Envelope.parse(Envelope.noAnswer("id")));
    }

    @Test
    void wordIsUnderstood() {
        assertEquals(new Envelope.KeepAlive(), Envelope.parse(Envelope.keepAlive()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3",
                "1Mx 1 1f {}",
                "3Z",
                "3M",
                "3Mx",
                "3Mx 1",
                "3Mx 1 1f",
                "2Mx 1 {}",
                "3R",
                "3Q",
                "3Qid",
                "3Qid channel",
                "3Aid",
                "3R1 2",
                "3R1 2 1\n+a b",
                "{\"content\":\"hi\"}",
                "\u00e9"
            })
    void whatIsNotKnownIsForeign(String text) {
        assertEquals(new Envelope.Unknown(), parse(text));
    }
}

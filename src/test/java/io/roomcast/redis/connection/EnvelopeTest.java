package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.UserText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
                assertInstanceOf(Envelope.Message.class, parse("4Mx7 4503599627370495 1f {\"a\": 1} "));
        assertEquals("x7", message.epoch());
        assertEquals(4_503_599_627_370_495L, message.offset());
        assertEquals("1f", message.run());
        assertEquals("{\"a\": 1} ", new String(message.body(), UTF_8));
    }

    @Test
    void bodyMayBeEmpty() {
        assertEquals(
                0, assertInstanceOf(Envelope.Message.class, parse("4Mx 1 1f ")).body().length);
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
    void presenceTellsIdsAndWhatIsShown() {
        User lee = new User(new UserId("auth0|5 f"), "Ann Lee", "{\"a\":\"b c\"}");
        User bob = User.of(new UserId("bob"));
        User annie = new User(new UserId("+1"), "Annie", null);
        String lines = Stream.of(lee, bob).map(user -> "\n+" + line(user)).collect(Collectors.joining()) + "\n="
                + line(annie) + "\n--gone";
        assertEquals("\n+bob", lines.substring(lines.indexOf("\n+bob"), lines.indexOf("\n=")));
        assertEquals(
                new Envelope.Presence(
                        new PresenceChange(7, 9, 3, List.of(lee, bob), List.of(annie), List.of(new UserId("-gone")))),
                parse("4R7 9 3" + lines));
    }

    private static String line(User user) {
        String shown = UserText.afterId(user);
        return user.id() + (shown.isEmpty() ? "" : "\t" + shown);
    }

    @Test
    void wordIsUnderstood() {
        assertEquals(new Envelope.KeepAlive(), Envelope.parse(Envelope.keepAlive()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4",
                "1Mx 1 1f {}",
                "4Z",
                "4M",
                "4Mx",
                "4Mx 1",
                "4Mx 1 1f",
                "3Mx 1 1f {}",
                "4R",
                "4Q",
                "4Qid",
                "4Qid channel",
                "4Aid",
                "4R1 2",
                "4R1 2 1\n+a\u0000b",
                "4R1 2 1\n+",
                "4R1 2 1\n",
                "4R1 2 1\n+\tAnn",
                "4R1 2 1\n-a\tAnn",
                "{\"content\":\"hi\"}",
                "\u00e9"
            })
    void whatIsNotKnownIsForeign(String text) {
        assertEquals(new Envelope.Unknown(), parse(text));
    }
}

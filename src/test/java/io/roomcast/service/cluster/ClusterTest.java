package io.roomcast.service.cluster;

import static io.roomcast.support.Stages.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Node;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.ServerInfo;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.service.cluster.ClusterAnswer.NodeAnswer;
import io.roomcast.support.ManualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a node makes of the answers of others, and what it answers them. */
class ClusterTest {
    public record Question(String about) {}

    public record Said(String text, Long number, Map<String, Long> counts) {}

    private static final Topic<Question, Said> TOPIC = new Topic<>("things", Question.class, Said.class);

    private static final Map<String, String> SETTINGS = Map.of("roomcast.node", "here");

    private final Others others = new Others();
    private final Cluster cluster = new Cluster(
            others,
            new Node(RoomcastConfig.load(key -> Optional.ofNullable(SETTINGS.get(key)), SETTINGS.keySet())),
            new Threads(Runnable::run, new ManualTimer(), Thread::new));

    ClusterTest() {
        cluster.serve(TOPIC, question -> new Said("about " + question.about(), 7L, Map.of("a", 1L)));
        cluster.onNodeStarted(new NodeStarted(new ServerInfo("a server", true)));
    }

    /** The other nodes: what they answer is what the test says. */
    private static final class Others implements NodeExchange {
        private final List<byte[]> asked = new ArrayList<>();
        private Responder responder;
        private CompletableFuture<Answers> answers = new CompletableFuture<>();

        @Override
        public void start(Responder answering) {
            responder = answering;
        }

        @Override
        public CompletionStage<Answers> ask(byte[] question, Duration deadline) {
            asked.add(question);
            return answers;
        }

        void say(String node, String json, String... silent) {
            answers.complete(new Answers(List.of(new Answer(node, json.getBytes(UTF_8))), List.of(silent)));
        }
    }

    @Test
    void aNodeThatHasNotStartedYetSaysSo() {
        Topic<Question, Said> later = new Topic<>("later", Question.class, Said.class);
        CompletionException failure = assertThrows(
                CompletionException.class,
                () -> cluster.ask(later, new Question("x"))
                        .toCompletableFuture()
                        .join());
        assertEquals(
                ErrorCode.UNAVAILABLE,
                assertInstanceOf(ProtocolException.class, failure.getCause()).code());
    }

    @Test
    void anAnswerSurvivesTheWay() {
        CompletionStage<ClusterAnswer<Said>> asked = cluster.ask(TOPIC, new Question("all"));
        byte[] answer = get(others.responder.answer(others.asked.get(0)));
        others.say("there", new String(answer, UTF_8));
        Said said = new Said("about all", 7L, Map.of("a", 1L));
        assertEquals(
                List.of(new NodeAnswer<>("here", said), new NodeAnswer<>("there", said)),
                get(asked).answers());
        assertTrue(get(asked).complete());
    }

    @Test
    void aNodeThatCannotBeUnderstoodIsSilent() {
        CompletionStage<ClusterAnswer<Said>> asked = cluster.ask(TOPIC, new Question("all"));
        others.say("there", "{\"text\":[", "asleep");
        assertEquals(List.of("here"), get(asked).answered());
        assertEquals(List.of("asleep", "there"), get(asked).silent());
        assertFalse(get(asked).complete());
    }

    @Test
    void answersForItselfWithoutTheRelay() {
        others.answers.completeExceptionally(new RelayUnavailableException("away"));
        ClusterAnswer<Said> answer = get(cluster.ask(TOPIC, new Question("all")));
        assertEquals(List.of("here"), answer.answered());
        assertEquals(List.of(), answer.silent());
        assertFalse(answer.complete());
    }

    @Test
    void asksNoMoreThanItMay() {
        for (int i = 0; i < 16; i++) {
            var unused = cluster.ask(TOPIC, new Question("all"));
        }
        CompletionException busy = assertThrows(
                CompletionException.class,
                () -> cluster.ask(TOPIC, new Question("all"))
                        .toCompletableFuture()
                        .join());
        assertEquals(ErrorCode.BUSY, ((ProtocolException) busy.getCause()).code());
        others.say("there", "{}");
        assertTrue(get(cluster.ask(TOPIC, new Question("all"))).complete(), "all were answered");
    }

    @Test
    void hasNoAnswerToWhatItDoesNotKnow() {
        assertTrue(others.responder
                .answer("other things\n{}".getBytes(UTF_8))
                .toCompletableFuture()
                .isCompletedExceptionally());
        assertTrue(others.responder
                .answer("things".getBytes(UTF_8))
                .toCompletableFuture()
                .isCompletedExceptionally());
    }
}

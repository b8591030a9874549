package io.roomcast.relay;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.relay.NodeExchange.Answers;
import io.roomcast.support.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link NodeExchange} promises, for any relay of several nodes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class NodeExchangeContractTest {
    private static final Duration PLENTY = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofMillis(300);

    /** A node of the test, whose relay runs. */
    public interface Joined extends AutoCloseable {
        NodeExchange exchange();

        @Override
        void close();
    }

    private final List<Joined> joined = new ArrayList<>();

    /** Joins the relay of this test. */
    protected abstract Joined join(String node);

    @AfterEach
    void stopAll() {
        joined.forEach(Joined::close);
    }

    private NodeExchange node(String name, NodeExchange.Responder responder) {
        Joined node = join(name);
        joined.add(node);
        if (responder != null) {
            node.exchange().start(responder);
        }
        return node.exchange();
    }

    private static NodeExchange.Responder saying(String answer) {
        return question ->
                CompletableFuture.completedFuture(bytes(answer + new String(question, StandardCharsets.UTF_8)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> told(Answers answers) {
        return answers.answers().stream()
                .map(answer -> answer.node() + " " + new String(answer.content(), StandardCharsets.UTF_8))
                .sorted()
                .toList();
    }

    /** Waits until the relay knows all nodes. */
    private static void awaitNodes(NodeExchange asking, int others) {
        Await.until("all nodes are there", () -> {
            try {
                Answers answers =
                        asking.ask(bytes("?"), SOON).toCompletableFuture().join();
                return answers.answers().size() + answers.silent().size() == others;
            } catch (RuntimeException e) {
                return false;
            }
        });
    }

    @Test
    void everyOtherNodeAnswersOnce() {
        NodeExchange a = node("a", saying("not me"));
        NodeExchange b = node("b", saying("I am b: "));
        node("c", saying("I am c: "));
        awaitNodes(a, 2);
        awaitNodes(b, 2);
        Answers answers = get(a.ask(bytes("who?"), PLENTY));
        assertEquals(List.of("b I am b: who?", "c I am c: who?"), told(answers));
        assertEquals(List.of(), answers.silent());
        assertEquals(2, told(get(b.ask(bytes("who?"), PLENTY))).size());
    }

    @Test
    void nodesWithoutAnAnswerAreNamed() {
        NodeExchange a = node("a", saying(""));
        node("b", saying("here"));
        node("hangs", question -> new CompletableFuture<>());
        node("fails", question -> CompletableFuture.failedFuture(new IllegalStateException("a test")));
        node("throws", question -> {
            throw new IllegalStateException("a test");
        });
        node("starts", null);
        node("large", question -> CompletableFuture.completedFuture(new byte[NodeExchange.MAX_BYTES + 1]));
        awaitNodes(a, 6);
        Answers answers = get(a.ask(bytes(""), Duration.ofSeconds(1)));
        assertEquals(List.of("b here"), told(answers));
        assertEquals(
                List.of("fails", "hangs", "large", "starts", "throws"),
                answers.silent().stream().sorted().toList());
    }

    @Test
    void largeAnswersArrive() {
        NodeExchange a = node("a", saying(""));
        node("b", question -> CompletableFuture.completedFuture(new byte[NodeExchange.MAX_BYTES]));
        awaitNodes(a, 1);
        Answers answers = get(a.ask(new byte[NodeExchange.MAX_BYTES], PLENTY));
        assertEquals(NodeExchange.MAX_BYTES, answers.answers().get(0).content().length);
        assertThrows(IllegalArgumentException.class, () -> a.ask(new byte[NodeExchange.MAX_BYTES + 1], PLENTY));
    }

    @Test
    void aNodeThatHasStoppedIsNotAsked() {
        NodeExchange a = node("a", saying(""));
        node("b", saying("here"));
        awaitNodes(a, 1);
        joined.get(1).close();
        awaitNodes(a, 0);
        assertEquals(List.of(), get(a.ask(bytes(""), PLENTY)).answers());
    }

    @Test
    void nodesOfOneNameBothAnswer() {
        NodeExchange a = node("a", saying(""));
        node("twin", saying("1"));
        node("twin", saying("2"));
        awaitNodes(a, 2);
        assertEquals(List.of("twin 1", "twin 2"), told(get(a.ask(bytes(""), PLENTY))));
    }

    @Test
    void allNodesAgreeOnTheFirstProposal() {
        NodeExchange a = node("a", saying("a"));
        NodeExchange b = node("b", saying("b"));
        awaitNodes(a, 1);
        awaitNodes(b, 1);
        String name = "n" + System.nanoTime();
        assertEquals("first", new String(get(a.agree(name, bytes("first"))), StandardCharsets.UTF_8));
        assertEquals("first", new String(get(b.agree(name, bytes("second"))), StandardCharsets.UTF_8));
        assertEquals("first", new String(get(a.agree(name, bytes("third"))), StandardCharsets.UTF_8));
        assertEquals("second", new String(get(b.agree(name + "x", bytes("second"))), StandardCharsets.UTF_8));
    }
}

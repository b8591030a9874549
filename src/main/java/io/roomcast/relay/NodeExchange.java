package io.roomcast.relay;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks all other nodes of the relay a question, and answers theirs. Operators ask so about the whole cluster. Messages
 * of rooms do not go this way. {@code NodeExchangeContractTest} checks what every implementation guarantees:
 *
 * <ul>
 *   <li><b>Every other node is asked once</b>, and is in the result: with its answer, or by its name.
 *   <li><b>The deadline holds.</b> A node that is stopped, hangs or cannot be reached does not delay the result.
 *   <li><b>Sizes are bounded.</b> A question or an answer has at most {@link #MAX_BYTES}.
 * </ul>
 *
 * <p>Any thread may call. No method blocks. Stages complete on any thread, also on one that must not work for long.
 */
public interface NodeExchange {
    /** Most bytes of a question, and of the answer of one node. */
    int MAX_BYTES = 2 * 1024 * 1024;

    /** Answers the questions of other nodes. */
    @FunctionalInterface
    interface Responder {
        /**
         * Answers a question. Called on a thread of the relay, so that it must not block and must not work for long.
         *
         * @return fails, or has more than {@link #MAX_BYTES}, if this node has no answer
         */
        CompletionStage<byte[]> answer(byte[] question);
    }

    /** The answer of a node. The array is not shared. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(String node, byte[] content) {}

    /**
     * What other nodes answered.
     *
     * @param silent names of the nodes that were asked and gave no answer in time
     */
    record Answers(List<Answer> answers, List<String> silent) {}

    /** Sets the responder. Called once. Before the call, this node has no answers. */
    void start(Responder responder);

    /**
     * Asks all other nodes that are connected to the relay.
     *
     * @return completes when all nodes have answered, at the latest after the deadline. Fails with
     *     {@link RelayUnavailableException} if the relay does not know now which nodes there are.
     * @throws IllegalArgumentException if the question has more than {@link #MAX_BYTES}
     */
    CompletionStage<Answers> ask(byte[] question, Duration deadline);

    /**
     * Agrees with all other nodes of the relay on a value. The first proposal for a name counts, as long as the relay
     * keeps its data. What the nodes agree on is secret from clients.
     *
     * @param name a few letters
     * @return the same on all nodes; fails with {@link RelayUnavailableException} if the relay cannot be reached, and
     *     with {@link UnsupportedOperationException} if it keeps no such values
     */
    default CompletionStage<byte[]> agree(String name, byte[] proposal) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("this relay keeps no such value"));
    }

    /** Whether there are never other nodes. */
    default boolean isAlone() {
        return false;
    }

    /** The exchange of a node that is alone. */
    static NodeExchange alone() {
        return new NodeExchange() {
            private final ConcurrentHashMap<String, byte[]> agreed = new ConcurrentHashMap<>();

            @Override
            public void start(Responder responder) {}

            @Override
            public CompletionStage<Answers> ask(byte[] question, Duration deadline) {
                return CompletableFuture.completedFuture(new Answers(List.of(), List.of()));
            }

            @Override
            public boolean isAlone() {
                return true;
            }

            @Override
            public CompletionStage<byte[]> agree(String name, byte[] proposal) {
                return CompletableFuture.completedFuture(agreed.computeIfAbsent(name, first -> proposal));
            }
        };
    }
}

package io.roomcast.relay;

import io.roomcast.relay.NodeExchange.Responder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Answers the questions of other nodes. Any thread may call. */
public final class Respondent {
    private static final Logger LOG = System.getLogger(Respondent.class.getName());

    private volatile Responder responder =
            question -> CompletableFuture.failedFuture(new RelayUnavailableException("the node starts"));

    /** Sets who has the answers. Before, this node has none. */
    public void start(Responder answering) {
        responder = answering;
    }

    /**
     * Answers a question.
     *
     * @param reply takes the answer, on any thread; null if this node has none
     */
    public void answer(byte[] question, Consumer<byte[]> reply) {
        respond(question).whenComplete((answer, failure) -> {
            boolean answered = failure == null && answer.length <= NodeExchange.MAX_BYTES;
            if (!answered) {
                LOG.log(Level.WARNING, "this node has no answer for another node", failure);
            }
            reply.accept(answered ? answer : null);
        });
    }

    private CompletionStage<byte[]> respond(byte[] question) {
        try {
            return responder.answer(question);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}

package io.roomcast.relay;

import io.roomcast.relay.NodeExchange.Answer;
import io.roomcast.relay.NodeExchange.Answers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The questions of this node to all other nodes, which gather the answers until all have come, or the deadline has.
 *
 * <p><b>Concurrency.</b> Any thread may call. The monitor of an {@link Inquiry} guards its answers.
 */
public final class Inquiries {
    private final ScheduledExecutorService timer;
    /** What was asked and not answered, by the ids of the questions. */
    private final ConcurrentHashMap<String, Inquiry> pending = new ConcurrentHashMap<>();

    private final Set<Inquiry> open = ConcurrentHashMap.newKeySet();

    public Inquiries(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /**
     * Begins an inquiry, which ends after the deadline. It has failed already if the node is stopping.
     *
     * @throws IllegalArgumentException if the question has more than {@link NodeExchange#MAX_BYTES}
     */
    public Inquiry begin(byte[] question, Duration deadline) {
        if (question.length > NodeExchange.MAX_BYTES) {
            throw new IllegalArgumentException("a question of " + question.length + " bytes");
        }
        Inquiry inquiry = new Inquiry();
        try {
            Future<?> end = timer.schedule(inquiry::end, deadline.toMillis(), TimeUnit.MILLISECONDS);
            open.add(inquiry);
            var unused = inquiry.result.whenComplete((answers, failure) -> {
                open.remove(inquiry);
                end.cancel(false);
            });
        } catch (RejectedExecutionException e) {
            inquiry.fail(new RelayUnavailableException("the node is stopping"));
        }
        return inquiry;
    }

    /**
     * Takes the answer to a question. Ignores an answer that is late.
     *
     * @param content null if there is no answer
     */
    public void take(String id, byte[] content) {
        Inquiry inquiry = pending.get(id);
        if (inquiry != null) {
            inquiry.take(id, content);
        }
    }

    /** Ends all inquiries with the answers that have arrived. */
    public void close() {
        open.forEach(Inquiry::end);
    }

    /** One question to all other nodes. */
    public final class Inquiry {
        private final CompletableFuture<Answers> result = new CompletableFuture<>();
        /** The names of the nodes that have not answered, by the ids of their questions. */
        private final Map<String, String> awaited = new HashMap<>();

        private final List<Answer> answers = new ArrayList<>();
        private final List<String> silent = new ArrayList<>();

        public CompletionStage<Answers> result() {
            return result;
        }

        /**
         * Expects the answers of these nodes. If there are none, the inquiry ends at once.
         *
         * @param nodes the names of the nodes, by the ids of their questions
         * @return false if the inquiry has ended
         */
        public synchronized boolean expect(Map<String, String> nodes) {
            if (nodes.isEmpty()) {
                result.complete(new Answers(List.of(), List.of()));
            }
            if (result.isDone()) {
                return false;
            }
            awaited.putAll(nodes);
            nodes.keySet().forEach(id -> pending.put(id, this));
            return true;
        }

        private void take(String id, byte[] content) {
            if (isLast(id, content)) {
                result.complete(new Answers(answers, silent));
            }
        }

        private synchronized boolean isLast(String id, byte[] content) {
            String node = awaited.remove(id);
            pending.remove(id);
            if (node == null) {
                return false;
            }
            if (content == null) {
                silent.add(node);
            } else {
                answers.add(new Answer(node, content));
            }
            return awaited.isEmpty();
        }

        /** Ends the wait for answers. */
        private void end() {
            unanswered().forEach(id -> take(id, null));
        }

        /** Fails if no node is known yet. After that, none is expected. */
        private synchronized List<String> unanswered() {
            if (awaited.isEmpty()) {
                fail(new RelayUnavailableException("the relay does not list the nodes"));
            }
            return List.copyOf(awaited.keySet());
        }

        /** Has no effect if the inquiry has ended before. */
        public synchronized void fail(Throwable failure) {
            result.completeExceptionally(failure);
        }
    }
}

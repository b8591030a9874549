package io.roomcast.service.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchange.Answers;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.service.cluster.ClusterAnswer.NodeAnswer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Asks all nodes, this one too. An answer is made on the pool, so that neither the relay's threads nor those of the
 * server work for it. Any thread; no method blocks.
 */
@ApplicationScoped
public class Cluster {
    private static final Logger LOG = System.getLogger(Cluster.class.getName());
    /** How long the other nodes have to answer. An operator waits five seconds at most. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** Most questions of this node that wait for their answers. */
    private static final int MAX_QUESTIONS = 16;

    private record Served<Q, A>(Topic<Q, A> topic, Function<Q, A> handler) {}

    private final ConcurrentHashMap<String, Served<?, ?>> served = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private NodeExchange exchange;
    private Node node;
    private Threads threads;
    private Jsonb jsonb;

    /** For the container's proxy. */
    protected Cluster() {}

    @Inject
    public Cluster(NodeExchange exchange, Node node, Threads threads) {
        this.exchange = exchange;
        this.node = node;
        this.threads = threads;
        this.jsonb = JsonbBuilder.create();
    }

    void onNodeStarted(@Observes NodeStarted event) {
        exchange.start(question -> CompletableFuture.supplyAsync(() -> answer(question), threads.pool()));
    }

    /**
     * Serves a topic on this node. To be called when the node starts.
     *
     * @param handler makes the answer of this node, on a thread of the pool; must not block
     */
    public <Q, A> void serve(Topic<Q, A> topic, Function<Q, A> handler) {
        served.put(topic.name(), new Served<>(topic, handler));
    }

    private byte[] answer(byte[] question) {
        String[] parts = new String(question, UTF_8).split("\n", 2);
        Served<?, ?> asked = served.get(parts[0]);
        if (asked == null || parts.length < 2) {
            throw new IllegalArgumentException("this node does not know the topic of a question");
        }
        return answer(asked, parts[1]);
    }

    private <Q, A> byte[] answer(Served<Q, A> asked, String question) {
        A answer = asked.handler().apply(jsonb.fromJson(question, asked.topic().question()));
        return jsonb.toJson(answer).getBytes(UTF_8);
    }

    /** Whether there are never nodes beside this one. */
    public boolean isAlone() {
        return exchange.isAlone();
    }

    /**
     * Asks all nodes.
     *
     * @return fails with {@code unavailable} if this node has not started yet, and with {@code busy} if too many questions
     *     wait for their answers
     */
    public <Q, A> CompletionStage<ClusterAnswer<A>> ask(Topic<Q, A> topic, Q question) {
        if (!served.containsKey(topic.name())) {
            return CompletableFuture.failedFuture(new ProtocolException(
                    ErrorCode.UNAVAILABLE, "the node starts; it does not answer yet", Limits.RETRY_AFTER_MS));
        }
        if (questions.incrementAndGet() > MAX_QUESTIONS) {
            questions.decrementAndGet();
            return CompletableFuture.failedFuture(new ProtocolException(
                    ErrorCode.BUSY, "too many questions to all nodes wait for answers", Limits.RETRY_AFTER_MS));
        }
        CompletableFuture<ClusterAnswer<A>> result = askNow(topic, question);
        return result.whenComplete((answer, failure) -> questions.decrementAndGet());
    }

    private <Q, A> CompletableFuture<ClusterAnswer<A>> askNow(Topic<Q, A> topic, Q question) {
        CompletableFuture<A> own = CompletableFuture.supplyAsync(() -> ownAnswer(topic, question), threads.pool());
        CompletionStage<Answers> others = askOthers(topic, question);
        return own.thenCombineAsync(
                others.handle((answers, failure) -> failure == null ? answers : unknown(failure)),
                (answer, answers) -> combined(topic, answer, answers),
                threads.pool());
    }

    private <Q, A> CompletionStage<Answers> askOthers(Topic<Q, A> topic, Q question) {
        try {
            return exchange.ask((topic.name() + '\n' + jsonb.toJson(question)).getBytes(UTF_8), DEADLINE);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @SuppressWarnings("unchecked") // a topic is served with its own types
    private <Q, A> A ownAnswer(Topic<Q, A> topic, Q question) {
        return ((Served<Q, A>) served.get(topic.name())).handler().apply(question);
    }

    /** @return null, for nodes that are not known */
    private static Answers unknown(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof RelayUnavailableException) {
            return null;
        }
        throw new CompletionException(cause);
    }

    /** @param others null if the relay could not be asked */
    private <A> ClusterAnswer<A> combined(Topic<?, A> topic, A own, Answers others) {
        List<NodeAnswer<A>> answers = new ArrayList<>();
        answers.add(new NodeAnswer<>(node.name(), own));
        if (others == null) {
            return new ClusterAnswer<>(answers, List.of(), false);
        }
        List<String> silent = new ArrayList<>(others.silent());
        for (NodeExchange.Answer answer : others.answers()) {
            try {
                answers.add(new NodeAnswer<>(
                        answer.node(), jsonb.fromJson(new String(answer.content(), UTF_8), topic.answer())));
            } catch (JsonbException e) {
                LOG.log(Level.WARNING, "the answer of node " + answer.node() + " cannot be read", e);
                silent.add(answer.node());
            }
        }
        answers.sort(Comparator.comparing(NodeAnswer::node));
        silent.sort(Comparator.naturalOrder());
        return new ClusterAnswer<>(answers, silent, silent.isEmpty());
    }
}

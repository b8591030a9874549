package io.roomcast.replica;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayFixture;
import io.roomcast.support.Await;
import io.roomcast.support.RecordedPresence;
import io.roomcast.support.RecordingListener;
import io.roomcast.support.Stages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** What a server has of its own: a relay over a log, presence, and what they are told. */
public final class ReplicaNode implements AutoCloseable {
    private static final long PLENTY = 1 << 28;

    public final RecordingListener listener = new RecordingListener();
    public final RecordedPresence told = new RecordedPresence();
    public final NodeMetrics metrics = new NodeMetrics();
    public final ReplicatedRelay relay;
    public final PresenceStore store;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** @param names most users of a room that are told by name */
    public ReplicaNode(AppendLog log, String name, int names) {
        this(log, name, names, PLENTY);
    }

    /** @param maxBytes of heap for all rooms */
    ReplicaNode(AppendLog log, String name, int names, long maxBytes) {
        relay = new ReplicatedRelay(
                log, limits(RelayFixture.PLENTY.everywhere(), maxBytes), name, timer, System::nanoTime, metrics);
        relay.start(listener);
        awaitLive(relay);
        store = relay.presence();
        store.start(told, names);
    }

    public static ReplicatedRelay.Limits limits(HistoryLimits.Rule history) {
        return limits(history, PLENTY);
    }

    private static ReplicatedRelay.Limits limits(HistoryLimits.Rule history, long maxBytes) {
        return new ReplicatedRelay.Limits(history, maxBytes, Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    public static void awaitLive(Relay relay) {
        Await.until(
                "the node has read the log",
                () -> !relay.probe()
                        .toCompletableFuture()
                        .handle((done, failure) -> failure)
                        .thenApply(failure -> failure != null)
                        .join());
    }

    /** Publishes without a key. */
    Position publish(RoomName room, String content) {
        return publish(room, null, content);
    }

    Position publish(RoomName room, String key, String content) {
        return Stages.get(relay.publish(room, key, content.getBytes(StandardCharsets.UTF_8)));
    }

    List<String> history(RoomName room) {
        HistoryPage page = Stages.get(relay.historyAfter(room, 0, 1_000));
        return page.messages().stream().map(ReplicaNode::text).toList();
    }

    private static String text(StoredMessage message) {
        return message.offset() + " " + new String(message.body(), StandardCharsets.UTF_8);
    }

    public void enter(RoomName room, String user) {
        untilAnswered(() -> store.enter(room, User.of(new UserId(user)), "of-" + user));
    }

    public void leave(RoomName room, String user) {
        untilAnswered(() -> store.leave(room, new UserId(user), "of-" + user));
    }

    public void watch(RoomName room) {
        Stages.get(store.watch(room));
    }

    private static <T> T untilAnswered(Supplier<CompletionStage<T>> call) {
        AtomicReference<T> answer = new AtomicReference<>();
        Await.until("the log answers", () -> {
            T got = call.get()
                    .toCompletableFuture()
                    .handle((value, failure) -> value)
                    .join();
            answer.set(got);
            return got != null;
        });
        return answer.get();
    }

    /** What SIGKILL does to a node. */
    public void vanish() {
        timer.shutdownNow();
        relay.close();
    }

    @Override
    public void close() {
        store.close();
        relay.close();
        timer.shutdownNow();
    }
}

package io.roomcast.replica;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.PresentNode;
import io.roomcast.relay.RelayFixture;
import io.roomcast.support.RecordingListener;
import io.roomcast.support.Stages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What a server has of its own: a relay over a log, presence, and what they are told. */
public final class ReplicaNode extends PresentNode {
    private static final long PLENTY = 1 << 28;

    public final RecordingListener listener = new RecordingListener();
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
        Stages.untilAnswered(relay::probe);
        store = relay.presence();
        store.start(told, names);
    }

    public static ReplicatedRelay.Limits limits(HistoryLimits.Rule history) {
        return limits(history, PLENTY);
    }

    private static ReplicatedRelay.Limits limits(HistoryLimits.Rule history, long maxBytes) {
        return new ReplicatedRelay.Limits(history, maxBytes, Duration.ofSeconds(2), Duration.ofSeconds(5));
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

    /** This node, for the contract of exchanges. */
    public NodeExchangeContractTest.Joined joined() {
        return new NodeExchangeContractTest.Joined() {
            @Override
            public NodeExchange exchange() {
                return relay.exchange();
            }

            @Override
            public void close() {
                ReplicaNode.this.close();
            }
        };
    }

    @Override
    protected PresenceStore store() {
        return store;
    }

    @Override
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

package io.roomcast.nats;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.PresentNode;
import io.roomcast.relay.RelayFixture;
import io.roomcast.support.RecordingListener;
import io.roomcast.support.Stages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What a server has of its own: a relay, its threads, presence, and what they are told. */
final class NatsNode extends PresentNode {
    final RecordingListener listener = new RecordingListener();
    final NodeMetrics metrics = new NodeMetrics();
    final NatsRelay relay;
    final PresenceStore store;
    final List<Thread> threads = new CopyOnWriteArrayList<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    NatsNode(NatsSettings settings, String name, Duration lease, int names) {
        this(settings, name, lease);
        store.start(told, names);
    }

    private NatsNode(NatsSettings settings, String name, Duration lease) {
        relay = new NatsRelay(
                settings,
                RelayFixture.PLENTY.everywhere(),
                name,
                this::thread,
                timer,
                System::nanoTime,
                metrics,
                lease);
        relay.start(listener);
        store = relay.presence();
    }

    /** A node that is connected. */
    static NatsNode connected(NatsSettings settings) {
        return connected(settings, 10);
    }

    /** A node that is connected. Its first lease is good: a node that was not connected then takes another one. */
    static NatsNode connected(NatsSettings settings, int names) {
        NatsNode node = new NatsNode(settings, "test", Duration.ofSeconds(2));
        Stages.untilAnswered(node.relay::probe);
        node.store.start(node.told, names);
        return node;
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    /** As a client does: again, with the same key, until it is acknowledged. */
    Position publish(RoomName room, String content) {
        String key = UUID.randomUUID().toString();
        byte[] body = ("{\"content\":\"" + content + "\"}").getBytes(StandardCharsets.UTF_8);
        return Stages.untilAnswered(() -> relay.publish(room, key, body));
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

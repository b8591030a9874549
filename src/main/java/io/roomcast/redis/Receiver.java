package io.roomcast.redis;

import io.roomcast.metrics.RelayMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hands what a shard's subscriber hears to whom it concerns. */
final class Receiver implements Subscriber.Events {
    private static final Logger LOG = System.getLogger(Receiver.class.getName());

    private final AtomicBoolean foreignTold = new AtomicBoolean();
    private final Subscriptions subscriptions;
    private final Probes probes;
    private final RelayMetrics metrics;
    private Shard shard;

    Receiver(Subscriptions subscriptions, Probes probes, RelayMetrics metrics) {
        this.subscriptions = subscriptions;
        this.probes = probes;
        this.metrics = metrics;
    }

    /** Before the subscriber starts. */
    void shard(Shard owner) {
        shard = owner;
    }

    @Override
    public void connected() {
        subscriptions.alignAll(shard);
        probes.connected(shard);
    }

    @Override
    public void unreachable(String why) {
        subscriptions.unreachable(shard, why);
    }

    @Override
    public void subscribed(String room) {
        RoomCursor cursor = subscriptions.find(room);
        if (cursor != null && subscriptions.isInCharge(shard, cursor)) {
            cursor.confirmed(true, shard);
        }
        subscriptions.presence().subscribed(room, true);
    }

    @Override
    public void received(String room, Envelope envelope) {
        if (envelope instanceof Envelope.Presence presence) {
            subscriptions.presence().received(room, presence);
            return;
        }
        if (envelope instanceof Envelope.Foreign) {
            subscriptions.presence().subscribed(room, true);
        }
        RoomCursor cursor = subscriptions.find(room);
        if (cursor == null || !subscriptions.isInCharge(shard, cursor)) {
            return;
        }
        if (envelope instanceof Envelope.Message message) {
            cursor.arrive(message, shard);
        } else if (envelope instanceof Envelope.Signal signal) {
            cursor.signal(signal);
        } else {
            metrics.foreignEnvelope();
            if (foreignTold.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "a node that speaks another version publishes in {0}: messages pass between it and this one, but neither"
                                + " presence nor signals; stop it",
                        room);
            }
            cursor.arriveForeign();
        }
    }

    @Override
    public void probed(String token) {
        probes.heard(token);
    }
}

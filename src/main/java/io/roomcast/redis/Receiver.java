package io.roomcast.redis;

import io.roomcast.metrics.RelayMetrics;

/** Hands what a shard's subscriber hears to whom it concerns. */
final class Receiver implements Subscriber.Events {
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
        if (cursor != null) {
            cursor.confirmed(true);
        }
    }

    @Override
    public void received(String room, Envelope envelope) {
        RoomCursor cursor = subscriptions.find(room);
        if (cursor == null) {
            return;
        }
        if (envelope instanceof Envelope.Message message) {
            cursor.arrive(message);
        } else if (envelope instanceof Envelope.Signal signal) {
            cursor.signal(signal);
        } else {
            metrics.foreignEnvelope();
            cursor.arriveForeign();
        }
    }

    @Override
    public void probed(String token) {
        probes.heard(token);
    }
}

package io.roomcast.redis;

import io.roomcast.cursor.RoomCursor;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.Subscriber;
import io.roomcast.redis.topology.Shard;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** Dispatches what a shard's subscriber receives to the room's cursor, to presence, and to the probes. */
final class PubSubDispatcher implements Subscriber.ServerEvents {
    private static final Logger LOG = System.getLogger(PubSubDispatcher.class.getName());

    private final AtomicBoolean otherVersionLogged = new AtomicBoolean();
    private final RedisChannels channels;
    private final Probes probes;
    private final RedisExchange exchange;
    private final NodeMetrics metrics;
    private Shard shard;

    PubSubDispatcher(RedisChannels channels, Probes probes, RedisExchange exchange, NodeMetrics metrics) {
        this.channels = channels;
        this.probes = probes;
        this.exchange = exchange;
        this.metrics = metrics;
    }

    /** Must be called once, before the subscriber starts. */
    void setShard(Shard owner) {
        shard = owner;
    }

    @Override
    public void connected() {
        channels.updateAll(shard);
        probes.connected(shard);
    }

    @Override
    public void unreachable(String why) {
        channels.unreachable(shard, why);
    }

    @Override
    public void subscribed(String room, String run) {
        RoomCursor cursor = channels.subscriptions().find(room);
        if (cursor != null && channels.isServing(shard, cursor.room())) {
            cursor.channelSubscribed(true, run);
        }
        channels.subscriptions().presence().subscribed(room, true);
    }

    @Override
    public void received(String room, Envelope envelope) {
        if (envelope instanceof Envelope.Presence presence) {
            channels.subscriptions().presence().received(room, presence.change());
            return;
        }
        if (envelope instanceof Envelope.Unknown) {
            channels.subscriptions().presence().subscribed(room, true);
        }
        RoomCursor cursor = channels.subscriptions().find(room);
        if (cursor == null || !channels.isServing(shard, cursor.room())) {
            return;
        }
        if (envelope instanceof Envelope.Message message) {
            cursor.arrive(new RoomCursor.Arrival(message.epoch(), message.offset(), message.run(), message.body()));
        } else if (envelope instanceof Envelope.Signal signal) {
            cursor.signal(signal.kind(), signal.frame());
        } else {
            metrics.increment(Counter.UNKNOWN_ENVELOPES);
            if (otherVersionLogged.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "a node of another version publishes in {0}: this node gets its messages, but neither its presence nor"
                                + " its signals; stop that node",
                        room);
            }
            cursor.arriveUnknown();
        }
    }

    @Override
    public void probed(String token) {
        probes.received(token);
    }

    @Override
    public void asked(Envelope.Question question) {
        exchange.asked(question);
    }

    @Override
    public void answered(Envelope.Answer answer) {
        exchange.answered(answer);
    }
}

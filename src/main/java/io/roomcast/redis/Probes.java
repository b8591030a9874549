package io.roomcast.redis;

import io.roomcast.relay.RelayUnavailableException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/** Sends this node a word through each shard, the way that messages go, and waits for it. Any thread; nothing blocks. */
final class Probes {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Probe(Shard shard, CompletableFuture<Void> heard, long since) {}

    private final ConcurrentHashMap<String, Probe> underWay = new ConcurrentHashMap<>();
    private final Protocol.Command publish;

    Probes(boolean sharded) {
        publish = sharded ? Protocol.Command.SPUBLISH : Protocol.Command.PUBLISH;
    }

    /** Completes when the word came back through every one of {@code shards}. */
    CompletableFuture<Void> send(Iterable<Shard> shards) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Shard shard : shards) {
            all = all.thenCombine(send(shard), (done, too) -> null);
        }
        return all;
    }

    private CompletableFuture<Void> send(Shard shard) {
        String token = UUID.randomUUID().toString();
        Probe probe = new Probe(shard, new CompletableFuture<>(), System.nanoTime());
        underWay.put(token, probe);
        publish(token, probe, false);
        return probe.heard();
    }

    private void publish(String token, Probe probe, boolean again) {
        Shard shard = probe.shard();
        String channel = shard.nodeChannel();
        CommandArguments command = new CommandArguments(publish).add(channel).add(Envelope.probe(token));
        shard.publish(RoomKeys.slotOf(channel), command).whenComplete((hearers, failure) -> {
            if (failure != null) {
                end(token, failure);
            } else if ((Long) hearers == 0) {
                unheard(token, probe, again);
            }
        });
    }

    /** A node that is just starting, or about to connect again, is given the time. */
    private void unheard(String token, Probe probe, boolean again) {
        Subscriber subscriber = probe.shard().subscriber();
        if (again || subscriber.isDown()) {
            end(token, new RelayUnavailableException("this node is not subscribed"));
        } else if (subscriber.isConnected()) {
            publish(token, probe, true);
        }
    }

    /** The shard's subscriber listens: what was not heard before is said again. */
    void connected(Shard shard) {
        underWay.forEach((token, probe) -> {
            if (probe.shard() == shard) {
                publish(token, probe, true);
            }
        });
    }

    void heard(String token) {
        Probe probe = underWay.remove(token);
        if (probe != null) {
            probe.heard().complete(null);
        }
    }

    /** To be called now and then: ends what was lost on its way. */
    void watch() {
        long now = System.nanoTime();
        underWay.forEach((token, probe) -> {
            if (now - probe.since() > PATIENCE_NANOS) {
                end(token, new RelayUnavailableException("the probe did not come back"));
            }
        });
    }

    void close() {
        underWay.keySet().forEach(token -> end(token, new RelayUnavailableException("the node is stopping")));
    }

    private void end(String token, Throwable failure) {
        Probe probe = underWay.remove(token);
        if (probe != null) {
            probe.heard().completeExceptionally(failure);
        }
    }
}

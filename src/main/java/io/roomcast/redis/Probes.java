package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.Futures;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.topology.Shard;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import redis.clients.jedis.CommandArguments;

/**
 * Proves that messages are stored and delivered, by doing it. A probe publishes a message to a room of this node alone,
 * with the usual script; it waits for the message on the subscription, and reads it back on the reading connection. It
 * also tries every command that this node uses. So a probe fails if a permission is missing, if Redis is full or has
 * too few replicas, or if one of the three connections does not work. Its keys expire within minutes. Any thread;
 * nothing blocks.
 */
final class Probes {
    private static final Logger LOG = System.getLogger(Probes.class.getName());
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Probe(Shard shard, CompletableFuture<Void> received, long sentAt) {}

    private final ConcurrentHashMap<String, Probe> underWay = new ConcurrentHashMap<>();
    /** The problem of each shard that was logged last. */
    private final ConcurrentHashMap<Shard, String> problems = new ConcurrentHashMap<>();

    private final Scripts scripts;
    private final LongSupplier nanoClock;

    /** @param nanoClock as {@link System#nanoTime} */
    Probes(Scripts scripts, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.scripts = scripts;
    }

    /** Probes all shards. Completes when all have succeeded; fails if one has failed. */
    CompletableFuture<Void> send(Iterable<Shard> shards) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Shard shard : shards) {
            all = all.thenCombine(send(shard), (done, too) -> null);
        }
        return all;
    }

    private CompletableFuture<Void> send(Shard shard) {
        String token = UUID.randomUUID().toString();
        Probe probe = new Probe(shard, new CompletableFuture<>(), nanoClock.getAsLong());
        underWay.put(token, probe);
        // The single commands first: a script that fails does not say which command was refused.
        CompletionStage<Void> stored = tryAll(shard)
                .thenCompose(done -> store(token, probe))
                .thenCompose(position -> readBack(token, probe, position));
        stored.whenComplete((done, failure) -> {
            if (failure != null) {
                end(token, failure);
            }
        });
        CompletableFuture<Void> proof = probe.received().thenCombine(stored, (received, read) -> null);
        return proof.whenComplete((done, failure) -> logChange(shard, failure));
    }

    /** The room of this node's probes at a shard. */
    private static RoomKeys room(Shard shard) {
        String channel = shard.nodeChannel();
        return new RoomKeys(RoomKeys.slotOf(channel), channel, channel);
    }

    private CompletionStage<Position> store(String token, Probe probe) {
        Shard shard = probe.shard();
        if (shard.subscriber().isDown()) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("this node is not subscribed"));
        }
        RoomKeys keys = room(shard);
        String key = UUID.randomUUID().toString();
        return Futures.map(
                shard.publish(
                        keys.slot(),
                        scripts.publish(
                                keys,
                                null,
                                shard.lineage().argument(),
                                shard.lineage().runArgument(),
                                key,
                                token.getBytes(UTF_8))),
                reply -> PublishReply.of(reply).position());
    }

    private CompletionStage<Void> readBack(String token, Probe probe, Position position) {
        Shard shard = probe.shard();
        RoomKeys keys = room(shard);
        return Futures.map(
                shard.read(
                        keys.slot(),
                        scripts.readAfter(
                                keys, null, shard.lineage().argument(), position.offset() - 1, 1, Relay.PAGE_BYTES),
                        true),
                reply -> {
                    List<StoredMessage> messages = LogPage.of(reply).messages();
                    if (messages.isEmpty() || !new String(messages.get(0).body(), UTF_8).equals(token)) {
                        throw new RelayUnavailableException("a stored message cannot be read back");
                    }
                    return null;
                });
    }

    private CompletionStage<Void> tryAll(Shard shard) {
        String problem = shard.lineage().problem();
        if (problem != null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException(problem));
        }
        shard.run(shard.subscriber()::checkPermission);
        RoomKeys keys = room(shard);
        CompletionStage<Object> single = CompletableFuture.completedFuture(null);
        for (CommandArguments command : scripts.attemptsOutsideScripts(keys)) {
            single = single.thenCombine(shard.read(keys.slot(), command, true), (before, reply) -> reply);
        }
        CompletionStage<Object> inScript = shard.read(keys.slot(), scripts.attempt(keys), true);
        return Futures.map(single.thenCombine(inScript, (before, reply) -> reply), reply -> {
            List<String> refused = ((List<?>) reply)
                    .stream().map(each -> new String((byte[]) each, UTF_8)).toList();
            if (!refused.isEmpty()) {
                throw new RelayUnavailableException("Redis refuses commands: " + String.join("; ", refused));
            }
            return null;
        });
    }

    /** Logs a new problem once, and its end. */
    private void logChange(Shard shard, Throwable failure) {
        if (failure == null) {
            if (problems.remove(shard) != null) {
                LOG.log(Level.INFO, "{0} stores and delivers messages again", shard);
            }
            return;
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String problem = String.valueOf(cause.getMessage());
        if (!problem.equals(problems.put(shard, problem))) {
            LOG.log(Level.WARNING, "{0} does not store and deliver messages: {1}", shard, problem);
        }
    }

    /** The shard's subscriber is connected: publishes again the probes that it may have missed. */
    void connected(Shard shard) {
        underWay.forEach((token, probe) -> {
            if (probe.shard() == shard) {
                var unused = store(token, probe);
            }
        });
    }

    void received(String token) {
        Probe probe = underWay.remove(token);
        if (probe != null) {
            probe.received().complete(null);
        }
    }

    /** Fails probes that were lost. To be called regularly. */
    void watch() {
        long now = nanoClock.getAsLong();
        underWay.forEach((token, probe) -> {
            if (now - probe.sentAt() > TIMEOUT_NANOS) {
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
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            probe.received().completeExceptionally(cause);
        }
    }
}

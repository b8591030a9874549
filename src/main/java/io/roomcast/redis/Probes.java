package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.topology.Shard;
import io.roomcast.relay.Futures;
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
 * Proves that Redis stores and delivers messages, by storing and receiving a message. A probe publishes a message to a
 * room of this node alone, with the usual script. It waits for the message on the subscription, and reads the message
 * back on the reading connection. It also tries every command that this node uses. So a probe fails if a permission is
 * missing, if Redis is full or has too few replicas, or if one of the three connections does not work. The keys of a
 * probe expire within minutes. Any thread may call. No method blocks.
 */
final class Probes {
    private static final Logger LOG = System.getLogger(Probes.class.getName());
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** @param sentAt time in nanoseconds */
    private record Probe(Shard shard, CompletableFuture<Void> received, long sentAt) {}

    /** Probes whose message has not arrived, by their token, which is the body of the message. */
    private final ConcurrentHashMap<String, Probe> pending = new ConcurrentHashMap<>();
    /** The problem that was logged last, by shard. A shard whose last probe succeeded has no entry. */
    private final ConcurrentHashMap<Shard, String> problems = new ConcurrentHashMap<>();

    private final Scripts scripts;
    private final LongSupplier nanoClock;

    /** @param nanoClock as {@link System#nanoTime} */
    Probes(Scripts scripts, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.scripts = scripts;
    }

    /** Probes all shards. Completes when all probes have succeeded. Fails if a probe has failed. */
    CompletableFuture<Void> send(Iterable<Shard> shards) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Shard shard : shards) {
            all = all.thenCombine(send(shard), (done, alsoDone) -> null);
        }
        return all;
    }

    private CompletableFuture<Void> send(Shard shard) {
        String token = UUID.randomUUID().toString();
        Probe probe = new Probe(shard, new CompletableFuture<>(), nanoClock.getAsLong());
        pending.put(token, probe);
        // Tries the commands first, since a script that fails does not report which command was refused.
        CompletionStage<Void> stored = tryCommands(shard)
                .thenCompose(done -> store(token, probe))
                .thenCompose(position -> readBack(token, probe, position));
        stored.whenComplete((done, failure) -> {
            if (failure != null) {
                failProbe(token, failure);
            }
        });
        CompletableFuture<Void> proof = probe.received().thenCombine(stored, (received, read) -> null);
        return proof.whenComplete((done, failure) -> logChange(shard, failure));
    }

    /** The keys of the room to which this node publishes its probes at a shard. */
    private static RoomKeys probeRoom(Shard shard) {
        String channel = shard.nodeChannel();
        return new RoomKeys(RoomKeys.slotOf(channel), channel, channel, Scripts.PROBE_HISTORY);
    }

    private CompletionStage<Position> store(String token, Probe probe) {
        Shard shard = probe.shard();
        if (shard.subscriber().isDown()) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("this node is not subscribed"));
        }
        RoomKeys keys = probeRoom(shard);
        String key = UUID.randomUUID().toString();
        return Futures.map(
                shard.publish(
                        keys.slot(),
                        scripts.publish(
                                keys,
                                null,
                                shard.lineage().argument(),
                                shard.lineage().runArgument(),
                                List.of(new Relay.Entry(key, token.getBytes(UTF_8))))),
                reply -> PublishReply.of(reply).positions().get(0));
    }

    private CompletionStage<Void> readBack(String token, Probe probe, Position position) {
        Shard shard = probe.shard();
        RoomKeys keys = probeRoom(shard);
        return Futures.map(
                shard.read(
                        keys.slot(),
                        scripts.readAfter(
                                keys, null, shard.lineage().argument(), position.offset() - 1, 1, Relay.PAGE_BYTES),
                        true),
                reply -> {
                    List<StoredMessage> messages = LogReply.page(reply).messages();
                    if (messages.isEmpty() || !new String(messages.get(0).body(), UTF_8).equals(token)) {
                        throw new RelayUnavailableException("a stored message cannot be read back");
                    }
                    return null;
                });
    }

    /** Runs every command that this node uses. Fails with the names of the commands that Redis refuses. */
    private CompletionStage<Void> tryCommands(Shard shard) {
        String problem = shard.lineage().problem();
        if (problem != null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException(problem));
        }
        shard.runOnReader(shard.subscriber()::checkPermission);
        RoomKeys keys = probeRoom(shard);
        CompletionStage<Object> outsideScripts = CompletableFuture.completedFuture(null);
        for (CommandArguments command : scripts.attemptsOutsideScripts(keys)) {
            outsideScripts =
                    outsideScripts.thenCombine(shard.read(keys.slot(), command, true), (previous, reply) -> reply);
        }
        CompletionStage<Object> inScript = shard.read(keys.slot(), scripts.attempt(keys), true);
        return Futures.map(outsideScripts.thenCombine(inScript, (previous, reply) -> reply), reply -> {
            List<String> refused = ((List<?>) reply)
                    .stream().map(each -> new String((byte[]) each, UTF_8)).toList();
            if (!refused.isEmpty()) {
                throw new RelayUnavailableException("Redis refuses commands: " + String.join("; ", refused));
            }
            return null;
        });
    }

    /** Logs a new problem once, and its end once. */
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

    /** Publishes the pending probes of a shard again, since its new subscription may have missed their messages. */
    void connected(Shard shard) {
        pending.forEach((token, probe) -> {
            if (probe.shard() == shard) {
                var unused = store(token, probe);
            }
        });
    }

    /** Completes the probe whose message has arrived. */
    void received(String token) {
        Probe probe = pending.remove(token);
        if (probe != null) {
            probe.received().complete(null);
        }
    }

    /** Fails the probes whose message takes too long. To be called regularly. */
    void checkTimeouts() {
        long now = nanoClock.getAsLong();
        pending.forEach((token, probe) -> {
            if (now - probe.sentAt() > TIMEOUT_NANOS) {
                failProbe(token, new RelayUnavailableException("the probe did not come back"));
            }
        });
    }

    void close() {
        pending.keySet().forEach(token -> failProbe(token, new RelayUnavailableException("the node is stopping")));
    }

    private void failProbe(String token, Throwable failure) {
        Probe probe = pending.remove(token);
        if (probe != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            probe.received().completeExceptionally(cause);
        }
    }
}

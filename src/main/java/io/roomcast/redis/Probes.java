package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
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
import redis.clients.jedis.CommandArguments;

/**
 * Proves that messages are kept and delivered here, by doing it: a message to a room of this node alone is stored by the script that stores
 * all others, heard on the subscription, and read back over the connection that reads; and every command that is given in scripts, or beside them once a
 * node has begun, is tried once. So it fails where a right is missing, Redis is full, has too few replicas, or any of the three connections is deaf. The keys expire within
 * minutes. Any thread; nothing blocks.
 */
final class Probes {
    private static final Logger LOG = System.getLogger(Probes.class.getName());
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAGE_BYTES = 1 << 16;

    private record Probe(Shard shard, CompletableFuture<Void> heard, long since) {}

    private final ConcurrentHashMap<String, Probe> underWay = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Shard, String> complaints = new ConcurrentHashMap<>();
    private final Scripts scripts;

    Probes(Scripts scripts) {
        this.scripts = scripts;
    }

    /** Completes when every one of {@code shards} has proved itself. */
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
        // The commands first: a script that fails does not say by which.
        CompletionStage<Void> kept = tryAll(shard)
                .thenCompose(done -> store(token, probe))
                .thenCompose(position -> readBack(token, probe, position));
        kept.whenComplete((done, failure) -> {
            if (failure != null) {
                end(token, failure);
            }
        });
        CompletableFuture<Void> proof = probe.heard().thenCombine(kept, (heard, read) -> null);
        return proof.whenComplete((done, failure) -> judge(shard, failure));
    }

    /** A room of this node alone, in the shard's charge. */
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
        return Replies.map(
                shard.publish(
                        keys.slot(),
                        scripts.publish(keys, null, shard.witness().lineage(), key, token.getBytes(UTF_8))),
                reply -> Stored.of(reply).position());
    }

    private CompletionStage<Void> readBack(String token, Probe probe, Position position) {
        Shard shard = probe.shard();
        RoomKeys keys = room(shard);
        return Replies.map(
                shard.read(
                        keys.slot(),
                        scripts.readAfter(keys, null, shard.witness().lineage(), position.offset() - 1, 1, PAGE_BYTES),
                        true),
                reply -> {
                    List<StoredMessage> messages = Reading.of(reply).messages();
                    if (messages.isEmpty() || !new String(messages.get(0).body(), UTF_8).equals(token)) {
                        throw new RelayUnavailableException("what was stored cannot be read back");
                    }
                    return null;
                });
    }

    private CompletionStage<Void> tryAll(Shard shard) {
        String complaint = shard.witness().complaint();
        if (complaint != null) {
            return CompletableFuture.failedFuture(new RelayUnavailableException(complaint));
        }
        shard.run(shard.subscriber()::proveItMay);
        RoomKeys keys = room(shard);
        CompletionStage<Object> beside = CompletableFuture.completedFuture(null);
        for (CommandArguments command : scripts.attemptsBeside(keys)) {
            beside = beside.thenCombine(shard.read(keys.slot(), command, true), (before, reply) -> reply);
        }
        CompletionStage<Object> within = shard.read(keys.slot(), scripts.attempt(keys), true);
        return Replies.map(beside.thenCombine(within, (before, reply) -> reply), reply -> {
            List<String> refused = ((List<?>) reply)
                    .stream().map(each -> new String((byte[]) each, UTF_8)).toList();
            if (!refused.isEmpty()) {
                throw new RelayUnavailableException("Redis refuses commands: " + String.join("; ", refused));
            }
            return null;
        });
    }

    /** Tells the log what is wrong, once, and that it is right again. */
    private void judge(Shard shard, Throwable failure) {
        if (failure == null) {
            if (complaints.remove(shard) != null) {
                LOG.log(Level.INFO, "messages are kept and delivered by {0} again", shard);
            }
            return;
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String complaint = String.valueOf(cause.getMessage());
        if (!complaint.equals(complaints.put(shard, complaint))) {
            LOG.log(Level.WARNING, "messages are not kept and delivered by {0}: {1}", shard, complaint);
        }
    }

    /** The shard's subscriber listens: what was not heard before is said again. */
    void connected(Shard shard) {
        underWay.forEach((token, probe) -> {
            if (probe.shard() == shard) {
                var unused = store(token, probe);
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
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            probe.heard().completeExceptionally(cause);
        }
    }
}

package io.roomcast.nats;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.Append;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.ServerClock;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.relay.RelayUnavailableException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Proves that NATS stores and delivers messages: stores a message under a subject of this node alone, waits until the
 * server publishes it again, and reads it back. Any thread may call. No method blocks.
 */
final class NatsProbe {
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Pending(CompletableFuture<Void> received, long sentAt) {}

    private final ConcurrentHashMap<String, Pending> pending = new ConcurrentHashMap<>();
    private final JetStream jetStream;
    private final Subjects subjects;
    private final String room;
    private final ServerClock clock;
    private final LongSupplier nanoClock;

    /** @param room name of a room that only this node has */
    NatsProbe(JetStream jetStream, Subjects subjects, String room, ServerClock clock, LongSupplier nanoClock) {
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.room = room;
        this.clock = clock;
        this.nanoClock = nanoClock;
    }

    /** The subject on which probes come back. */
    String subject() {
        return subjects.live(room);
    }

    CompletionStage<Void> send() {
        String token = UUID.randomUUID().toString();
        Pending probe = new Pending(new CompletableFuture<>(), nanoClock.getAsLong());
        pending.put(token, probe);
        CompletionStage<Void> readBack = jetStream
                .append(subjects.stored(room), new Headers().put("Nats-Rollup", "sub"), token.getBytes(UTF_8))
                .thenCompose(answer -> answer instanceof Append.Stored stored
                        ? readBack(stored.sequence(), token)
                        : CompletableFuture.<Void>failedFuture(
                                new RelayUnavailableException("NATS does not store messages: " + answer)));
        readBack.whenComplete((done, failure) -> {
            if (failure != null) {
                probe.received().completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
            }
        });
        return probe.received()
                .thenCombine(readBack, (none, alsoNone) -> (Void) null)
                .whenComplete((done, failure) -> pending.remove(token));
    }

    private CompletionStage<Void> readBack(long sequence, String token) {
        return jetStream
                .next(subjects.messages(), subjects.stored(room), sequence)
                .thenAccept(record -> {
                    // A later probe may have replaced this one.
                    if (record == null
                            || record.sequence() == sequence && !new String(record.body(), UTF_8).equals(token)) {
                        throw new RelayUnavailableException("a stored message cannot be read back");
                    }
                    if (record.sequence() == sequence) {
                        clock.set(record.millis());
                    }
                });
    }

    /** Takes a probe that has come back. */
    void received(Message message) {
        Pending probe = pending.get(new String(message.getData(), UTF_8));
        if (probe != null) {
            probe.received().complete(null);
        }
    }

    /** Fails the probes whose message takes too long. To be called regularly. */
    void checkTimeouts() {
        long now = nanoClock.getAsLong();
        pending.values().forEach(probe -> {
            if (now - probe.sentAt() > TIMEOUT_NANOS) {
                probe.received().completeExceptionally(new RelayUnavailableException("the probe did not come back"));
            }
        });
    }

    void close() {
        pending.values()
                .forEach(probe ->
                        probe.received().completeExceptionally(new RelayUnavailableException("the node is stopping")));
    }
}

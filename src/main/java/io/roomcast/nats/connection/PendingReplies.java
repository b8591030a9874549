package io.roomcast.nats.connection;

import io.nats.client.Message;
import io.roomcast.relay.RelayUnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The replies that NATS has not sent. The client library knows no end of a request. Any thread may call. */
final class PendingReplies {
    private record Pending(CompletableFuture<Message> reply, long deadlineNanos) {}

    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final int most;
    private final Duration timeout;
    private final LongSupplier nanoClock;

    /**
     * @param most most requests under way
     * @param timeout after which a request fails
     * @param nanoClock as {@link System#nanoTime}
     */
    PendingReplies(int most, Duration timeout, LongSupplier nanoClock) {
        this.most = most;
        this.timeout = timeout;
        this.nanoClock = nanoClock;
    }

    /** A reply that fails when it does not come in time; null if there are too many. */
    CompletableFuture<Message> begin() {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return null;
        }
        CompletableFuture<Message> reply = new CompletableFuture<>();
        Pending request = new Pending(reply, nanoClock.getAsLong() + timeout.toNanos());
        pending.add(request);
        var unused = reply.whenComplete((message, failure) -> {
            pending.remove(request);
            count.decrementAndGet();
        });
        return reply;
    }

    /** Fails the requests whose reply takes too long. To be called regularly. */
    void checkTimeouts() {
        long now = nanoClock.getAsLong();
        for (Pending request : pending) {
            if (now - request.deadlineNanos() > 0) {
                request.reply().completeExceptionally(new RelayUnavailableException("NATS does not answer in time"));
            }
        }
    }

    void failAll(String why) {
        for (Pending request : pending) {
            request.reply().completeExceptionally(new RelayUnavailableException(why));
        }
    }
}

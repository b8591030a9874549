package io.roomcast.redis;

import io.roomcast.archiver.Admission;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.Refusal;
import io.roomcast.relay.Relay.Prefix;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What is asked about rooms without a numbering, until somebody has begun it. Publishes wait in their order. Without an
 * {@link Admission}, there are no such rooms.
 *
 * <p><b>Concurrency.</b> Any thread may call. The monitor guards {@code waiting}.
 */
final class AbsentRooms {
    private static final int MOST_WAITING = 5_000;

    private final Map<RoomName, ArrayDeque<Runnable>> waiting = new HashMap<>();
    private volatile Admission admission;

    /** Null if this node needs none. */
    Admission admission() {
        return admission;
    }

    /** To be called before anything else. */
    void start(Admission ofNode) {
        admission = ofNode;
    }

    /**
     * Reads in a room.
     *
     * @param read completes with null if the room has no numbering
     */
    <T> CompletionStage<T> read(RoomName room, Supplier<CompletionStage<T>> read) {
        if (admission == null) {
            return read.get();
        }
        return read.get()
                .thenCompose(found -> found != null
                        ? CompletableFuture.completedFuture(found)
                        : admission
                                .absent(room)
                                .thenCompose(begun -> read.get())
                                .thenApply(AbsentRooms::present));
    }

    private static <T> T present(T found) {
        if (found == null) {
            throw new RelayUnavailableException("the relay has lost the room again");
        }
        return found;
    }

    /** @param send sends a publish; may be called a second time */
    CompletionStage<Prefix> publish(RoomName room, Supplier<CompletionStage<Prefix>> send) {
        if (admission == null) {
            return send.get();
        }
        CompletableFuture<Prefix> result = new CompletableFuture<>();
        if (!waits(room, () -> send(send, result))) {
            send.get().whenComplete((prefix, failure) -> {
                if (failure != null && Refusal.of(failure.getMessage()) == Refusal.ABSENT) {
                    wait(room, () -> send(send, result), result);
                } else {
                    complete(result, prefix, failure);
                }
            });
        }
        return result;
    }

    private static void send(Supplier<CompletionStage<Prefix>> send, CompletableFuture<Prefix> result) {
        send.get().whenComplete((prefix, failure) -> complete(result, prefix, failure));
    }

    private static void complete(CompletableFuture<Prefix> result, Prefix prefix, Throwable failure) {
        if (failure == null) {
            result.complete(prefix);
        } else {
            result.completeExceptionally(failure);
        }
    }

    /** @return whether the room has others that wait, so that this one waits behind them */
    private synchronized boolean waits(RoomName room, Runnable publish) {
        ArrayDeque<Runnable> others = waiting.get(room);
        if (others == null || others.size() >= MOST_WAITING) {
            return false;
        }
        return others.add(publish);
    }

    private void wait(RoomName room, Runnable publish, CompletableFuture<Prefix> result) {
        boolean isFirst;
        synchronized (this) {
            ArrayDeque<Runnable> others = waiting.get(room);
            isFirst = others == null;
            if (isFirst) {
                others = new ArrayDeque<>();
                waiting.put(room, others);
            }
            if (others.size() >= MOST_WAITING) {
                result.completeExceptionally(RelayUnavailableException.nothingDone("too many publishes wait"));
                return;
            }
            others.add(publish);
        }
        if (isFirst) {
            admission.absent(room).whenComplete((begun, failure) -> sendAll(room));
        }
    }

    private void sendAll(RoomName room) {
        for (Runnable next = next(room); next != null; next = next(room)) {
            next.run();
        }
    }

    private synchronized Runnable next(RoomName room) {
        Runnable next = waiting.get(room).poll();
        if (next == null) {
            waiting.remove(room);
        }
        return next;
    }
}

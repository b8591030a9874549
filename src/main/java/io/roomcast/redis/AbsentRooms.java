package io.roomcast.redis;

import io.roomcast.archiver.Admission;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.Refusal;
import io.roomcast.relay.Relay.Prefix;
import io.roomcast.relay.RelayUnavailableException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What is asked about rooms without a numbering, until somebody has begun it. Without an {@link Admission}, there are no
 * such rooms.
 *
 * <p>Publishes of a room keep their order. Those that were refused, because the room had no numbering, are sent again when
 * it has one, and when all that were sent before have been answered. One that a later publish has overtaken meanwhile is
 * not sent again, and fails.
 *
 * <p><b>Concurrency.</b> Any thread may call. The monitor guards {@code rooms} and what they have. Nothing is sent or
 * completed inside it.
 */
final class AbsentRooms {
    private static final int MOST_WAITING = 5_000;

    /** A room with publishes on their way. The key of a publish is its number. */
    private static final class Room {
        final TreeSet<Long> sent = new TreeSet<>();
        final TreeMap<Long, Publish> waiting = new TreeMap<>();
        /** The last publish that was stored. */
        long stored;
        /** Whether somebody was asked for the numbering, and all publishes wait. */
        boolean isAsked;
        /** Whether the answer has come. */
        boolean isBegun;
    }

    private record Publish(Supplier<CompletionStage<Prefix>> send, CompletableFuture<Prefix> result) {
        private void refuse(String why) {
            result.completeExceptionally(RelayUnavailableException.nothingDone(why));
        }

        private void complete(Prefix prefix, Throwable failure) {
            if (failure == null) {
                result.complete(prefix);
            } else {
                result.completeExceptionally(failure);
            }
        }
    }

    private final Map<RoomName, Room> rooms = new HashMap<>();
    private long numbers;
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
    CompletionStage<Prefix> publish(RoomName name, Supplier<CompletionStage<Prefix>> send) {
        if (admission == null) {
            return send.get();
        }
        Publish publish = new Publish(send, new CompletableFuture<>());
        long number;
        boolean isTooMuch;
        synchronized (this) {
            number = ++numbers;
            Room room = rooms.computeIfAbsent(name, first -> new Room());
            isTooMuch = room.waiting.size() >= MOST_WAITING;
            if (room.isAsked && !isTooMuch) {
                room.waiting.put(number, publish);
                return publish.result();
            }
            if (!isTooMuch) {
                room.sent.add(number);
            }
        }
        if (isTooMuch) {
            publish.refuse("too many publishes wait for the room");
        } else {
            send.get().whenComplete((prefix, failure) -> answered(name, number, publish, prefix, failure));
        }
        return publish.result();
    }

    private void answered(RoomName name, long number, Publish publish, Prefix prefix, Throwable failure) {
        boolean isAbsent = failure != null && Refusal.of(failure.getMessage()) == Refusal.ABSENT;
        boolean mustAsk;
        boolean isDue;
        synchronized (this) {
            Room room = rooms.get(name);
            room.sent.remove(number);
            mustAsk = isAbsent && !room.isAsked;
            if (isAbsent) {
                room.waiting.put(number, publish);
                room.isAsked = true;
            } else if (failure == null) {
                room.stored = Math.max(room.stored, number);
            }
            isDue = room.isBegun && room.sent.isEmpty();
            if (!room.isAsked && room.sent.isEmpty()) {
                rooms.remove(name);
            }
        }
        if (!isAbsent) {
            publish.complete(prefix, failure);
        }
        if (mustAsk) {
            admission.absent(name).whenComplete((begun, unknown) -> begun(name));
        } else if (isDue) {
            sendWaiting(name);
        }
    }

    private void begun(RoomName name) {
        boolean isDue;
        synchronized (this) {
            Room room = rooms.get(name);
            room.isBegun = true;
            isDue = room.sent.isEmpty();
        }
        if (isDue) {
            sendWaiting(name);
        }
    }

    /** Called once, when nothing is on its way that was sent before. Later publishes wait until all of these are sent. */
    private void sendWaiting(RoomName name) {
        while (true) {
            Publish next;
            boolean isOvertaken;
            synchronized (this) {
                Room room = rooms.get(name);
                Map.Entry<Long, Publish> first = room.waiting.pollFirstEntry();
                if (first == null) {
                    rooms.remove(name);
                    return;
                }
                next = first.getValue();
                isOvertaken = first.getKey() < room.stored;
            }
            if (isOvertaken) {
                next.refuse("a later message was stored before this one");
            } else {
                next.send().get().whenComplete(next::complete);
            }
        }
    }
}

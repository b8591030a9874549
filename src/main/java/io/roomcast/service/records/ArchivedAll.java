package io.roomcast.service.records;

import io.roomcast.node.Threads;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies;
import io.roomcast.relay.RelayRecords;
import io.roomcast.relay.RelayUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Waits until the archive has what the broker has of rooms at the beginning, a step at a time. So whoever reads the archive
 * afterwards misses nothing, and meets nothing twice.
 *
 * <p><b>Concurrency.</b> One step at a time: the next begins when the one before has completed. No method blocks: the
 * archive is asked on the {@link ArchiveThread}.
 */
final class ArchivedAll {
    private static final long PAUSE_MILLIS = 100;
    /** Rooms that are looked at in a step. */
    private static final int ROOMS = 200;

    private final RelayRecords records;
    private final Archive archive;
    private final ArchiveThread thread;
    private final Threads threads;
    private final long patienceNanos;
    /** What the archive lacks, as far as it is known. */
    private final Map<RoomName, RelayRecords.End> behind = new LinkedHashMap<>();

    private boolean isWalking;
    /** Where the walk through all rooms goes on. */
    private String next;
    /** How long no room has caught up. */
    private long waitedNanos;

    private ArchivedAll(
            RelayRecords records,
            Archive archive,
            ArchiveThread thread,
            Threads threads,
            Duration patience,
            boolean isWalking) {
        this.records = records;
        this.archive = archive;
        this.thread = thread;
        this.threads = threads;
        this.patienceNanos = patience.toNanos();
        this.isWalking = isWalking;
    }

    /**
     * Of all rooms.
     *
     * @param patience how long it waits while no room catches up
     */
    static ArchivedAll rooms(
            RelayRecords records, Archive archive, ArchiveThread thread, Threads threads, Duration patience) {
        return new ArchivedAll(records, archive, thread, threads, patience, true);
    }

    /** Of one room, to its end now; completes with this end. Fails as {@link #step}. */
    static CompletionStage<RelayRecords.End> room(
            RoomName room,
            RelayRecords records,
            Archive archive,
            ArchiveThread thread,
            Threads threads,
            Duration patience) {
        ArchivedAll all = new ArchivedAll(records, archive, thread, threads, patience, false);
        return records.end(room)
                .thenCompose(end -> all.add(Map.of(room, end))
                        .thenCompose(added -> all.toEnd())
                        .thenApply(done -> end));
    }

    private CompletionStage<Boolean> toEnd() {
        return step().thenCompose(isDone -> isDone ? CompletableFuture.completedFuture(true) : toEnd());
    }

    /**
     * Goes on for a moment.
     *
     * @return whether the archive has all; fails with {@link RelayUnavailableException} if the archive or the broker cannot
     *     be read, or if the archive does not catch up
     */
    CompletionStage<Boolean> step() {
        if (isWalking) {
            return records.rooms(next)
                    .thenCompose(
                            found -> ends(found.rooms()).thenCompose(this::add).thenApply(done -> {
                                next = found.next();
                                isWalking = next != null;
                                return false;
                            }));
        }
        return behind.isEmpty() ? CompletableFuture.completedFuture(true) : pause().thenCompose(x -> look());
    }

    private CompletionStage<Map<RoomName, RelayRecords.End>> ends(Collection<RoomName> rooms) {
        Map<RoomName, CompletableFuture<RelayRecords.End>> asked = new LinkedHashMap<>();
        rooms.forEach(room -> asked.put(room, records.end(room).toCompletableFuture()));
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    Map<RoomName, RelayRecords.End> ends = new LinkedHashMap<>();
                    asked.forEach((room, end) -> ends.put(room, end.join()));
                    return ends;
                });
    }

    /** Remembers the rooms of which the archive lacks something, and has them copied soon. */
    private CompletionStage<Void> add(Map<RoomName, RelayRecords.End> ends) {
        return thread.run(() -> archive.copies().heads(ends.keySet())).thenCompose(heads -> {
            List<CompletableFuture<Void>> hastened = new ArrayList<>();
            ends.forEach((room, end) -> {
                if (lacks(heads.get(room), end)) {
                    behind.put(room, end);
                    hastened.add(records.hasten(room).toCompletableFuture());
                }
            });
            return CompletableFuture.allOf(hastened.toArray(CompletableFuture[]::new));
        });
    }

    private static boolean lacks(Copies.Head head, RelayRecords.End end) {
        Position last = end.last();
        if (last == null || end.isEmpty()) {
            return false;
        }
        if (head != null && !head.epoch().equals(last.epoch()) && last.offset() == end.base()) {
            return head.offset() < last.offset(); // The epoch has no messages of its own yet.
        }
        return head == null || !head.epoch().equals(last.epoch()) || head.offset() < last.offset();
    }

    private CompletionStage<Boolean> look() {
        List<RoomName> rooms = behind.keySet().stream().limit(ROOMS).toList();
        return thread.run(() -> archive.copies().heads(rooms)).thenCompose(heads -> {
            int before = behind.size();
            List<RoomName> otherEpoch = new ArrayList<>();
            for (RoomName room : rooms) {
                RelayRecords.End end = behind.get(room);
                Copies.Head head = heads.get(room);
                if (!lacks(head, end)) {
                    behind.remove(room);
                } else if (head != null && !head.epoch().equals(end.last().epoch())) {
                    otherEpoch.add(room);
                }
            }
            waitedNanos = behind.size() < before ? 0 : waitedNanos + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
            if (waitedNanos > patienceNanos) {
                return CompletableFuture.failedFuture(
                        new RelayUnavailableException("the archive is behind, and has not got all messages of "
                                + behind.size() + (behind.size() == 1 ? " room" : " rooms") + " yet"));
            }
            // The broker may have begun a new epoch: what it had before is not to be had any more.
            return ends(otherEpoch).thenApply(ends -> {
                ends.forEach((room, end) -> {
                    if (end.last() == null
                            || !end.last()
                                    .epoch()
                                    .equals(behind.get(room).last().epoch())) {
                        behind.put(room, end);
                    }
                });
                return false;
            });
        });
    }

    private CompletionStage<Void> pause() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        try {
            var unused = threads.timer().schedule(() -> over.complete(null), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            over.completeExceptionally(new RelayUnavailableException("the node stops"));
        }
        return over;
    }
}

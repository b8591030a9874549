package io.roomcast.local;

import io.roomcast.archive.ArchiveReads;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Brings rooms to the memory of a {@link LocalRelay} when somebody asks for them.
 *
 * <p><b>Concurrency.</b> Any thread may call; no method blocks. {@link ArchiveReads} loads rooms. {@code waiting} has the
 * calls for rooms that are not in memory yet. Calls for one room run in their order: a call waits behind those that wait
 * already. The map's atomic update for a room decides who begins to load it, and when no call waits any more.
 */
final class ArchivedRooms {
    /** How often a room is loaded before the callers are told that it cannot be. */
    private static final int MAX_LOADS = 5;

    /** A call that waits for its room. */
    private interface Call {
        /** @return false if what the archive said may be old, and the room has to be loaded again */
        boolean run(ArchivedLog loaded);

        void fail(RuntimeException failure);
    }

    private final LocalRelay memory;
    private final ArchiveLoader loader;
    private final ArchiveReads reads;
    private final ConcurrentHashMap<RoomName, ArrayDeque<Call>> waiting = new ConcurrentHashMap<>();

    ArchivedRooms(LocalRelay memory, ArchiveLoader loader, ArchiveReads reads) {
        this.memory = memory;
        this.loader = loader;
        this.reads = reads;
    }

    /**
     * Runs the action inside the memory's atomic update for the room, when the room is there.
     *
     * @return fails with {@link RelayUnavailableException} if the archive cannot be read, with {@code busy} if too many
     *     reads wait, and as the action
     */
    <T> CompletionStage<T> withLog(RoomName room, Function<LocalLog, T> action) {
        if (!waiting.containsKey(room)) {
            CompletionStage<T> done = memory.withLogInMemory(room, action);
            if (done != null) {
                return done;
            }
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Call call = new Call() {
            @Override
            public boolean run(ArchivedLog loaded) {
                CompletionStage<T> done = memory.withArchivedLog(room, loaded, action);
                if (done == null) {
                    return false;
                }
                done.whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(value);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
                return true;
            }

            @Override
            public void fail(RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        };
        boolean[] isFirst = {false};
        waiting.compute(room, (name, calls) -> {
            isFirst[0] = calls == null;
            ArrayDeque<Call> all = calls == null ? new ArrayDeque<>(2) : calls;
            all.add(call);
            return all;
        });
        if (isFirst[0]) {
            reads.read(() -> load(room), failure -> failAll(room, failure));
        }
        return result;
    }

    private void load(RoomName room) {
        ArchivedLog loaded = loader.load(room);
        int loads = 1;
        for (Call next = first(room); next != null; next = afterFirst(room)) {
            while (!next.run(loaded)) {
                if (loads++ == MAX_LOADS) {
                    throw new ArchiveException("room " + room + " changes while it is loaded", null, false);
                }
                loaded = loader.load(room);
            }
        }
    }

    private Call first(RoomName room) {
        Call[] first = {null};
        waiting.computeIfPresent(room, (name, calls) -> {
            first[0] = calls.peek();
            return calls;
        });
        return first[0];
    }

    /** Removes the first call, which is done. The room is no longer waited for after the last. */
    private Call afterFirst(RoomName room) {
        Call[] next = {null};
        waiting.computeIfPresent(room, (name, calls) -> {
            calls.remove();
            next[0] = calls.peek();
            return next[0] == null ? null : calls;
        });
        return next[0];
    }

    private void failAll(RoomName room, RuntimeException failure) {
        ArrayDeque<Call> calls = waiting.remove(room);
        if (calls != null) {
            calls.forEach(call -> call.fail(failure));
        }
    }
}

package io.roomcast.archiver;

import io.roomcast.node.Warnings;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Copies;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The rooms to which this node has published. They are told to the broker some at a time, once in a while, so that
 * publishing does not wait for it. What is lost with the node is found by those who look through all rooms.
 *
 * <p>Any thread may call. No method blocks.
 */
final class News {
    /** Most rooms of a shard that are remembered: some megabytes in all. */
    private static final int MOST = 20_000;
    /** Most rooms that are told in one call. */
    private static final int AT_A_TIME = 1_000;

    private final LogSource source;
    private final Warnings warnings;
    private final List<Set<RoomName>> noted = IntStream.range(0, Copies.SHARDS)
            .<Set<RoomName>>mapToObj(shard -> ConcurrentHashMap.newKeySet())
            .toList();

    News(LogSource source, Warnings warnings) {
        this.source = source;
        this.warnings = warnings;
    }

    /** Must be called when a message of the room may have been stored. */
    void note(RoomName room) {
        Set<RoomName> rooms = noted.get(Copies.shardOf(room));
        if (rooms.contains(room)) {
            return;
        }
        if (rooms.size() >= MOST) {
            warnings.warn("archive news", () -> "Too many rooms have news for the archive; it finds them later");
            return;
        }
        rooms.add(room);
    }

    /** Tells the broker. What it does not take is told the next time. */
    CompletionStage<Void> tell() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int shard = 0; shard < Copies.SHARDS; shard++) {
            Set<RoomName> rooms = noted.get(shard);
            if (!rooms.isEmpty()) {
                all.add(tell(shard, rooms));
            }
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> tell(int shard, Set<RoomName> rooms) {
        List<RoomName> told = rooms.stream().limit(AT_A_TIME).toList();
        // Before the call: what is published from now on is noted anew.
        told.forEach(rooms::remove);
        CompletableFuture<Void> done = source.note(shard, told).toCompletableFuture();
        return done.whenComplete((unused, failure) -> {
            if (failure != null) {
                rooms.addAll(told);
            }
        });
    }
}

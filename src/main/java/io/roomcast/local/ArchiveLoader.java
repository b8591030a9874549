package io.roomcast.local;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Relay;
import io.roomcast.room.RoomSource;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Reads what a {@link LocalLog} begins with from the archive: the numbering, a page of messages for those who come back
 * first, and the keys of the last five minutes. Blocks, as the archive does. Any thread.
 */
final class ArchiveLoader {
    private static final long KEY_MEMORY_MILLIS = TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS);

    private final Archive archive;
    private final LocalRelay memory;
    private final InstantSource wall;

    ArchiveLoader(Archive archive, LocalRelay memory, InstantSource wall) {
        this.archive = archive;
        this.memory = memory;
        this.wall = wall;
    }

    /** What whoever asks for the room needs. */
    ArchivedLog load(RoomName room) {
        return load(room, this::recent);
    }

    /**
     * As {@link #load}, without messages: whoever appends needs none. A commit may have thousands of rooms, and a page
     * of each would be more than the heap can hold.
     */
    ArchivedLog loadToAppend(RoomName room) {
        return load(room, (name, found) -> List.of());
    }

    private ArchivedLog load(
            RoomName room, BiFunction<RoomName, Archive.Numbering, List<ArchivedLog.Recent>> messages) {
        long discarded = memory.discardedLogs(room);
        return archive.numbering(room)
                .map(found -> new ArchivedLog(
                        found.epoch(), found.offset(), messages.apply(room, found), keys(room, found), discarded))
                .orElseGet(() -> new ArchivedLog(memory.firstEpoch(room), 0, List.of(), List.of(), discarded));
    }

    private List<ArchivedLog.Recent> recent(RoomName room, Archive.Numbering numbering) {
        long now = memory.now();
        long wallNow = wall.millis();
        // What came after the numbering was read belongs to whoever stores it.
        return archive
                .before(room, numbering.epoch(), numbering.offset() + 1, RoomSource.PAGE_MESSAGES, Relay.PAGE_BYTES)
                .stream()
                .map(message -> new ArchivedLog.Recent(
                        new StoredMessage(message.offset(), message.body()), steady(message.storedAt(), wallNow, now)))
                .toList();
    }

    private List<ArchivedLog.Key> keys(RoomName room, Archive.Numbering numbering) {
        long now = memory.now();
        long wallNow = wall.millis();
        return archive.keysSince(room, numbering.epoch(), wallNow - KEY_MEMORY_MILLIS).stream()
                .filter(key -> key.offset() <= numbering.offset())
                .map(key -> new ArchivedLog.Key(
                        KeyDigest.ofBytes(key.digest()), key.offset(), steady(key.storedAt(), wallNow, now)))
                .toList();
    }

    /** A time of day as a time of the relay's clock, which may begin later. */
    private static long steady(long storedAt, long wallNow, long now) {
        return now - Math.max(0, wallNow - storedAt);
    }
}

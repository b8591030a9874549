package io.roomcast.service.records;

import io.roomcast.archive.BroughtMessages;
import io.roomcast.node.Clocks;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.Threads;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.RelayRecords;
import io.roomcast.relay.Restoring;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Brings messages to an archive that many nodes share. First their places are claimed in the broker, which gives them to
 * nobody else from then on; then the archive gets the messages. A node that ends in between has claimed places that are
 * empty: the same import, begun anew, fills them. Any thread; no method blocks: the archive is asked on the {@link
 * ArchiveThread}.
 */
final class SharedImport {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final RelayRecords records;
    private final Archive archive;
    private final RoomSettings rooms;
    private final Threads threads;
    private final ArchiveThread thread;
    private final BroughtMessages brought;

    /** What is to be stored. */
    private record Missing(Position present, int count, Archive.Run run) {}

    SharedImport(
            RelayRecords records,
            Archive archive,
            RoomSettings rooms,
            Clocks clocks,
            Threads threads,
            ArchiveThread thread) {
        this.records = records;
        this.archive = archive;
        this.rooms = rooms;
        this.threads = threads;
        this.thread = thread;
        this.brought = new BroughtMessages(archive, clocks.wall());
    }

    /** As {@link io.roomcast.relay.Relay#checkRestore}. Waits until the archive has all that the broker has of the room. */
    CompletionStage<Void> check(RoomName room, List<Restoring> messages) {
        if (rooms.historySize(room) == 0) {
            return CompletableFuture.failedFuture(BroughtMessages.conflict(
                    "this room keeps no history here (roomcast.history.size), and no archive"));
        }
        return ArchivedAll.room(room, records, archive, thread, threads, PATIENCE)
                .thenCompose(end -> thread.run(() -> {
                    brought.check(room, messages);
                    return null;
                }));
    }

    /** As {@link io.roomcast.relay.Relay#restore}. */
    CompletionStage<Restoring.Done> restore(RoomName room, Restoring messages) {
        return thread.run(() -> missing(room, messages)).thenCompose(missing -> {
            if (missing.run() == null) {
                return CompletableFuture.completedFuture(new Restoring.Done(0, missing.count()));
            }
            List<Archive.Message> run = missing.run().messages();
            Position first = new Position(messages.epoch(), run.get(0).offset());
            Position last = new Position(messages.epoch(), messages.last());
            return records.claim(room, missing.present(), first, last)
                    .thenCompose(claimed -> thread.run(() -> {
                        archive.copies().bring(missing.run(), continuesTo(messages));
                        return new Restoring.Done(run.size(), missing.count());
                    }));
        });
    }

    private Missing missing(RoomName room, Restoring messages) {
        Optional<Archive.Numbering> newest = archive.numbering(room);
        int present = brought.present(room, messages);
        List<StoredMessage> missing =
                messages.messages().subList(present, messages.messages().size());
        return new Missing(
                newest.map(last -> new Position(last.epoch(), last.offset())).orElse(null),
                present,
                missing.isEmpty() ? null : brought.run(room, messages.epoch(), missing));
    }

    /** Up to which offset the epoch of these messages has the messages of the one before. */
    private static long continuesTo(Restoring messages) {
        Position previous = messages.previous();
        long before = messages.first() - 1;
        return previous != null && before <= previous.offset() ? before : 0;
    }
}

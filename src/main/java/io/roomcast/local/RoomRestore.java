package io.roomcast.local;

import io.roomcast.archive.BroughtMessages;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Restoring;
import java.time.InstantSource;
import java.util.List;

/**
 * Brings messages from elsewhere to the archive, at the places that they had. All calls come from the thread of the
 * {@link GroupCommit}, so that nobody else gives offsets meanwhile.
 */
final class RoomRestore {
    private final Archive archive;
    private final LocalRelay memory;
    private final BroughtMessages brought;

    RoomRestore(Archive archive, LocalRelay memory, InstantSource wall) {
        this.archive = archive;
        this.memory = memory;
        this.brought = new BroughtMessages(archive, wall);
    }

    /** As {@link io.roomcast.relay.Relay#checkRestore}; blocks. */
    void check(RoomName room, List<Restoring> messages) {
        requireNobody(room);
        brought.check(room, messages);
    }

    /** As {@link io.roomcast.relay.Relay#restore}; blocks. */
    Restoring.Done restore(RoomName room, Restoring messages) {
        requireNobody(room);
        int present = brought.present(room, messages);
        List<StoredMessage> missing =
                messages.messages().subList(present, messages.messages().size());
        if (!missing.isEmpty()) {
            archive.append(List.of(brought.run(room, messages.epoch(), missing)));
            memory.moveOn(room, new Position(messages.epoch(), messages.last()));
        }
        return new Restoring.Done(missing.size(), present);
    }

    private void requireNobody(RoomName room) {
        var subscribed = memory.withLogInMemory(room, log -> log.subscribed);
        if (subscribed != null && subscribed.toCompletableFuture().join()) {
            throw BroughtMessages.conflict("somebody is in the room; close it first, and let nobody in meanwhile");
        }
    }
}

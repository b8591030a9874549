package io.roomcast.local;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Relay;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The messages of one room in a commit of {@link GroupCommit}, whose thread owns this object. */
final class RoomBatch {
    private final RoomName room;
    private final ArchivedLog before;
    private final LocalRelay memory;
    private final List<LocalRelay.Draft> messages = new ArrayList<>();
    private final Map<KeyDigest, Position> keys = new HashMap<>();

    /** @param before what the archive has of the room */
    RoomBatch(RoomName room, ArchivedLog before, LocalRelay memory) {
        this.room = room;
        this.before = before;
        this.memory = memory;
        before.keys().forEach(key -> keys.put(key.digest(), new Position(before.epoch(), key.offset())));
    }

    /**
     * Adds messages up to the first that is refused. Known keys get the position of the earlier message.
     *
     * @return completes {@code done}; to be run after the commit
     */
    Runnable add(List<LocalRelay.Draft> drafts, CompletableFuture<Relay.Prefix> done) {
        List<Position> positions = new ArrayList<>(drafts.size());
        try {
            for (LocalRelay.Draft draft : drafts) {
                positions.add(add(draft));
            }
            return () -> done.complete(new Relay.Prefix(positions, null));
        } catch (ProtocolException e) {
            return positions.isEmpty()
                    ? () -> done.completeExceptionally(e)
                    : () -> done.complete(new Relay.Prefix(positions, e));
        }
    }

    private Position add(LocalRelay.Draft draft) {
        Position first = draft.key() == null ? null : keys.get(draft.key());
        if (first == null) {
            first = memory.findOrAdmit(room, draft.key(), keys.size());
        }
        if (first != null) {
            return first;
        }
        LocalLog.requireOffsetAfter(before.offset() + messages.size());
        messages.add(draft);
        Position position = new Position(before.epoch(), before.offset() + messages.size());
        if (draft.key() != null) {
            keys.put(draft.key(), position);
        }
        return position;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    Archive.Run run(long storedAt) {
        List<Archive.Message> stored = new ArrayList<>(messages.size());
        for (LocalRelay.Draft draft : messages) {
            stored.add(new Archive.Message(
                    before.offset() + stored.size() + 1,
                    storedAt,
                    draft.key() == null ? null : draft.key().bytes(),
                    draft.body()));
        }
        return new Archive.Run(room, before.epoch(), stored);
    }

    /** Hands the messages to the memory, which delivers them. */
    void takeOver() {
        memory.takeOver(room, before, before.offset() + 1, messages);
    }
}

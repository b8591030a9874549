package io.roomcast.archive;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Restoring;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares messages that are brought from elsewhere with those that the archive has of a room. Every method blocks, and
 * throws {@code conflict} if they do not belong there. Any thread may call.
 */
public final class BroughtMessages {
    private static final long PAGE_BYTES = 1 << 20;

    private final Archive archive;
    private final InstantSource wall;

    public BroughtMessages(Archive archive, InstantSource wall) {
        this.archive = archive;
        this.wall = wall;
    }

    /** Checks whether all these messages could be stored, one step after the other. */
    public void check(RoomName room, List<Restoring> messages) {
        Optional<Archive.Numbering> newest = archive.numbering(room);
        Set<String> epochs = epochs(room);
        for (Restoring next : messages) {
            if (present(room, newest, epochs, next) < next.messages().size()) {
                newest = Optional.of(new Archive.Numbering(next.epoch(), next.last()));
                epochs.add(next.epoch());
            }
        }
    }

    /** How many of the messages the room has, which are the first of them. */
    public int present(RoomName room, Restoring messages) {
        return present(room, archive.numbering(room), epochs(room), messages);
    }

    /**
     * How many of the messages the room has, which are the first of them.
     *
     * @param newest the numbering that the room has, or will have when these messages follow
     * @param epochs all that the room has had until then
     */
    private int present(RoomName room, Optional<Archive.Numbering> newest, Set<String> epochs, Restoring messages) {
        if (newest.isEmpty()) {
            if (messages.previous() != null) {
                throw conflict("the room lacks the epoch before that of these messages");
            }
            if (!messages.isBeginning()) {
                throw conflict("the room is empty, and these messages begin at offset " + messages.first()
                        + "; begin with the first line of the export");
            }
            return 0;
        }
        Archive.Numbering last = newest.get();
        int size = messages.messages().size();
        if (last.epoch().equals(messages.epoch())) {
            if (messages.first() > last.offset() + 1) {
                throw conflict("the room lacks the messages from offset " + (last.offset() + 1) + " to "
                        + (messages.first() - 1));
            }
            int present = (int) Math.min(size, last.offset() + 1 - messages.first());
            requireSame(room, messages, present);
            return present;
        }
        if (epochs.contains(messages.epoch())) {
            if (messages.last() > lastOffset(room, messages.epoch())) {
                throw conflict("the room has gone on with another epoch already");
            }
            requireSame(room, messages, size);
            return size;
        }
        Position previous = messages.previous();
        if (previous == null || !previous.epoch().equals(last.epoch()) || previous.offset() != last.offset()) {
            throw conflict("the room has other messages already");
        }
        return 0;
    }

    private Set<String> epochs(RoomName room) {
        return archive.epochs(room).stream().map(Archive.Epoch::name).collect(Collectors.toCollection(HashSet::new));
    }

    /**
     * Nobody may believe that messages are there if others are in their places.
     *
     * @param count how many of the messages, from the first on, the room must have
     */
    private void requireSame(RoomName room, Restoring messages, int count) {
        if (count > 0) {
            requireBegun(room, messages);
        }
        int compared = 0;
        while (compared < count) {
            List<Archive.Message> stored = archive.after(
                    room, messages.epoch(), messages.first() + compared - 1, count - compared, PAGE_BYTES);
            for (Archive.Message each : stored) {
                StoredMessage brought = messages.messages().get(compared++);
                if (each.offset() != brought.offset() || !SameMessage.is(each.body(), brought.body())) {
                    throw conflict("the room has another message at offset " + brought.offset());
                }
            }
            if (stored.isEmpty()) {
                throw conflict("the room lacks the message at offset " + (messages.first() + compared));
            }
        }
    }

    /** What was before the first message of an epoch was deleted, or left out by an import. Nothing is put there. */
    private void requireBegun(RoomName room, Restoring messages) {
        long first = archive.firstOffset(room, messages.epoch());
        if (messages.first() < first) {
            throw conflict("the room begins at offset " + first + ", and takes nothing before it");
        }
    }

    /** Offset of the last message of an epoch, also of one that has ended; 0 if there is none. */
    private long lastOffset(RoomName room, String epoch) {
        List<Archive.Message> last = archive.before(room, epoch, Long.MAX_VALUE, 1, 1);
        return last.isEmpty() ? 0 : last.get(0).offset();
    }

    /** The messages, stored when they were published, so that they are kept as long as if they had always been here. */
    public Archive.Run run(RoomName room, String epoch, List<StoredMessage> messages) {
        List<Archive.Message> before =
                archive.before(room, epoch, messages.get(0).offset(), 1, 1);
        long storedAt = before.isEmpty() ? 0 : before.get(0).storedAt();
        long now = wall.millis();
        List<Archive.Message> stored = new ArrayList<>(messages.size());
        for (StoredMessage message : messages) {
            // Times of storage never go back, and none is later than now.
            storedAt = Math.max(storedAt, Math.min(now, MessageFrames.at(message.body())));
            stored.add(new Archive.Message(message.offset(), storedAt, null, message.body()));
        }
        return new Archive.Run(room, epoch, stored);
    }

    public static ProtocolException conflict(String text) {
        return new ProtocolException(ErrorCode.CONFLICT, text);
    }
}

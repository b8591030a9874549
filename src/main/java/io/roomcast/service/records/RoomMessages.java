package io.roomcast.service.records;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.List;

/** All messages of a room, epoch by epoch, up to the last one that it has at the beginning. Blocks. One thread. */
final class RoomMessages implements Export.Source {
    private static final int PAGE_MESSAGES = 500;
    private static final long PAGE_BYTES = 256 << 10;

    private final Archive archive;
    private final Archive.Numbering last;
    private final ArrayDeque<Archive.Epoch> epochs;
    /** The page that is written next; null before it is read. */
    private List<Archive.Message> ahead;
    /** Offset of the last message that was read of the first of the epochs. */
    private long offset;
    /** The last place of the epoch before; null if there was none. */
    private String previous;

    /** @param last the last message that is read */
    RoomMessages(Archive archive, RoomName room, Archive.Numbering last) {
        this.archive = archive;
        this.last = last;
        this.epochs = new ArrayDeque<>(archive.epochs(room));
    }

    /** The position of the first message; null if there is none. Retention may have deleted earlier ones. */
    Position first() {
        while (!epochs.isEmpty()) {
            ahead = page();
            if (!ahead.isEmpty()) {
                return new Position(epochs.peek().name(), ahead.get(0).offset());
            }
            epochs.remove();
        }
        return null;
    }

    private List<Archive.Message> page() {
        return archive.after(epochs.peek().id(), offset, PAGE_MESSAGES, PAGE_BYTES);
    }

    @Override
    public int writePage(ByteArrayOutputStream out) {
        Archive.Epoch epoch = epochs.peek();
        if (epoch == null) {
            return -1;
        }
        List<Archive.Message> page = ahead == null ? page() : ahead;
        ahead = null;
        boolean isNewest = epoch.name().equals(last.epoch());
        int lines = 0;
        for (Archive.Message message : page) {
            if (isNewest && message.offset() > last.offset()) {
                epochs.clear();
                return lines;
            }
            StoredMessage stored = new StoredMessage(message.offset(), message.body());
            RecordLine.write(out, epoch.name(), stored, offset == 0 ? previous : null);
            offset = message.offset();
            lines++;
        }
        if (page.isEmpty()) {
            previous = offset == 0 ? previous : RecordLine.place(epoch.name(), offset);
            offset = 0;
            epochs.remove();
        }
        return lines;
    }
}

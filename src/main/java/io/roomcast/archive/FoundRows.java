package io.roomcast.archive;

import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Gathers the messages of a page of a search, in one or more steps, newest first.
 *
 * <p><b>Concurrency.</b> For one thread.
 */
final class FoundRows {
    /** The columns of a select. Rows of the index, as {@code i}, have to be joined to the others. */
    static final String COLUMNS = "SELECT i.id, n.room, n.epoch, m.msg_offset, m.stored_at, m.key_digest, m.body";

    static final String JOINS = " JOIN numbering n ON n.id = i.numbering"
            + " JOIN message m ON m.numbering = i.numbering AND m.msg_offset = i.msg_offset";

    /** Most numberings of the rooms of a search: the newest. */
    private static final int MAX_NUMBERINGS = 1_000;

    private final Archive.Search search;
    private final List<Archive.Found> messages = new ArrayList<>();
    private long bytesLeft;
    private long last;
    private boolean isFull;

    FoundRows(Archive.Search search) {
        this.search = search;
        this.bytesLeft = search.maxBytes();
    }

    /** How many rows a step needs at most: one more than the page may have, to know whether there are others. */
    int wanted() {
        return search.limit() + 1 - messages.size();
    }

    /** Whether nothing more belongs into the page. */
    boolean isFull() {
        return isFull;
    }

    /** Whether the page is full within so many rows, if the next ones are as those that were read. */
    boolean isFullWithin(long most, long read) {
        return !messages.isEmpty() && read * (search.limit() + 1L) / messages.size() <= most;
    }

    void read(PreparedStatement select) throws SQLException {
        try (ResultSet found = select.executeQuery()) {
            while (!isFull && found.next()) {
                byte[] body = found.getBytes(7);
                bytesLeft -= body.length;
                if (messages.size() == search.limit() || bytesLeft < 0 && !messages.isEmpty()) {
                    isFull = true;
                    return;
                }
                last = found.getLong(1);
                messages.add(new Archive.Found(
                        new RoomName(found.getString(2)),
                        found.getString(3),
                        new Archive.Message(found.getLong(4), found.getLong(5), found.getBytes(6), body)));
            }
        }
    }

    /** @param rest where to go on if the page is not full; 0 if nothing is left */
    Archive.FoundPage page(long rest) {
        return new Archive.FoundPage(messages, isFull ? last : rest);
    }

    /** The ids of the rooms' numberings; none if nothing was stored in them. */
    static List<Long> numberings(Connection connection, List<RoomName> rooms) throws SQLException {
        String marks = String.join(", ", Collections.nCopies(rooms.size(), "?"));
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id FROM numbering WHERE room IN (" + marks + ") ORDER BY id DESC LIMIT " + MAX_NUMBERINGS)) {
            for (int i = 0; i < rooms.size(); i++) {
                select.setString(i + 1, rooms.get(i).value());
            }
            List<Long> ids = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    ids.add(found.getLong(1));
                }
            }
            return ids;
        }
    }

    /** The id before which messages have to be. */
    static long end(Archive.Search search) {
        long end = MessageIndex.firstId(search.to());
        return search.cursor() == 0 ? end : Math.min(end, search.cursor());
    }
}

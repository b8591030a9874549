package io.roomcast.archive;

import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rows of numberings to which messages were appended last, so that a commit need not ask for each of its rooms. Any
 * thread may call {@link #forget}; the rest is for the one that writes.
 */
final class NumberingIds {
    /** Rooms that are remembered: some megabytes. */
    private static final int MOST = 10_000;

    private record Numbering(RoomName room, String epoch) {}

    /** In the order of their use, and guarded by itself. */
    private final LinkedHashMap<Numbering, Long> ids = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Numbering, Long> eldest) {
            return size() > MOST;
        }
    };

    /** The id of the numbering of these messages. Begins the numbering if the room has not had it yet. */
    long findOrBegin(Connection connection, Archive.Run run) throws SQLException {
        Numbering numbering = new Numbering(run.room(), run.epoch());
        synchronized (ids) {
            Long known = ids.get(numbering);
            if (known != null) {
                return known;
            }
        }
        long id = find(connection, numbering);
        if (id == 0) {
            try (PreparedStatement begin =
                    connection.prepareStatement("INSERT INTO numbering (room, epoch, began_at, placed_in)"
                            + " SELECT ?, ?, ?, birth FROM archive")) {
                begin.setString(1, run.room().value());
                begin.setString(2, run.epoch());
                begin.setLong(3, run.messages().get(0).storedAt());
                begin.executeUpdate();
            }
            id = find(connection, numbering);
        }
        synchronized (ids) {
            ids.put(numbering, id);
        }
        return id;
    }

    /** 0 if there is none. */
    private static long find(Connection connection, Numbering numbering) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id FROM numbering WHERE room = ? AND epoch = ?")) {
            select.setString(1, numbering.room().value());
            select.setString(2, numbering.epoch());
            try (ResultSet found = select.executeQuery()) {
                return found.next() ? found.getLong(1) : 0;
            }
        }
    }

    /** To be called when what was written was not committed. */
    void forget() {
        synchronized (ids) {
            ids.clear();
        }
    }
}

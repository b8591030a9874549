package io.roomcast.archive;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive.Epoch;
import io.roomcast.relay.Archive.Message;
import io.roomcast.relay.Archive.Sent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Epochs, and their messages by the ids of epochs, for those who look at all of them. Any thread. */
final class EpochRows {
    static final String COLUMNS = "SELECT msg_offset, stored_at, key_digest, body FROM message ";

    /** Rows that a driver may read ahead where the end is not known. */
    static final int FETCHED_ROWS = 500;

    private final Transactions transactions;
    private final MessageIndex index;

    EpochRows(Transactions transactions, MessageIndex index) {
        this.transactions = transactions;
        this.index = index;
    }

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    private interface Parameters {
        void set(PreparedStatement select) throws SQLException;
    }

    List<Epoch> all(long after, int limit) {
        return epochs("WHERE id > ? ORDER BY id LIMIT ?", select -> {
            select.setLong(1, after);
            select.setInt(2, limit);
        });
    }

    List<Epoch> of(RoomName room) {
        return epochs("WHERE room = ? ORDER BY id", select -> select.setString(1, room.value()));
    }

    private List<Epoch> epochs(String which, Parameters parameters) {
        return transactions.read(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT id, room, epoch, indexed_to FROM numbering " + which)) {
                parameters.set(select);
                List<Epoch> epochs = new ArrayList<>();
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        epochs.add(new Epoch(
                                found.getLong(1),
                                new RoomName(found.getString(2)),
                                found.getString(3),
                                found.getLong(4)));
                    }
                }
                return epochs;
            }
        });
    }

    List<Message> after(long epoch, long offset, int limit, long maxBytes) {
        return transactions.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    COLUMNS + "WHERE numbering = ? AND msg_offset > ? ORDER BY msg_offset LIMIT ?")) {
                select.setLong(1, epoch);
                return page(select, 2, offset, limit, maxBytes);
            }
        });
    }

    /**
     * @param select begins with {@link #COLUMNS}
     * @param at index of the parameter for the offset; that of the limit follows
     */
    static List<Message> page(PreparedStatement select, int at, long offset, int limit, long maxBytes)
            throws SQLException {
        select.setLong(at, offset);
        select.setInt(at + 1, limit);
        select.setFetchSize(FETCHED_ROWS);
        List<Message> messages = new ArrayList<>();
        long left = maxBytes;
        try (ResultSet found = select.executeQuery()) {
            while (found.next()) {
                byte[] body = found.getBytes(4);
                left -= body.length;
                if (left < 0 && !messages.isEmpty()) {
                    break;
                }
                messages.add(new Message(found.getLong(1), found.getLong(2), found.getBytes(3), body));
            }
        }
        return messages;
    }

    List<Sent> sentBy(UserId sender, long after, int limit, long maxBytes) {
        return transactions.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT i.id, i.numbering, i.msg_offset, m.body FROM message_index i JOIN message m"
                            + " ON m.numbering = i.numbering AND m.msg_offset = i.msg_offset"
                            + " WHERE i.sender = ? AND i.id > ? ORDER BY i.id LIMIT ?")) {
                select.setString(1, sender.value());
                select.setLong(2, after);
                select.setInt(3, limit);
                select.setFetchSize(FETCHED_ROWS);
                List<Sent> messages = new ArrayList<>();
                long left = maxBytes;
                try (ResultSet found = select.executeQuery()) {
                    while (found.next() && (left > 0 || messages.isEmpty())) {
                        byte[] body = found.getBytes(4);
                        left -= body.length;
                        messages.add(new Sent(found.getLong(1), found.getLong(2), found.getLong(3), body));
                    }
                }
                return messages;
            }
        });
    }

    void replace(long epoch, List<StoredMessage> messages) {
        transactions.write(connection -> {
            index.lock(connection);
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE message SET body = ? WHERE numbering = ? AND msg_offset = ?")) {
                for (StoredMessage message : messages) {
                    update.setBytes(1, message.body());
                    update.setLong(2, epoch);
                    update.setLong(3, message.offset());
                    update.addBatch();
                }
                update.executeBatch();
            }
            index.indexAnew(
                    connection,
                    epoch,
                    messages.stream().map(StoredMessage::offset).toList());
            return null;
        });
    }
}

package io.roomcast.archive;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.Copies;
import io.roomcast.relay.Lives;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The archive in a database that JDBC reaches. Its tables are in {@code docs/archive.md}.
 *
 * <p><b>Concurrency.</b> Each call has a transaction for itself; {@link Transactions} says how. What changes in this
 * object is only touched by whoever writes, one at a time.
 */
public final class JdbcArchive implements Archive {
    private static final int SALT_BYTES = 16;

    private static final String OF_NUMBERING =
            "WHERE numbering = (SELECT id FROM numbering WHERE room = ? AND epoch = ?) ";

    /** Numberings that are looked through at a time for messages that are not in the index. */
    private static final int LOOKED_NUMBERINGS = 500;

    /** How often all are looked through for what other nodes have stored. */
    private static final long LOOK_MILLIS = 60_000;

    private final Transactions transactions;
    private final EpochRows epochs;
    private final NumberingIds numberings = new NumberingIds();
    private final Dialect dialect;
    private final MessageIndex index;
    private final IndexBacklog backlog = new IndexBacklog();
    private final String place;
    private final InstantSource wall;
    private final Runnable checkStorage;
    private final Runnable closeSource;
    private final byte[] salt;
    /** Only touched by the thread that calls {@link #index}. */
    private long lookedAt;

    /**
     * Makes the tables, or brings them to this program's version.
     *
     * @param source gives connections: one that is kept, and one for each read
     * @param place as {@link #place}
     * @param language of the words that are looked for, as PostgreSQL calls it; SQLite knows none
     * @param discard called with a connection that may not be used again, before it is closed
     * @param checkStorage called after each commit, before anybody relies on it; throws {@link ArchiveException} if what
     *     was written cannot be found again, though the database says that it is written
     * @param closeSource called by {@link #close}
     * @throws UnfitDatabaseException if a newer program has made the tables, or the database does not know the language
     * @throws ArchiveException if the database cannot be used, or another node uses it
     */
    public JdbcArchive(
            DataSource source,
            Dialect dialect,
            String place,
            String language,
            InstantSource wall,
            Consumer<Connection> discard,
            Runnable checkStorage,
            Runnable closeSource) {
        this.transactions = new Transactions(source, dialect, discard);
        this.dialect = dialect;
        this.index = dialect.index(language);
        this.epochs = new EpochRows(transactions, index);
        this.place = place;
        this.wall = wall;
        this.checkStorage = checkStorage;
        this.closeSource = closeSource;
        try {
            this.salt = transactions.write(connection -> {
                Migrations.run(connection, dialect);
                byte[] found = readOrMakeSalt(connection);
                index.prepare(connection);
                return found;
            });
        } catch (RuntimeException e) {
            transactions.close();
            throw e;
        }
    }

    private byte[] readOrMakeSalt(Connection connection) throws SQLException {
        try (Statement select = connection.createStatement();
                ResultSet found = select.executeQuery("SELECT salt FROM archive")) {
            if (found.next()) {
                return found.getBytes(1);
            }
        }
        byte[] made = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(made);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO archive (id, salt, checked_at) VALUES (1, ?, ?)")) {
            insert.setBytes(1, made);
            insert.setLong(2, wall.millis());
            insert.executeUpdate();
        }
        return made;
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    @Override
    public Optional<Numbering> numbering(RoomName room) {
        return transactions.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT epoch, (SELECT COALESCE(MAX(msg_offset), 0) FROM message WHERE numbering = n.id), deleted_to"
                            + " FROM numbering n WHERE room = ? ORDER BY id DESC LIMIT 1")) {
                select.setString(1, room.value());
                try (ResultSet found = select.executeQuery()) {
                    return found.next()
                            ? Optional.of(
                                    new Numbering(found.getString(1), Math.max(found.getLong(2), found.getLong(3))))
                            : Optional.empty();
                }
            }
        });
    }

    @Override
    public void append(List<Run> runs) {
        try {
            List<IndexBacklog.Part> stored = transactions.write(connection -> append(connection, runs));
            checkStorage.run();
            stored.forEach(backlog::add);
        } catch (RuntimeException | Error e) {
            forgetStored();
            throw e;
        }
    }

    /** What is remembered may have some that were not stored. */
    private void forgetStored() {
        numberings.forget();
        backlog.lookAgain();
    }

    private List<IndexBacklog.Part> append(Connection connection, List<Run> runs) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO message (numbering, msg_offset, stored_at, key_digest, body) VALUES (?, ?, ?, ?, ?)")) {
            List<IndexBacklog.Part> stored = new ArrayList<>(runs.size());
            for (Run run : runs) {
                long numbering = numberings.findOrBegin(connection, run);
                long first = run.messages().get(0).offset();
                stored.add(new IndexBacklog.Part(
                        numbering, first - 1, first - 1 + run.messages().size()));
                for (Message message : run.messages()) {
                    insert.setLong(1, numbering);
                    insert.setLong(2, message.offset());
                    insert.setLong(3, message.storedAt());
                    insert.setBytes(4, message.keyDigest());
                    insert.setBytes(5, message.body());
                    insert.addBatch();
                }
            }
            insert.executeBatch();
            return stored;
        }
    }

    @Override
    public List<Message> before(RoomName room, String epoch, long offset, int limit, long maxBytes) {
        List<Message> newestFirst =
                page("AND msg_offset < ? ORDER BY msg_offset DESC LIMIT ?", room, epoch, offset, limit, maxBytes);
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    @Override
    public List<Message> after(RoomName room, String epoch, long offset, int limit, long maxBytes) {
        return page("AND msg_offset > ? ORDER BY msg_offset LIMIT ?", room, epoch, offset, limit, maxBytes);
    }

    private List<Message> page(String bounds, RoomName room, String epoch, long offset, int limit, long maxBytes) {
        return transactions.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(EpochRows.COLUMNS + OF_NUMBERING + bounds)) {
                select.setString(1, room.value());
                select.setString(2, epoch);
                return EpochRows.page(select, 3, offset, limit, maxBytes);
            }
        });
    }

    @Override
    public List<Message> after(long epoch, long offset, int limit, long maxBytes) {
        return epochs.after(epoch, offset, limit, maxBytes);
    }

    @Override
    public List<Key> keysSince(RoomName room, String epoch, long time) {
        return transactions.read(connection -> {
            List<Key> newestFirst = new ArrayList<>();
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT msg_offset, stored_at, key_digest FROM message "
                            + OF_NUMBERING
                            + "ORDER BY msg_offset DESC")) {
                select.setFetchSize(EpochRows.FETCHED_ROWS);
                select.setString(1, room.value());
                select.setString(2, epoch);
                try (ResultSet found = select.executeQuery()) {
                    while (found.next() && found.getLong(2) >= time) {
                        byte[] digest = found.getBytes(3);
                        if (digest != null) {
                            newestFirst.add(new Key(found.getLong(1), found.getLong(2), digest));
                        }
                    }
                }
            }
            Collections.reverse(newestFirst);
            return newestFirst;
        });
    }

    @Override
    public long firstOffset(RoomName room, String epoch) {
        return transactions.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT deleted_to, (SELECT MIN(msg_offset) FROM message WHERE numbering = n.id)"
                            + " FROM numbering n WHERE room = ? AND epoch = ?")) {
                select.setString(1, room.value());
                select.setString(2, epoch);
                try (ResultSet found = select.executeQuery()) {
                    return found.next() ? Math.max(found.getLong(1) + 1, found.getLong(2)) : 1;
                }
            }
        });
    }

    @Override
    public List<Epoch> epochs(long after, int limit) {
        return epochs.all(after, limit);
    }

    @Override
    public List<Epoch> epochs(RoomName room) {
        return epochs.of(room);
    }

    @Override
    public List<Sent> sentBy(UserId sender, long after, int limit, long maxBytes) {
        return epochs.sentBy(sender, after, limit, maxBytes);
    }

    @Override
    public void replace(long epoch, List<StoredMessage> messages) {
        epochs.replace(epoch, messages);
        checkStorage.run();
    }

    @Override
    public int deleteOldest(long epoch, long time, int limit) {
        // Looked for without a transaction that writes: mostly nothing is old, and messages do not change their age.
        long lastOld = transactions.read(connection -> lastOld(connection, epoch, time, limit));
        if (lastOld == 0) {
            return 0;
        }
        return transactions.write(connection -> {
            index.lock(connection);
            index.delete(connection, epoch, 0, lastOld);
            try (PreparedStatement delete =
                            connection.prepareStatement("DELETE FROM message WHERE numbering = ? AND msg_offset <= ?");
                    PreparedStatement note = connection.prepareStatement(
                            "UPDATE numbering SET deleted_to = ? WHERE id = ? AND deleted_to < ?")) {
                delete.setLong(1, epoch);
                delete.setLong(2, lastOld);
                note.setLong(1, lastOld);
                note.setLong(2, epoch);
                // Another node may have deleted more meanwhile.
                note.setLong(3, lastOld);
                note.executeUpdate();
                return delete.executeUpdate();
            }
        });
    }

    /** Offset of the last of the oldest messages, {@code limit} at most, that are old; 0 if none is. */
    private static long lastOld(Connection connection, long epoch, long time, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT msg_offset, stored_at FROM message WHERE numbering = ? ORDER BY msg_offset LIMIT ?")) {
            select.setLong(1, epoch);
            select.setInt(2, limit);
            long last = 0;
            try (ResultSet found = select.executeQuery()) {
                while (found.next() && found.getLong(2) < time) {
                    last = found.getLong(1);
                }
            }
            return last;
        }
    }

    @Override
    public int index(int limit) {
        if (dialect.writesBeside() && wall.millis() - lookedAt > LOOK_MILLIS) {
            lookedAt = wall.millis();
            backlog.look();
        }
        long after = backlog.lookAfter();
        if (after >= 0) {
            MessageIndex.IndexLook look =
                    transactions.read(connection -> MessageIndex.look(connection, after, LOOKED_NUMBERINGS));
            backlog.looked(after, look.found(), look.last());
        }
        List<IndexBacklog.Part> parts = backlog.next(limit);
        if (parts.isEmpty()) {
            return 0;
        }
        Transactions.Work<MessageIndex.Indexed> work = connection -> index.index(connection, parts, limit);
        MessageIndex.Indexed indexed = dialect.writesBeside() ? transactions.read(work) : transactions.write(work);
        indexed.parts().forEach(backlog::indexed);
        return indexed.messages();
    }

    @Override
    public FoundPage search(Search search) {
        return index.search(transactions, search, wall);
    }

    @Override
    public Map<SearchTerms.Term, Set<String>> matching(SearchTerms terms, Set<String> words) {
        return index.matching(transactions, terms, words);
    }

    @Override
    public OptionalLong unindexed() {
        return backlog.lookAfter() < 0 ? OptionalLong.of(backlog.count()) : OptionalLong.empty();
    }

    @Override
    public void check(int bytes) {
        byte[] ballast = new byte[bytes];
        // A database may compress what is always the same.
        new SplittableRandom().nextBytes(ballast);
        setBallast(bytes == 0 ? null : ballast);
        if (bytes > 0) {
            // In a commit of its own: what one commit writes and takes back needs no space.
            setBallast(null);
        }
        checkStorage.run();
    }

    private void setBallast(byte[] ballast) {
        transactions.write(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE archive SET checked_at = ?, ballast = ?")) {
                update.setLong(1, wall.millis());
                update.setBytes(2, ballast);
                return update.executeUpdate();
            }
        });
    }

    @Override
    public Copies copies() {
        return new JdbcCopies(transactions, this::append, backlog::add, this::forgetStored, wall);
    }

    @Override
    public Lives lives() {
        return new JdbcLives(transactions);
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public void close() {
        transactions.close();
        closeSource.run();
    }
}

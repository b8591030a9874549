package io.roomcast.archive;

import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Copies in PostgreSQL. Leases go by the clock of the database, so that the clocks of nodes do not matter.
 *
 * <p><b>Concurrency.</b> Each call has a transaction for itself. A commit of copies locks the rows of their shards: so
 * another node takes a shard before the commit, which then fails, or after it.
 */
final class JdbcCopies implements Copies {
    /** How long operators may look for a node that has died. */
    private static final long FORGOTTEN_MILLIS = Duration.ofDays(1).toMillis();

    static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /** Appends messages within a transaction, as {@link Archive#append}. Returns what is to be indexed. */
    @FunctionalInterface
    interface Appender {
        List<IndexBacklog.Part> append(Connection connection, List<Archive.Run> runs) throws SQLException;
    }

    private final Transactions transactions;
    private final Appender appender;
    private final Consumer<IndexBacklog.Part> whenStored;
    private final Runnable whenFailed;
    private final InstantSource wall;

    /**
     * @param whenStored called when messages are committed
     * @param whenFailed called when what was written was not committed
     */
    JdbcCopies(
            Transactions transactions,
            Appender appender,
            Consumer<IndexBacklog.Part> whenStored,
            Runnable whenFailed,
            InstantSource wall) {
        this.transactions = transactions;
        this.appender = appender;
        this.whenStored = whenStored;
        this.whenFailed = whenFailed;
        this.wall = wall;
    }

    @Override
    public Lease lease(String node, Duration time) {
        return transactions.write(connection -> {
            update(
                    connection,
                    "INSERT INTO archiver_node (node, seen_at) VALUES (?, " + NOW + ")"
                            + " ON CONFLICT (node) DO UPDATE SET seen_at = excluded.seen_at",
                    node);
            forgetDead(connection);
            int nodes = Math.max(1, living(connection, time));
            int share = (SHARDS + nodes - 1) / nodes;
            Set<Integer> held = renew(connection, node, time, share);
            try (PreparedStatement surplus = connection.prepareStatement(
                    "UPDATE archiver_shard SET node = NULL, leased_until = 0 WHERE node = ? AND NOT shard = ANY (?)")) {
                surplus.setString(1, node);
                surplus.setArray(2, connection.createArrayOf("int4", held.toArray()));
                surplus.executeUpdate();
            }
            return new Lease(held, nodes, since(connection));
        });
    }

    private static void forgetDead(Connection connection) throws SQLException {
        try (Statement delete = connection.createStatement()) {
            delete.executeUpdate("DELETE FROM archiver_node WHERE seen_at < " + NOW + " - " + FORGOTTEN_MILLIS);
        }
    }

    private static long since(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE archive SET copied_since = " + NOW + " WHERE copied_since IS NULL");
            try (ResultSet found = statement.executeQuery("SELECT copied_since FROM archive")) {
                found.next();
                return found.getLong(1);
            }
        }
    }

    private static int living(Connection connection, Duration time) throws SQLException {
        try (PreparedStatement count =
                connection.prepareStatement("SELECT count(*) FROM archiver_node WHERE seen_at > " + NOW + " - ?")) {
            count.setLong(1, time.toMillis());
            try (ResultSet found = count.executeQuery()) {
                found.next();
                return found.getInt(1);
            }
        }
    }

    private static Set<Integer> renew(Connection connection, String node, Duration time, int share)
            throws SQLException {
        try (PreparedStatement take = connection.prepareStatement("UPDATE archiver_shard SET node = ?, leased_until = "
                + NOW
                + " + ? WHERE shard IN (SELECT shard FROM archiver_shard WHERE node = ? OR leased_until < " + NOW
                + " ORDER BY COALESCE(node = ?, FALSE) DESC, shard LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING shard")) {
            take.setString(1, node);
            take.setLong(2, time.toMillis());
            take.setString(3, node);
            take.setString(4, node);
            take.setInt(5, share);
            Set<Integer> held = new HashSet<>();
            try (ResultSet found = take.executeQuery()) {
                while (found.next()) {
                    held.add(found.getInt(1));
                }
            }
            return held;
        }
    }

    @Override
    public void release(String node) {
        transactions.write(connection -> {
            update(connection, "UPDATE archiver_shard SET node = NULL, leased_until = 0 WHERE node = ?", node);
            update(connection, "DELETE FROM archiver_node WHERE node = ?", node);
            return null;
        });
    }

    @Override
    public void interrupt() {
        // One at a time: nobody waits for this node while it waits for somebody.
        for (int each = 0; each < SHARDS; each++) {
            int shard = each;
            transactions.write(connection -> interrupt(connection, shard));
        }
    }

    private static int interrupt(Connection connection, int shard) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE archiver_shard SET node = NULL, leased_until = 0 WHERE shard = ?")) {
            update.setInt(1, shard);
            return update.executeUpdate();
        }
    }

    @Override
    public void bring(Archive.Run run, long continuesTo) {
        store(connection -> {
            interrupt(connection, Copies.shardOf(run.room()));
            begin(connection, List.of(new Copy(run.room(), run.epoch(), continuesTo, List.of(), run.messages())));
            List<IndexBacklog.Part> parts = appender.append(connection, List.of(run));
            fillHoles(connection, run);
            return parts;
        });
    }

    /** A node may have found the places claimed, and no messages there. */
    private static void fillHoles(Connection connection, Archive.Run run) throws SQLException {
        String inNumbering = " WHERE numbering = (SELECT id FROM numbering WHERE room = ? AND epoch = ?)";
        long first = run.messages().get(0).offset();
        long last = run.messages().get(run.messages().size() - 1).offset();
        try (PreparedStatement delete = connection.prepareStatement(
                        "DELETE FROM hole" + inNumbering + " AND first_offset >= ? AND last_offset <= ?");
                PreparedStatement begin = connection.prepareStatement(
                        "UPDATE hole SET first_offset = ?" + inNumbering + " AND first_offset BETWEEN ? AND ?")) {
            delete.setString(1, run.room().value());
            delete.setString(2, run.epoch());
            delete.setLong(3, first);
            delete.setLong(4, last);
            delete.executeUpdate();
            begin.setLong(1, last + 1);
            begin.setString(2, run.room().value());
            begin.setString(3, run.epoch());
            begin.setLong(4, first);
            begin.setLong(5, last);
            begin.executeUpdate();
        }
    }

    private static void update(Connection connection, String command, String node) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(command)) {
            statement.setString(1, node);
            statement.executeUpdate();
        }
    }

    @Override
    public Map<RoomName, Head> heads(Collection<RoomName> rooms) {
        return transactions.read(connection -> {
            Map<RoomName, Head> heads = new HashMap<>();
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT DISTINCT ON (n.room) n.room, n.epoch, GREATEST(n.deleted_to,"
                            + " n.continues_to, (SELECT MAX(msg_offset) FROM message WHERE numbering = n.id),"
                            + " (SELECT MAX(last_offset) FROM hole WHERE numbering = n.id))"
                            + " FROM numbering n WHERE n.room = ANY (?) ORDER BY n.room, n.id DESC")) {
                select.setArray(
                        1,
                        connection.createArrayOf(
                                "text", rooms.stream().map(RoomName::value).toArray()));
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        heads.put(new RoomName(found.getString(1)), new Head(found.getString(2), found.getLong(3)));
                    }
                }
            }
            return heads;
        });
    }

    @Override
    public boolean store(String node, Duration time, String data, List<Copy> copies) {
        Set<Integer> shards =
                copies.stream().map(copy -> Copies.shardOf(copy.room())).collect(Collectors.toSet());
        return store(connection -> {
            if (!holds(connection, node, time, shards) || !JdbcLives.areIn(connection, data)) {
                connection.rollback();
                return null;
            }
            begin(connection, copies);
            List<IndexBacklog.Part> parts = appender.append(connection, runs(copies));
            noteHoles(connection, copies);
            return parts;
        });
    }

    /** @param work returns what is to be indexed; null if nothing was stored */
    private boolean store(Transactions.Work<List<IndexBacklog.Part>> work) {
        try {
            List<IndexBacklog.Part> stored = transactions.write(work);
            if (stored == null) {
                return false;
            }
            stored.forEach(whenStored);
            return true;
        } catch (RuntimeException | Error e) {
            whenFailed.run();
            throw e;
        }
    }

    private static boolean holds(Connection connection, String node, Duration time, Set<Integer> shards)
            throws SQLException {
        // Some rows may be renewed although others are lost: a lease that is longer does no harm.
        try (PreparedStatement renew = connection.prepareStatement(
                "UPDATE archiver_shard SET leased_until = " + NOW + " + ? WHERE node = ? AND shard = ANY (?)")) {
            renew.setLong(1, time.toMillis());
            renew.setString(2, node);
            renew.setArray(3, connection.createArrayOf("int4", shards.toArray()));
            return renew.executeUpdate() == shards.size();
        }
    }

    private void begin(Connection connection, List<Copy> copies) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO numbering (room, epoch, began_at, continues_to,"
                        + " placed_in) SELECT ?, ?, ?, ?, birth FROM archive ON CONFLICT (room, epoch) DO NOTHING")) {
            boolean hasAny = false;
            for (Copy copy : copies) {
                if (!copy.holes().isEmpty() || copy.continuesTo() > 0) {
                    insert.setString(1, copy.room().value());
                    insert.setString(2, copy.epoch());
                    insert.setLong(
                            3,
                            copy.messages().isEmpty()
                                    ? wall.millis()
                                    : copy.messages().get(0).storedAt());
                    insert.setLong(4, copy.continuesTo());
                    insert.addBatch();
                    hasAny = true;
                }
            }
            if (hasAny) {
                insert.executeBatch();
            }
        }
    }

    private static List<Archive.Run> runs(List<Copy> copies) {
        return copies.stream()
                .filter(copy -> !copy.messages().isEmpty())
                .map(copy -> new Archive.Run(copy.room(), copy.epoch(), copy.messages()))
                .toList();
    }

    private void noteHoles(Connection connection, List<Copy> copies) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO hole (numbering, first_offset, last_offset, found_at)"
                        + " SELECT id, ?, ?, ? FROM numbering WHERE room = ? AND epoch = ?")) {
            for (Copy copy : copies) {
                for (Hole hole : copy.holes()) {
                    insert.setLong(1, hole.first());
                    insert.setLong(2, hole.last());
                    insert.setLong(3, wall.millis());
                    insert.setString(4, copy.room().value());
                    insert.setString(5, copy.epoch());
                    insert.executeUpdate();
                }
            }
        }
    }

    @Override
    public List<Link> chain(RoomName room, int most) {
        return transactions.read(connection -> {
            List<Link> links = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT epoch, continues_to FROM numbering WHERE room = ? ORDER BY id DESC LIMIT ?")) {
                select.setString(1, room.value());
                select.setInt(2, most);
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        links.add(new Link(found.getString(1), found.getLong(2)));
                    }
                }
            }
            return links;
        });
    }
}

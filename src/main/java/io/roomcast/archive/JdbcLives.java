package io.roomcast.archive;

import static io.roomcast.archive.JdbcCopies.NOW;

import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Lives;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lives of nodes, in PostgreSQL.
 *
 * <p><b>Concurrency.</b> The row of {@code archive} names the data in which the nodes are. Whoever changes it, or takes
 * a life out, locks the row. Claims and copies share the row until their commit: so they come before a change, or after
 * it, and then find it.
 */
final class JdbcLives implements Lives {
    /** A life that was renewed in this time is waited for. */
    private static final long LIVING_MILLIS = Duration.ofSeconds(30).toMillis();

    /** The newest numbering of each of some rooms. */
    private static final String NEWEST = "(SELECT MAX(n.id) FROM numbering n WHERE n.room = r.room)";

    private final Transactions transactions;

    JdbcLives(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Whether the nodes are in these data, until the end of the transaction. */
    static boolean areIn(Connection connection, String data) throws SQLException {
        if (data == null) {
            return true;
        }
        try (Statement select = connection.createStatement();
                ResultSet found = select.executeQuery("SELECT birth || '|' || run FROM archive FOR SHARE")) {
            return found.next() && data.equals(found.getString(1));
        }
    }

    private static boolean lock(Connection connection, Data data) throws SQLException {
        try (Statement select = connection.createStatement();
                ResultSet found = select.executeQuery("SELECT birth || '|' || run FROM archive FOR UPDATE")) {
            return found.next() && data.name().equals(found.getString(1));
        }
    }

    /** Runs a command whose parameters are texts, numbers and names of rooms. */
    private static int update(Connection connection, String command, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(command)) {
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof Collection<?> rooms) {
                    statement.setArray(
                            i + 1,
                            connection.createArrayOf(
                                    "text", rooms.stream().map(String::valueOf).toArray()));
                } else {
                    statement.setObject(i + 1, parameters[i]);
                }
            }
            return statement.executeUpdate();
        }
    }

    private static List<String> names(Collection<RoomName> rooms) {
        return rooms.stream().map(RoomName::value).toList();
    }

    @Override
    public void enter(String life, Data data, Unarchived open) {
        transactions.read(connection -> {
            if (!lock(connection, data)) {
                update(
                        connection,
                        "UPDATE archive SET birth = ?, run = ?, first_birth = COALESCE(first_birth, ?)",
                        data.birth(),
                        data.run(),
                        data.birth());
                // Those who were there before any node took part.
                update(
                        connection,
                        "UPDATE node_life SET birth = ?, run = ? WHERE life = ? AND birth = ''",
                        data.birth(),
                        data.run(),
                        STRANGERS);
            }
            if (open.isAll()) {
                endAll(connection);
            } else if (!open.rooms().isEmpty()) {
                addOpen(connection, life, open.rooms());
            }
            enter(connection, life, data);
            return null;
        });
    }

    private static void endAll(Connection connection) throws SQLException {
        update(connection, "UPDATE archive SET ended_to = COALESCE((SELECT MAX(id) FROM numbering), 0)");
    }

    private static void addOpen(Connection connection, String life, Collection<RoomName> rooms) throws SQLException {
        update(
                connection,
                "INSERT INTO open_numbering (numbering, life) SELECT id, ? FROM (SELECT " + NEWEST
                        + " AS id FROM unnest(?) AS r(room)) newest WHERE id IS NOT NULL ON CONFLICT DO NOTHING",
                life,
                names(rooms));
    }

    private static void enter(Connection connection, String life, Data data) throws SQLException {
        update(
                connection,
                "INSERT INTO node_life (life, birth, run, seen_at) VALUES (?, ?, ?, " + NOW + ") ON CONFLICT (life)"
                        + " DO UPDATE SET birth = excluded.birth, run = excluded.run, seen_at = excluded.seen_at",
                life,
                data.birth(),
                data.run());
    }

    @Override
    public boolean renew(String life, Data data) {
        return transactions.read(connection -> update(
                        connection,
                        "UPDATE node_life SET seen_at = " + NOW + " WHERE life = ?"
                                + " AND EXISTS (SELECT FROM archive WHERE birth = ? AND run = ?)",
                        life,
                        data.birth(),
                        data.run())
                > 0);
    }

    @Override
    public void settled(String life, Collection<RoomName> rooms) {
        transactions.read(connection -> update(
                connection,
                "DELETE FROM open_numbering WHERE life = ? AND numbering IN"
                        + " (SELECT id FROM numbering WHERE room = ANY (?))",
                life,
                names(rooms)));
    }

    @Override
    public void leave(String life) {
        transactions.read(connection -> update(connection, "DELETE FROM node_life WHERE life = ?", life));
    }

    @Override
    public void strangers(Data data) {
        transactions.read(connection -> {
            enter(connection, STRANGERS, data);
            return null;
        });
    }

    @Override
    public void ended(String life, Collection<RoomName> rooms) {
        transactions.read(connection -> {
            addOpen(connection, life, rooms);
            return null;
        });
    }

    @Override
    public Claims claim(Data data, Collection<RoomName> rooms) {
        return transactions.read(connection -> {
            if (!areIn(connection, data.name())) {
                return new Claims(true, Map.of(), Set.of());
            }
            Boolean elsewhere = livingElsewhere(connection, data);
            if (Boolean.TRUE.equals(elsewhere)) {
                return new Claims(true, Map.of(), Set.of());
            }
            Set<RoomName> known = known(connection, rooms);
            Map<RoomName, Placed> placed =
                    elsewhere != null || known.isEmpty() ? Map.of() : place(connection, data, known);
            known.removeAll(placed.keySet());
            return new Claims(false, placed, known);
        });
    }

    /** Null if all lives are in data of this birth; else whether all the others live. */
    private static Boolean livingElsewhere(Connection connection, Data data) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT bool_and(seen_at > " + NOW + " - ?) FROM node_life WHERE birth <> ?")) {
            select.setLong(1, LIVING_MILLIS);
            select.setString(2, data.birth());
            try (ResultSet found = select.executeQuery()) {
                found.next();
                boolean living = found.getBoolean(1);
                return found.wasNull() ? null : living;
            }
        }
    }

    private static Set<RoomName> known(Connection connection, Collection<RoomName> rooms) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT DISTINCT room FROM numbering WHERE room = ANY (?)")) {
            select.setArray(1, connection.createArrayOf("text", names(rooms).toArray()));
            Set<RoomName> known = new HashSet<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    known.add(new RoomName(found.getString(1)));
                }
            }
            return known;
        }
    }

    private static Map<RoomName, Placed> place(Connection connection, Data data, Set<RoomName> rooms)
            throws SQLException {
        // The row is locked by the update, so that of two nodes one finds it placed.
        try (PreparedStatement update = connection.prepareStatement("UPDATE numbering n SET placed_in = ?"
                + " FROM archive a, (SELECT " + NEWEST + " AS id FROM unnest(?) AS r(room)) newest"
                + " WHERE n.id = newest.id AND n.id > a.ended_to AND COALESCE(n.placed_in, a.first_birth) <> ?"
                + " AND NOT EXISTS (SELECT FROM open_numbering o WHERE o.numbering = n.id)"
                + " RETURNING n.room, n.epoch, n.continues_to, GREATEST(n.deleted_to, n.continues_to,"
                + " (SELECT MAX(msg_offset) FROM message WHERE numbering = n.id),"
                + " (SELECT MAX(last_offset) FROM hole WHERE numbering = n.id))")) {
            update.setString(1, data.birth());
            update.setArray(2, connection.createArrayOf("text", names(rooms).toArray()));
            update.setString(3, data.birth());
            Map<RoomName, Placed> placed = new HashMap<>();
            try (ResultSet found = update.executeQuery()) {
                while (found.next()) {
                    placed.put(
                            new RoomName(found.getString(1)),
                            new Placed(found.getString(2), found.getLong(3), found.getLong(4)));
                }
            }
            return placed;
        }
    }

    @Override
    public List<Silent> silent(Data data, Duration time) {
        return transactions.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT life, birth, run FROM node_life WHERE seen_at < " + NOW + " - ?")) {
                select.setLong(1, time.toMillis());
                List<Silent> silent = new ArrayList<>();
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        Data own = new Data(found.getString(2), found.getString(3));
                        silent.add(new Silent(
                                found.getString(1),
                                own.equals(data),
                                own.birth().equals(data.birth())));
                    }
                }
                return silent;
            }
        });
    }

    @Override
    public void lost(String life, Data data, Duration time) {
        transactions.read(connection -> {
            boolean isSilent = lock(connection, data)
                    && update(
                                            connection,
                                            "DELETE FROM node_life WHERE life = ? AND birth <> ? AND seen_at < " + NOW
                                                    + " - ?",
                                            life,
                                            data.birth(),
                                            time.toMillis())
                                    + update(
                                            connection,
                                            "UPDATE node_life SET run = ? WHERE life = ? AND run <> ? AND seen_at < "
                                                    + NOW + " - ?",
                                            data.run(),
                                            life,
                                            data.run(),
                                            time.toMillis())
                            > 0;
            if (isSilent) {
                endAll(connection);
            }
            return null;
        });
    }

    @Override
    public void archived(String life, Data data, Duration time) {
        transactions.read(connection -> lock(connection, data)
                ? update(
                        connection,
                        "DELETE FROM node_life WHERE life = ? AND birth = ? AND run = ? AND seen_at < " + NOW + " - ?",
                        life,
                        data.birth(),
                        data.run(),
                        time.toMillis())
                : 0);
    }
}

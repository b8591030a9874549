package io.roomcast.archive;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** What differs from database to database. The tables do, too: each has its own files of SQL for {@link Migrations}. */
public enum Dialect {
    /** Its file belongs to one node, whose embedded server has locked the directory. */
    SQLITE("sqlite") {
        @Override
        boolean isDamage(SQLException failure) {
            return SQLITE_DAMAGE.contains(failure.getErrorCode() & SQLITE_PRIMARY_CODE);
        }

        @Override
        void claim(Connection connection) {}

        @Override
        void release(Connection connection) {}

        @Override
        MessageIndex index(String language) {
            return new SqliteIndex();
        }

        @Override
        boolean writesBeside() {
            return false;
        }
    },

    /**
     * The node that writes holds a lock of the session of its connection. Who has lost the connection has lost the lock,
     * and can write nothing more before it has it again.
     */
    POSTGRESQL("postgresql") {
        @Override
        boolean isDamage(SQLException failure) {
            return POSTGRESQL_DAMAGE.contains(String.valueOf(failure.getSQLState()));
        }

        @Override
        void claim(Connection connection) throws SQLException {
            claimPostgres(
                    connection,
                    "pg_try_advisory_lock",
                    "another node uses it; this one waits until that one has ended");
        }

        @Override
        void release(Connection connection) throws SQLException {
            releasePostgres(connection, "pg_advisory_unlock");
        }

        @Override
        MessageIndex index(String language) {
            return new PostgresIndex(language);
        }

        @Override
        boolean writesBeside() {
            return true;
        }
    },

    /**
     * Many nodes write: each what its leases allow. They share a lock of their sessions, so that no node with {@link
     * #POSTGRESQL} writes meanwhile, which would give offsets of its own.
     */
    POSTGRESQL_SHARED("postgresql") {
        @Override
        boolean isDamage(SQLException failure) {
            return POSTGRESQL.isDamage(failure);
        }

        @Override
        void claim(Connection connection) throws SQLException {
            claimPostgres(
                    connection,
                    "pg_try_advisory_lock_shared",
                    "a node with roomcast.relay=local uses it; this one waits until that one has ended");
        }

        @Override
        void release(Connection connection) throws SQLException {
            releasePostgres(connection, "pg_advisory_unlock_shared");
        }

        @Override
        MessageIndex index(String language) {
            return POSTGRESQL.index(language);
        }

        @Override
        boolean writesBeside() {
            return true;
        }
    };

    private static final Logger LOG = System.getLogger(Dialect.class.getName());

    /** SQLite's primary result codes SQLITE_CORRUPT and SQLITE_NOTADB. */
    private static final Set<Integer> SQLITE_DAMAGE = Set.of(11, 26);

    /** An extended result code of SQLite has the primary one in its lowest byte. */
    private static final int SQLITE_PRIMARY_CODE = 0xff;

    /** PostgreSQL's data_corrupted and index_corrupted. */
    private static final Set<String> POSTGRESQL_DAMAGE = Set.of("XX001", "XX002");

    /** Arguments of the functions for the lock. A database may have several archives, each in a schema of its own. */
    private static final String LOCK = "(1919905645, hashtext(current_schema()))";

    /** PostgreSQL ends the session, and its lock, half a minute after the node's machine is gone without a word. */
    private static final Set<String> NOTICE_LOST_NODES =
            Set.of("SET tcp_keepalives_idle = 15", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 3");

    private final String folder;

    Dialect(String folder) {
        this.folder = folder;
    }

    /** The folder of its migrations, beside this class. */
    String folder() {
        return folder;
    }

    /** Whether the database says that its data are damaged. */
    abstract boolean isDamage(SQLException failure);

    /**
     * Makes the connection the only one that may write to the archive. To be called outside a transaction.
     *
     * @throws SQLException if another node has one
     */
    abstract void claim(Connection connection) throws SQLException;

    /** Takes back {@link #claim}. */
    abstract void release(Connection connection) throws SQLException;

    /** @param language of the words; SQLite knows none */
    abstract MessageIndex index(String language);

    /** Whether several transactions may write at once, so that the index does not delay messages. */
    abstract boolean writesBeside();

    private static void claimPostgres(Connection connection, String lock, String refusal) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String setting : NOTICE_LOST_NODES) {
                statement.execute(setting);
            }
            if (!isTrue(statement, "SELECT " + lock + LOCK)) {
                throw new SQLException(refusal);
            }
            if (isTrue(
                    statement,
                    "SELECT current_setting('fsync') = 'off' OR current_setting('synchronous_commit') = 'off'")) {
                LOG.log(
                        Level.WARNING,
                        "PostgreSQL has fsync or synchronous_commit off: what it has committed may be lost with its"
                                + " machine");
            }
        }
        connection.commit();
    }

    private static void releasePostgres(Connection connection, String unlock) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT " + unlock + LOCK);
        }
        connection.commit();
    }

    private static boolean isTrue(Statement statement, String query) throws SQLException {
        try (ResultSet found = statement.executeQuery(query)) {
            return found.next() && found.getBoolean(1);
        }
    }
}

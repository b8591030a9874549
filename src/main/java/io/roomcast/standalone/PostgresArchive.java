package io.roomcast.standalone;

import com.zaxxer.hikari.HikariDataSource;
import io.roomcast.archive.Dialect;
import io.roomcast.archive.JdbcArchive;
import io.roomcast.archive.LazyArchive;
import io.roomcast.archive.UnfitDatabaseException;
import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** Opens the archive in the PostgreSQL that {@code roomcast.archive.url} names. */
final class PostgresArchive {
    private static final String KEY = ArchiveKeys.URL.name();

    /** One writes, two read messages, two search, one indexes, one deletes, one exports; one asks what is copied. */
    private static final int CONNECTIONS = 9;

    private static final int CONNECTION_MILLIS = 5_000;

    /** A database that answers nothing must not hold the thread of the commits for ever. */
    private static final int ANSWER_SECONDS = 30;

    private PostgresArchive() {}

    /**
     * The database may be away, and is tried again then.
     *
     * @throws StartException with a line that says what to do
     */
    static Archive open(RoomcastConfig config) {
        String relay = config.get(Keys.RELAY);
        if (!relay.equals("local") && !relay.equals("redis")) {
            throw new StartException(KEY + " needs " + Keys.RELAY.name() + "=local or redis");
        }
        Dialect dialect = relay.equals("local") ? Dialect.POSTGRESQL : Dialect.POSTGRESQL_SHARED;
        PGSimpleDataSource database = database(config);
        String place = place(config.get(ArchiveKeys.URL));
        LazyArchive archive =
                new LazyArchive(KEY, place, () -> open(database, dialect, place, config), System::nanoTime);
        try {
            archive.tryToOpen();
        } catch (UnfitDatabaseException e) {
            throw new StartException(
                    KEY + " cannot be used: " + e.getMessage() + "; see \"PostgreSQL\" in docs/archive.md");
        }
        return archive;
    }

    /** The URL without its parameters, of which one may be a password. */
    private static String place(String url) {
        return url.replaceFirst("\\?.*", "").replaceFirst("//[^/@]*@", "//");
    }

    /** What the URL says holds; what it does not say has other defaults than the driver's own. */
    private static PGSimpleDataSource database(RoomcastConfig config) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        try {
            database.setURL(config.get(ArchiveKeys.URL));
            if (database.getUser() == null && !config.get(ArchiveKeys.USER).isEmpty()) {
                database.setUser(config.get(ArchiveKeys.USER));
            }
            if (database.getPassword() == null
                    && !config.get(ArchiveKeys.PASSWORD).isEmpty()) {
                database.setPassword(config.get(ArchiveKeys.PASSWORD));
            }
            byDefault(database, config, PGProperty.SOCKET_TIMEOUT, ANSWER_SECONDS);
            byDefault(database, config, PGProperty.TCP_KEEP_ALIVE, true);
            byDefault(database, config, PGProperty.REWRITE_BATCHED_INSERTS, true);
            // The details of an error may have a message, which belongs in no log.
            byDefault(database, config, PGProperty.LOG_SERVER_ERROR_DETAIL, false);
            byDefault(database, config, PGProperty.APPLICATION_NAME, "roomcast");
        } catch (IllegalArgumentException | SQLException e) {
            throw new StartException(KEY + " is no URL of PostgreSQL; it is like jdbc:postgresql://host:5432/database");
        }
        return database;
    }

    private static void byDefault(PGSimpleDataSource database, RoomcastConfig config, PGProperty property, Object value)
            throws SQLException {
        if (!config.get(ArchiveKeys.URL).matches(".*[?&]" + property.getName() + "=.*")) {
            database.setProperty(property, value.toString());
        }
    }

    private static Archive open(PGSimpleDataSource database, Dialect dialect, String place, RoomcastConfig config) {
        // Says at once, and in its own words, why it cannot be reached. A pool would wait, and then say that it did.
        try (Connection first = database.getConnection()) {
            first.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new ArchiveException(String.valueOf(e.getMessage()), e, false);
        }
        HikariDataSource pool = ArchivePool.of(database, CONNECTIONS, CONNECTION_MILLIS);
        try {
            return new JdbcArchive(
                    pool,
                    dialect,
                    place,
                    config.get(ArchiveKeys.LANGUAGE),
                    InstantSource.system(),
                    pool::evictConnection,
                    () -> {},
                    pool::close);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }
}

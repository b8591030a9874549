package io.roomcast.standalone;

import com.zaxxer.hikari.HikariDataSource;
import io.roomcast.archive.Dialect;
import io.roomcast.archive.JdbcArchive;
import io.roomcast.archive.UnfitDatabaseException;
import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;

/**
 * Opens the archive of the embedded server: an SQLite database in the node's {@link DataDirectory}, or the PostgreSQL
 * that {@link PostgresArchive} reaches.
 */
public final class EmbeddedArchive {
    private static final String FILE = "roomcast.db";
    /** SQLite unpacks its native library there. The system's own place for temporary files may not run programs. */
    private static final String NATIVE_DIRECTORY = "org.sqlite.tmpdir";

    /**
     * What SQLite unpacks: {@code sqlite-VERSION-UUID-LIBRARY}, and the same with {@code .lck}. It deletes them at the
     * end, but not if the process is killed. A backup may be called {@code sqlite-2026-11-30.db}.
     */
    private static final String NATIVE_FILES = "sqlite-*-*sqlitejdbc.*";

    /** One writes, two read messages, two search, one looks for what is not indexed, and one exports. */
    private static final int CONNECTIONS = 7;

    /** A number of pages that is no limit. */
    static final int NO_LIMIT = 0;

    private static final int BUSY_MILLIS = 5_000;

    private EmbeddedArchive() {}

    /**
     * Opens the archive, if the configuration says that there is one.
     *
     * @throws StartException with a line that says what to do
     */
    public static Optional<Archive> open(RoomcastConfig config) {
        return open(config, NO_LIMIT);
    }

    /** @param maxPages most pages of the database, or {@link #NO_LIMIT} */
    static Optional<Archive> open(RoomcastConfig config, int maxPages) {
        if (!config.get(ArchiveKeys.DATASOURCE).isEmpty()) {
            throw new StartException(ArchiveKeys.DATASOURCE.name() + " is for application servers; the embedded server"
                    + " has " + ArchiveKeys.URL.name());
        }
        if (!config.get(ArchiveKeys.URL).isEmpty()) {
            return Optional.of(PostgresArchive.open(config));
        }
        if (!isOn(config)) {
            return Optional.empty();
        }
        DataDirectory directory = DataDirectory.open(config.get(ArchiveKeys.DATA));
        try {
            return Optional.of(open(directory, maxPages));
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    static boolean isOn(RoomcastConfig config) {
        return config.get(Keys.RELAY).equals("local")
                && !config.get(ArchiveKeys.DATA).equals(ArchiveKeys.NONE);
    }

    private static Archive open(DataDirectory directory, int maxPages) {
        Path file = directory.path().resolve(FILE);
        directory.deleteAbandoned(NATIVE_FILES);
        if (System.getProperty(NATIVE_DIRECTORY) == null) {
            System.setProperty(
                    NATIVE_DIRECTORY, directory.path().toAbsolutePath().toString());
        }
        SQLiteDataSource database = database(file, maxPages);
        HikariDataSource pool = null;
        try {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                // Reads the first pages, and recovers what a killed process has left.
                statement.execute("SELECT COUNT(*) FROM sqlite_schema");
            }
            pool = ArchivePool.of(database, CONNECTIONS, BUSY_MILLIS);
            HikariDataSource opened = pool;
            return new JdbcArchive(
                    opened,
                    Dialect.SQLITE,
                    file.toString(),
                    "",
                    InstantSource.system(),
                    opened::evictConnection,
                    new SqliteFiles(file)::check,
                    () -> {
                        opened.close();
                        directory.close();
                    });
        } catch (SQLException | ArchiveException | UnfitDatabaseException e) {
            if (pool != null) {
                pool.close();
            }
            throw new StartException(DataDirectory.unusable(directory.path(), FILE + ": " + e.getMessage())
                    + "; see \"When the archive does not start\" in docs/archive.md, or use --data=none to keep messages"
                    + " in memory only");
        }
    }

    private static SQLiteDataSource database(Path file, int maxPages) {
        SQLiteConfig settings = new SQLiteConfig();
        settings.setJournalMode(JournalMode.WAL);
        // A commit has reached the disk before it is acknowledged.
        settings.setSynchronous(SynchronousMode.FULL);
        settings.setBusyTimeout(BUSY_MILLIS);
        settings.enforceForeignKeys(true);
        // What is erased or deleted is overwritten, and not only forgotten.
        settings.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
        if (maxPages != NO_LIMIT) {
            settings.setMaxPageCount(maxPages);
        }
        SQLiteDataSource database = new SQLiteDataSource(settings);
        database.setUrl("jdbc:sqlite:" + file);
        return database;
    }
}

package io.roomcast.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/**
 * Brings the tables of a database to the version that this program knows. Each version is a file of SQL with the number
 * of the version, such as {@code sqlite/1.sql}. A file that was released never changes. A version and its number in the
 * table {@code schema_version} are one transaction, so that a migration that ends half-way is begun again.
 */
final class Migrations {
    private static final int NEWEST = 5;

    private static final Pattern COMMAND_END = Pattern.compile(";\\s*\\n");

    private Migrations() {}

    /**
     * Runs what is missing, and commits.
     *
     * @throws UnfitDatabaseException if a newer program has made the tables
     */
    static void run(Connection connection, Dialect dialect) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
        }
        connection.commit();
        int version = version(connection);
        if (version > NEWEST) {
            throw UnfitDatabaseException.newerSchema(version, NEWEST);
        }
        for (int next = version + 1; next <= NEWEST; next++) {
            try (Statement statement = connection.createStatement();
                    PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO schema_version (version) VALUES (?)")) {
                insert.setInt(1, next);
                insert.executeUpdate();
                for (String command : COMMAND_END.split(text(dialect.folder() + "/" + next + ".sql"), -1)) {
                    if (!command.isBlank()) {
                        statement.execute(command);
                    }
                }
            }
            connection.commit();
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM schema_version")) {
            found.next();
            return found.getInt(1);
        }
    }

    private static String text(String resource) {
        try (InputStream stream = Migrations.class.getResourceAsStream(resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.roomcast.support.postgres;

import static org.junit.jupiter.api.Assumptions.abort;

import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.machine.Ports;
import io.roomcast.support.machine.ProcessSignal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A real PostgreSQL on a free loopback port, with a database and a user for Roomcast. Where it cannot run, the test is
 * skipped.
 */
public final class PostgresProcess extends BrokerProcess {
    public static final String USER = "roomcast";
    public static final String PASSWORD = "for tests";

    private static final String SUPERUSER = "postgres";

    private final int port = Ports.free();

    private PostgresProcess() {
        super("postgres");
        initialize();
        start();
        run("CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD + "'");
        run("CREATE DATABASE roomcast OWNER " + USER);
    }

    public static PostgresProcess launch() {
        return new PostgresProcess();
    }

    private void initialize() {
        try {
            Path password = Files.writeString(directory().resolve("password"), PASSWORD);
            PostgresFiles.give(password);
            PostgresFiles.give(directory());
            PostgresFiles.run(PostgresFiles.command(
                    "initdb",
                    "--pgdata=" + data(),
                    "--username=" + SUPERUSER,
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync"));
        } catch (IOException e) {
            abort("PostgreSQL cannot be started here: " + e.getMessage());
        }
    }

    private Path data() {
        return directory().resolve("data");
    }

    public int port() {
        return port;
    }

    /** As administrators and drivers write it, without a user. */
    public String url() {
        return url("roomcast");
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Where nothing is yet: a schema of this name. */
    public String newUrl(String schema) {
        run("CREATE SCHEMA " + schema + " AUTHORIZATION " + USER);
        return url() + "?currentSchema=" + schema;
    }

    /**
     * The keys of an archive.
     *
     * @param more other keys, in turn with their values
     */
    public static Map<String, String> settings(String url, String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "roomcast.archive.url", url, "roomcast.archive.user", USER, "roomcast.archive.password", PASSWORD));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    /** What an administrator does, in the database of Roomcast if there is one. */
    public void run(String command) {
        String database =
                command.startsWith("CREATE DATABASE") || command.startsWith("CREATE ROLE") ? SUPERUSER : "roomcast";
        try (Connection connection = DriverManager.getConnection(url(database), SUPERUSER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The number that a query gives, as an administrator sees it. */
    public long count(String query) {
        try (Connection connection = DriverManager.getConnection(url("roomcast"), SUPERUSER, PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            found.next();
            return found.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The texts of the only column of a query, as an administrator sees them. */
    public List<String> texts(String query) {
        try (Connection connection = DriverManager.getConnection(url("roomcast"), SUPERUSER, PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (found.next()) {
                texts.add(found.getString(1));
            }
            return texts;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGSTOP for all its processes: connections stay open, and nothing is answered. */
    public void standStill() {
        signal(ProcessSignal.STOP);
    }

    public void goOn() {
        signal(ProcessSignal.CONT);
    }

    private void signal(ProcessSignal signal) {
        Stream.concat(handle().descendants(), Stream.of(handle())).forEach(signal::sendTo);
    }

    private ProcessHandle handle() {
        return ProcessHandle.of(pid()).orElseThrow();
    }

    /** Ends it as an administrator would who does not wait for clients, and keeps what it has. */
    public void stop() {
        try {
            PostgresFiles.run(PostgresFiles.command("pg_ctl", "stop", "--pgdata=" + data(), "--mode=fast"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected List<String> command() {
        return PostgresFiles.command(
                "postgres",
                "-D",
                data().toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=");
    }

    @Override
    protected boolean saysReady(String line) {
        return line.contains("database system is ready to accept connections");
    }
}

package io.roomcast.support.server;

import io.roomcast.support.Await;
import io.roomcast.support.machine.Ports;
import io.roomcast.support.postgres.PostgresProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * An application server of the kind that {@code arquillian.launch} names, in processes of its own and with the WAR as
 * it was packed: one of several, which can be stopped and killed. Keeps its port over restarts. Whoever starts it
 * closes it.
 */
public final class ServerNode implements AutoCloseable {
    private static final long START_SECONDS = 240;
    private static final long STOP_SECONDS = 90;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String name;
    private final int port;
    private final ServerCommand command;
    private final Path log;
    private final List<User> users = new ArrayList<>();
    private final List<Class<?>> servlets = new ArrayList<>();
    private final List<Path> libraries = new ArrayList<>();
    /** Null if it has no data source. */
    private PostgresProcess database;
    /** The server's own; a script may stand before it. */
    private ProcessHandle server;
    /** What was started: the server itself, or a script or program that starts it. */
    private Process started;

    private record User(String name, String password, List<String> groups) {}

    /** Makes the command that starts a server. */
    @FunctionalInterface
    public interface CommandFactory {
        /** @param directory of this server alone */
        ServerCommand make(Path directory, int port);
    }

    /** @param settings by key */
    public ServerNode(String name, Map<String, String> settings) {
        this(
                name,
                (directory, port) -> onPayara()
                        ? new PayaraCommand(directory, port, settings)
                        : new WildFlyCommand(directory, port, name, settings));
    }

    public ServerNode(String name, CommandFactory commands) {
        this.name = name;
        this.port = Ports.free();
        Path directory = Path.of("target", "servers", name).toAbsolutePath();
        this.log = directory.resolve("console.log");
        this.command = commands.make(directory, port);
    }

    /** A user of the server itself, and the groups of this user there, from the next start on. */
    public ServerNode withUser(String user, String password, String... groups) {
        users.add(new User(user, password, List.of(groups)));
        return this;
    }

    /** A data source with this database, under {@link #dataSourceName}. */
    public ServerNode withDataSource(PostgresProcess database) {
        this.database = database;
        return this;
    }

    /** The name in JNDI that is usual for one there. */
    public static String dataSourceName() {
        return onPayara() ? PayaraCommand.DATA_SOURCE_NAME : WildFlyCommand.DATA_SOURCE_NAME;
    }

    private static boolean onPayara() {
        return "payara".equals(System.getProperty("arquillian.launch"));
    }

    /** A servlet in the WAR besides, as servers add some. */
    public ServerNode withServlet(Class<?> servlet) {
        servlets.add(servlet);
        return this;
    }

    /** Libraries in the WAR besides, as one who builds it may add them. */
    public ServerNode withLibraries(List<Path> added) {
        libraries.addAll(added);
        return this;
    }

    private void addToWar() {
        if (!servlets.isEmpty() || !libraries.isEmpty()) {
            ShrinkWrap.createFromZipFile(
                            WebArchive.class, ServerCommand.packed().toFile())
                    .addClasses(servlets.toArray(Class<?>[]::new))
                    .addAsLibraries(libraries.stream().map(Path::toFile).toArray(File[]::new))
                    .as(ZipExporter.class)
                    .exportTo(command.war().toFile(), true);
        }
    }

    /** Starts it, and returns when the WAR is ready to serve. One that does not start is closed. */
    public ServerNode start() {
        try {
            prepare();
            launch();
            return this;
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void prepare() throws IOException {
        command.prepare();
        addToWar();
        for (User user : users) {
            command.addUser(user.name(), user.password(), user.groups());
        }
        if (database != null) {
            command.addDataSource(database);
        }
        Files.createDirectories(log.getParent());
    }

    private void launch() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command.line()).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(command.environment());
        started = builder.start();
        server = started.toHandle();
        await("start", START_SECONDS, () -> {
            if (!started.isAlive()) {
                throw new AssertionError(name + " ended: " + console());
            }
            return command.isDeployed() && isReady();
        });
        server = started.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElse(started.toHandle());
    }

    /** The application's address. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port + command.context());
    }

    public URI webSocket(String user) {
        return URI.create("ws://127.0.0.1:" + port + "/roomcast/ws?user=" + user);
    }

    public long pid() {
        return server.pid();
    }

    /** What it wrote to its console since the last start. */
    public String console() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(uri().resolve("health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public void undeploy() throws IOException {
        command.undeploy();
        await("undeploy", STOP_SECONDS, command::isUndeployed);
    }

    public void deploy() throws IOException {
        command.deploy();
        await("deploy", START_SECONDS, () -> command.isDeployed() && isReady());
    }

    /** Other settings for the next {@link #deploy}, as administrators change them while the server runs. */
    public void set(Map<String, String> settings) throws IOException {
        command.set(settings);
    }

    /** @param operation of WildFly's command line */
    public void manage(String operation) throws IOException {
        command.manage(operation);
    }

    /** SIGTERM, as service managers send it. */
    public void stop() {
        server.destroy();
        await("stop", STOP_SECONDS, () -> !server.isAlive());
    }

    /** SIGKILL: no goodbye of any kind. */
    public void kill() {
        server.destroyForcibly();
        await("end", STOP_SECONDS, () -> !server.isAlive());
    }

    private void await(String what, long seconds, BooleanSupplier condition) {
        Await.until(() -> "the " + what + " of " + name + ", which said: " + console(), seconds, condition);
    }

    @Override
    public void close() {
        if (server != null) {
            List.copyOf(server.descendants().toList()).forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
            List.copyOf(started.descendants().toList()).forEach(ProcessHandle::destroyForcibly);
            started.destroyForcibly();
        }
    }
}

package io.roomcast.support.server;

import io.roomcast.support.postgres.PostgresProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.postgresql.Driver;

/** How one kind of application server is started with the WAR, and told to take it and leave it. */
public interface ServerCommand {

    /** Makes what the command needs, anew. */
    void prepare() throws IOException;

    /** Lets the server know somebody who may log in; after {@link #prepare}. */
    void addUser(String user, String password, List<String> groups) throws IOException;

    /** Gives the server a data source, under the name that is usual there; after {@link #prepare}. */
    default void addDataSource(PostgresProcess postgres) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The driver, as administrators get it. */
    static Path driver() {
        return jarOf(Driver.class);
    }

    /** The JAR that a class is in. */
    static Path jarOf(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /** Tells the running server what its administrator wants. */
    default void manage(String operation) throws IOException {
        throw new UnsupportedOperationException(operation);
    }

    /** Changes settings of the running server, for the next deployment. */
    default void set(Map<String, String> settings) throws IOException {
        throw new UnsupportedOperationException();
    }

    List<String> line() throws IOException;

    /** Variables of the process, besides those of this one. */
    default Map<String, String> environment() {
        return Map.of();
    }

    /** Where the server has the application, with slashes around it. */
    default String context() {
        return "/roomcast/";
    }

    /** Where the server looks for the WAR, with files beside it that tell what is to be done and what was done. */
    Path war();

    default void undeploy() throws IOException {
        Files.delete(marker(".deployed"));
    }

    default boolean isUndeployed() {
        return Files.exists(marker(".undeployed"));
    }

    /** The WAR is still there: WildFly would deploy a newer one by itself, and then once more. */
    default void deploy() throws IOException {
        Files.writeString(marker(".dodeploy"), "");
    }

    default boolean isDeployed() {
        return Files.exists(marker(".deployed"));
    }

    private Path marker(String suffix) {
        return war().resolveSibling(war().getFileName() + suffix);
    }

    /** The WAR that was built. */
    static Path packed() {
        return Path.of(System.getProperty("roomcast.war"));
    }

    /** Settings as variables of a process. */
    static Map<String, String> asEnvironment(Map<String, String> settings) {
        Map<String, String> variables = new TreeMap<>();
        settings.forEach(
                (key, value) -> variables.put(key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"), value));
        return variables;
    }

    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

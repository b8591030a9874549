package io.roomcast.support.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Open Liberty with a server of its own, as docs/servers.md has it. It takes the WAR from a directory. */
public final class LibertyCommand implements ServerCommand {
    private final Path java;
    private final Path home;
    private final Path directory;
    private final int port;
    private final Map<String, String> settings;

    /**
     * @param java the JDK
     * @param home the installation
     */
    public LibertyCommand(Path java, Path home, Path directory, int port, Map<String, String> settings) {
        this.java = java;
        this.home = home;
        this.directory = directory;
        this.port = port;
        this.settings = settings;
    }

    @Override
    public void prepare() throws IOException {
        ServerCommand.delete(directory);
        Files.createDirectories(war().getParent());
        Files.copy(Path.of("docker/liberty/server.xml"), server().resolve("server.xml"));
        Files.writeString(server().resolve("bootstrap.properties"), "http.port=" + port + "\nhttp.host=127.0.0.1\n");
        Files.copy(ServerCommand.packed(), war());
    }

    private Path server() {
        return directory.resolve("usr/servers/roomcast");
    }

    @Override
    public void addUser(String user, String password, List<String> groups) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> line() {
        return List.of(home.resolve("bin/server").toString(), "run", "roomcast");
    }

    @Override
    public Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(ServerCommand.asEnvironment(settings));
        environment.put("JAVA_HOME", java.toString());
        environment.put("JVM_ARGS", "-Xmx512m");
        environment.put("WLP_USER_DIR", directory.resolve("usr").toString());
        return environment;
    }

    @Override
    public Path war() {
        return server().resolve("dropins/roomcast.war");
    }

    @Override
    public void undeploy() throws IOException {
        Files.delete(war());
    }

    /** By the number of its message, which is the same in every language. */
    @Override
    public boolean isUndeployed() {
        return said("CWWKZ0009I");
    }

    @Override
    public void deploy() throws IOException {
        Path complete = Files.copy(ServerCommand.packed(), directory.resolve("roomcast.war"));
        Files.move(complete, war());
    }

    @Override
    public boolean isDeployed() {
        return said("CWWKZ0001I") || said("CWWKZ0003I");
    }

    private boolean said(String message) {
        Path log = server().resolve("logs/messages.log");
        try {
            return Files.exists(log) && Files.readString(log).contains(message);
        } catch (IOException e) {
            return false;
        }
    }
}

package io.roomcast.support.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The WAR by itself. It cannot be taken away from a server that goes on. */
public final class EmbeddedCommand implements ServerCommand {
    private final Path java;
    private final Path directory;
    private final int port;
    private final Map<String, String> settings;

    /** @param java the JDK */
    public EmbeddedCommand(Path java, Path directory, int port, Map<String, String> settings) {
        this.java = java;
        this.directory = directory;
        this.port = port;
        this.settings = settings;
    }

    @Override
    public void prepare() throws IOException {
        ServerCommand.delete(directory);
        Files.createDirectories(directory);
    }

    @Override
    public void addUser(String user, String password, List<String> groups) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> line() {
        List<String> line = new ArrayList<>(List.of(java.resolve("bin/java").toString(), "-Xmx256m"));
        settings.forEach((key, value) -> line.add("-D" + key + "=" + value));
        line.addAll(List.of("-jar", war().toString(), "--port", String.valueOf(port), "--data=none"));
        return line;
    }

    @Override
    public String context() {
        return "/";
    }

    @Override
    public Path war() {
        return ServerCommand.packed();
    }

    @Override
    public void undeploy() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isDeployed() {
        return true;
    }
}

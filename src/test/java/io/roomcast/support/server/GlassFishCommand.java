package io.roomcast.support.server;

import io.roomcast.support.machine.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** GlassFish with a domain of its own, so that the installation stays as it came. It takes the WAR from a directory. */
public final class GlassFishCommand implements ServerCommand {
    private static final Pattern PORT = Pattern.compile("(?<= port=\")\\d+(?=\")");
    private static final Pattern LISTENER = Pattern.compile("<network-listener (?=port=\"\\d+\")(?![^>]*address=)");

    private final Path java;
    private final Path home;
    private final Path directory;
    private final int port;
    private final Map<String, String> settings;

    /**
     * @param java the JDK
     * @param home the installation
     */
    public GlassFishCommand(Path java, Path home, Path directory, int port, Map<String, String> settings) {
        this.java = java;
        this.home = home;
        this.directory = directory;
        this.port = port;
        this.settings = settings;
    }

    @Override
    public void prepare() throws IOException {
        ServerCommand.delete(directory);
        Path original = home.resolve("glassfish/domains/domain1");
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Path copy = domain().resolve(original.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path configuration = domain().resolve("config/domain.xml");
        String text = Files.readString(configuration).replace("0.0.0.0", "127.0.0.1");
        text = LISTENER.matcher(text).replaceAll("$0address=\"127.0.0.1\" ");
        text = PORT.matcher(text).replaceAll(found -> found.group().equals("8080") ? "" + port : "" + Ports.free());
        Files.writeString(configuration, text);
        Files.createDirectories(war().getParent());
        Files.copy(ServerCommand.packed(), war());
    }

    private Path domain() {
        return directory.resolve("domains/domain1");
    }

    @Override
    public void addUser(String user, String password, List<String> groups) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> line() {
        return List.of(
                home.resolve("bin/asadmin").toString(),
                "start-domain",
                "--domaindir",
                domain().getParent().toString(),
                "--verbose",
                "domain1");
    }

    @Override
    public Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(ServerCommand.asEnvironment(settings));
        environment.put("JAVA_HOME", java.toString());
        environment.put("AS_JAVA", java.toString());
        return environment;
    }

    @Override
    public Path war() {
        return domain().resolve("autodeploy/roomcast.war");
    }

    @Override
    public void undeploy() throws IOException {
        Files.delete(war());
    }

    @Override
    public boolean isUndeployed() {
        return Files.exists(marker("_undeployed"));
    }

    @Override
    public void deploy() throws IOException {
        Files.deleteIfExists(marker("_undeployed"));
        Path complete = Files.copy(ServerCommand.packed(), directory.resolve("roomcast.war"));
        Files.move(complete, war());
    }

    @Override
    public boolean isDeployed() {
        return Files.exists(marker("_deployed"));
    }

    private Path marker(String suffix) {
        return war().resolveSibling(war().getFileName() + suffix);
    }
}

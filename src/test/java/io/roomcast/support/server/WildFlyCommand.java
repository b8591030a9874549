package io.roomcast.support.server;

import io.roomcast.support.machine.Ports;
import io.roomcast.support.postgres.PostgresProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * WildFly with a base directory of its own, so that several share one installation; with JGroups on the loopback
 * address, which starts with the first distributable application. The WAR is copied into {@code deployments}, as people
 * do.
 */
public final class WildFlyCommand implements ServerCommand {
    private static final Pattern UNDERTOW =
            Pattern.compile("(?s)<subsystem xmlns=\"urn:jboss:domain:undertow:.*?(?=</subsystem>)");
    private static final String APPLICATION_DOMAIN = "<application-security-domains>"
            + "<application-security-domain name=\"other\" security-domain=\"ApplicationDomain\"/></application-security-domains>";

    static final String DATA_SOURCE_NAME = "java:jboss/datasources/Roomcast";

    private static final String DATA_SOURCE = """
            <datasources>
              <datasource jndi-name="%s" pool-name="Roomcast" jta="false">
                <connection-url>%s?logServerErrorDetail=false</connection-url>
                <driver>%s</driver>
                <pool><max-pool-size>10</max-pool-size></pool>
                <security user-name="%s" password="%s"/>
                <validation>
                  <valid-connection-checker class-name="org.jboss.jca.adapters.jdbc.extensions.postgres.PostgreSQLValidConnectionChecker"/>
                  <validate-on-match>true</validate-on-match>
                  <exception-sorter class-name="org.jboss.jca.adapters.jdbc.extensions.postgres.PostgreSQLExceptionSorter"/>
                </validation>
              </datasource>
            </datasources>
            """;

    private final Path home;
    private final Path directory;
    private final int port;
    private final int managementPort = Ports.free();
    private final String name;
    private final Map<String, String> settings;
    /** Keys of the settings that are in its configuration since they were changed. */
    private final Set<String> changed = new HashSet<>();

    WildFlyCommand(Path directory, int port, String name, Map<String, String> settings) {
        this(Path.of(System.getProperty("wildfly.home")), directory, port, name, settings);
    }

    /** @param home the installation */
    public WildFlyCommand(Path home, Path directory, int port, String name, Map<String, String> settings) {
        this.home = home;
        this.directory = directory;
        this.port = port;
        this.name = name;
        this.settings = settings;
    }

    @Override
    public void prepare() throws IOException {
        ServerCommand.delete(directory);
        Path configuration = directory.resolve("configuration");
        Files.createDirectories(configuration);
        Files.createDirectories(war().getParent());
        try (Stream<Path> files = Files.list(home.resolve("standalone/configuration"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        Path standalone = configuration.resolve("standalone.xml");
        String quick = Files.readString(standalone).replace("scan-interval=\"5000\"", "scan-interval=\"200\"");
        Files.writeString(standalone, quick.replaceAll("(?s)<deployments>.*?</deployments>", ""));
        JGroups.takeFreePorts(standalone);
        Files.copy(ServerCommand.packed(), war());
    }

    /**
     * With the script that administrators use. The parts that the tests' server is made of know no domain for
     * applications, the whole server does.
     */
    @Override
    public void addUser(String user, String password, List<String> groups) throws IOException {
        Path configuration = directory.resolve("configuration");
        List<String> line = new ArrayList<>(List.of(
                home.resolve("bin/add-user.sh").toString(),
                "--silent",
                "-a",
                "-u",
                user,
                "-p",
                password,
                "-sc",
                configuration.toString()));
        if (!groups.isEmpty()) {
            line.addAll(List.of("-g", String.join(",", groups)));
        }
        run(line.toArray(String[]::new));
        Path standalone = configuration.resolve("standalone.xml");
        String text = Files.readString(standalone);
        if (!text.contains("<application-security-domain ")) {
            Files.writeString(standalone, UNDERTOW.matcher(text).replaceFirst("$0" + APPLICATION_DOMAIN));
        }
    }

    /** As the command line writes it to the configuration; the driver is a deployment beside the WAR. */
    @Override
    public void addDataSource(PostgresProcess postgres) throws IOException {
        Path driver = ServerCommand.driver();
        Files.copy(driver, war().resolveSibling(driver.getFileName()));
        Path standalone = directory.resolve("configuration/standalone.xml");
        Files.writeString(
                standalone,
                Files.readString(standalone)
                        .replace(
                                "<datasources/>",
                                DATA_SOURCE.formatted(
                                        DATA_SOURCE_NAME,
                                        postgres.url(),
                                        driver.getFileName(),
                                        PostgresProcess.USER,
                                        PostgresProcess.PASSWORD)));
    }

    @Override
    public void set(Map<String, String> settings) throws IOException {
        manage(settings.entrySet().stream()
                .map(each -> "/system-property=" + each.getKey()
                        + (changed.add(each.getKey()) ? ":add(" : ":write-attribute(name=value,") + "value=\""
                        + each.getValue() + "\")")
                .collect(Collectors.joining(",")));
    }

    @Override
    public void manage(String operation) throws IOException {
        run(
                home.resolve("bin/jboss-cli.sh").toString(),
                "--connect",
                "--controller=127.0.0.1:" + managementPort,
                "--commands=" + operation);
    }

    private static void run(String... line) throws IOException {
        Process script = new ProcessBuilder(line).redirectErrorStream(true).start();
        script.getOutputStream().close();
        String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (script.onExit().join().exitValue() != 0) {
            throw new IOException(said);
        }
    }

    @Override
    public Path war() {
        return directory.resolve("deployments/roomcast.war");
    }

    @Override
    public List<String> line() {
        List<String> line =
                new ArrayList<>(List.of(home.resolve("bin/standalone.sh").toString()));
        line.add("-Djboss.server.base.dir=" + directory);
        line.add("-Djboss.node.name=" + name);
        line.add("-Djboss.bind.address=127.0.0.1");
        line.add("-Djboss.bind.address.management=127.0.0.1");
        line.add("-Djboss.bind.address.private=127.0.0.1");
        line.add("-Djboss.default.multicast.address=" + JGroups.MULTICAST_ADDRESS);
        line.add("-Djboss.http.port=" + port);
        line.add("-Djboss.https.port=" + Ports.free());
        line.add("-Djboss.management.http.port=" + managementPort);
        settings.forEach((key, value) -> line.add("-D" + key + "=" + value));
        return line;
    }
}

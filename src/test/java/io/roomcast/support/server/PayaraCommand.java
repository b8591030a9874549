package io.roomcast.support.server;

import io.roomcast.support.postgres.PostgresProcess;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** Payara Micro, which is given the WAR when it starts; {@link MicroHost} makes it leave and take it. */
public final class PayaraCommand implements ServerCommand {
    static final String DATA_SOURCE_NAME = "jdbc/roomcast";

    private final Path java;
    private final Path micro;
    private final Path directory;
    private final int port;
    private final Map<String, String> settings;
    private final List<Path> libraries = new ArrayList<>();

    PayaraCommand(Path directory, int port, Map<String, String> settings) {
        this(
                Path.of(System.getProperty("java.home")),
                Path.of(System.getProperty("payara.micro")),
                directory,
                port,
                settings);
    }

    /**
     * @param java the JDK
     * @param micro the program
     */
    public PayaraCommand(Path java, Path micro, Path directory, int port, Map<String, String> settings) {
        this.java = java;
        this.micro = micro;
        this.directory = directory;
        this.port = port;
        this.settings = settings;
    }

    @Override
    public void prepare() throws IOException {
        ServerCommand.delete(directory);
        Files.createDirectories(war().getParent());
        Files.copy(ServerCommand.packed(), war());
    }

    /** One file, since Payara Micro takes one: the limits that are shipped, and the commands that tests need. */
    static Path preboot() throws IOException {
        return Files.writeString(
                Path.of("target/payara-preboot.txt"),
                Files.readString(Path.of("docker/payara/limits.asadmin"))
                        + Files.readString(Path.of("src/test/resources/payara-micro-preboot.txt")));
    }

    /** With the command that administrators use, which Payara Micro runs from a file when it has started. */
    @Override
    public void addUser(String user, String password, List<String> groups) throws IOException {
        Path secret = directory.resolve(user + ".password");
        Files.writeString(secret, "AS_ADMIN_USERPASSWORD=" + password + "\n");
        String member = groups.isEmpty() ? "" : " --groups " + String.join(":", groups);
        String command = "create-file-user --passwordfile " + secret + member + " " + user + "\n";
        addCommand(command);
    }

    private void addCommand(String command) throws IOException {
        Files.writeString(commands(), command, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void addDataSource(PostgresProcess postgres) throws IOException {
        String properties = "user=%s:password=%s:serverName=127.0.0.1:portNumber=%d:databaseName=roomcast"
                .formatted(PostgresProcess.USER, PostgresProcess.PASSWORD, postgres.port());
        addCommand("create-jdbc-connection-pool --datasourceclassname org.postgresql.ds.PGSimpleDataSource"
                + " --restype javax.sql.DataSource --nontransactionalconnections=true --isconnectvalidatereq=true"
                + " --validationmethod=custom-validation --validationclassname="
                + "org.glassfish.api.jdbc.validation.PostgresConnectionValidation --property \""
                + properties + ":logServerErrorDetail=false\" RoomcastPool\n");
        addCommand("create-jdbc-resource --connectionpoolid RoomcastPool " + DATA_SOURCE_NAME + "\n");
        libraries.add(ServerCommand.driver());
    }

    @Override
    public void set(Map<String, String> changed) throws IOException {
        Properties properties = new Properties();
        properties.putAll(changed);
        try (Writer file = Files.newBufferedWriter(MicroHost.settings(war()))) {
            properties.store(file, null);
        }
    }

    private Path commands() {
        return directory.resolve("commands.txt");
    }

    @Override
    public Path war() {
        return directory.resolve("deployments/roomcast.war");
    }

    @Override
    public List<String> line() throws IOException {
        List<String> line = new ArrayList<>(List.of(
                java.resolve("bin/java").toString(),
                "-Xmx512m",
                "-XX:SoftRefLRUPolicyMSPerMB=0",
                "-Djava.io.tmpdir=" + directory));
        try (JarFile program = new JarFile(micro.toFile())) {
            // What java -jar reads of it by itself.
            Attributes attributes = program.getManifest().getMainAttributes();
            for (String attribute : List.of("Add-Opens", "Add-Exports")) {
                for (String name : attributes.getValue(attribute).split(" ", -1)) {
                    line.add("--" + attribute.toLowerCase(Locale.ROOT) + "=" + name + "=ALL-UNNAMED");
                }
            }
        }
        settings.forEach((key, value) -> line.add("-D" + key + "=" + value));
        String classPath = micro + File.pathSeparator + "target/test-classes";
        line.addAll(List.of("-cp", classPath, MicroHost.class.getName(), war().toString()));
        line.addAll(List.of("--nohazelcast", "--port", String.valueOf(port)));
        line.addAll(List.of("--prebootcommandfile", preboot().toString()));
        libraries.forEach(library -> line.addAll(List.of("--addlibs", library.toString())));
        if (Files.exists(commands())) {
            line.addAll(List.of("--postbootcommandfile", commands().toString()));
        }
        return line;
    }
}

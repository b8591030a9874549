package io.roomcast.smoke;

import io.roomcast.support.server.EmbeddedCommand;
import io.roomcast.support.server.GlassFishCommand;
import io.roomcast.support.server.LibertyCommand;
import io.roomcast.support.server.PayaraCommand;
import io.roomcast.support.server.ServerCommand;
import io.roomcast.support.server.ServerNode;
import io.roomcast.support.server.WildFlyCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A server of the table in docs/servers.md.
 *
 * @param name as the test is named
 * @param java the oldest Java that it runs on
 * @param fastPath what its log says of the fast path at the start; null if it has the portable path
 * @param redeploys whether the WAR can be taken away while the server runs
 */
record SmokeServer(String name, int java, String fastPath, boolean redeploys, Starter starter) {

    /** Makes the command that starts a server with a JDK. */
    @FunctionalInterface
    interface Starter {
        ServerCommand command(Path jdk, Path directory, int port, Map<String, String> settings);
    }

    /** All of them, or the one that {@code roomcast.smoke.only} names. */
    static Stream<SmokeServer> all() {
        String only = System.getProperty("roomcast.smoke.only", "");
        return table().filter(server -> only.isEmpty() || only.equals(server.name()));
    }

    private static Stream<SmokeServer> table() {
        return Stream.of(
                new SmokeServer("embedded", 17, "", false, EmbeddedCommand::new),
                new SmokeServer(
                        "wildfly",
                        17,
                        "Undertow",
                        true,
                        (jdk, directory, port, settings) ->
                                new WildFlyCommand(home("wildfly"), directory, port, "smoke", settings)),
                new SmokeServer(
                        "wildfly-preview",
                        17,
                        "Undertow",
                        true,
                        (jdk, directory, port, settings) -> new WildFlyCommand(
                                home("wildfly-preview"), directory, port, "smoke", untransformed(settings))),
                new SmokeServer(
                        "payara-6",
                        17,
                        "Payara",
                        true,
                        (jdk, directory, port, settings) ->
                                new PayaraCommand(jdk, home("payara-6"), directory, port, settings)),
                new SmokeServer(
                        "payara-7",
                        21,
                        "Payara",
                        true,
                        (jdk, directory, port, settings) ->
                                new PayaraCommand(jdk, home("payara-7"), directory, port, settings)),
                new SmokeServer(
                        "glassfish-7",
                        17,
                        "GlassFish",
                        true,
                        (jdk, directory, port, settings) ->
                                new GlassFishCommand(jdk, home("glassfish-7"), directory, port, settings)),
                new SmokeServer(
                        "glassfish-8",
                        21,
                        "GlassFish",
                        true,
                        (jdk, directory, port, settings) ->
                                new GlassFishCommand(jdk, home("glassfish-8"), directory, port, settings)),
                new SmokeServer(
                        "liberty",
                        17,
                        null,
                        true,
                        (jdk, directory, port, settings) ->
                                new LibertyCommand(jdk, home("liberty"), directory, port, settings)));
    }

    /**
     * With the option that docs/servers.md names. Otherwise WildFly Preview rewrites the classes of each application,
     * and logs an error for each class that it cannot read.
     */
    private static Map<String, String> untransformed(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("org.wildfly.unsupported.skip.jakarta.transformer", "true");
        return all;
    }

    private static Path home(String server) {
        return Path.of(System.getProperty("roomcast.smoke." + server)).toAbsolutePath();
    }

    /** The JDK to run it with: this one, or else the second one of this machine; null if neither is new enough. */
    Path jdk() {
        if (Runtime.version().feature() >= java) {
            return Path.of(System.getProperty("java.home"));
        }
        String second = System.getProperty("roomcast.smoke.jdk", "");
        return second.isEmpty() || !Files.isExecutable(Path.of(second, "bin/java")) ? null : Path.of(second);
    }

    ServerNode node(Map<String, String> settings) {
        return new ServerNode("smoke-" + name, (directory, port) -> starter.command(jdk(), directory, port, settings));
    }

    @Override
    public String toString() {
        return name;
    }
}

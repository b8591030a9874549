package io.roomcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** That the parts of {@code docker/} fit each other, and the server: no engine is needed to see that. */
class ShippedFilesTest {
    private static final Path DOCKER = Path.of("docker");

    @Test
    void everySettingIsAKey() throws IOException {
        Set<String> known = Keys.ALL.stream().map(key -> key.environmentName()).collect(Collectors.toSet());
        Set<String> used = new TreeSet<>();
        for (String file : List.of("compose.yaml", "embedded/Dockerfile", "wildfly/Dockerfile", "payara/Dockerfile")) {
            Pattern.compile("\\b(ROOMCAST_[A-Z_]+)(?=[:=])")
                    .matcher(Files.readString(DOCKER.resolve(file)))
                    .results()
                    .forEach(found -> used.add(found.group(1)));
        }
        assertTrue(used.size() > 3, used.toString());
        used.removeAll(known);
        assertEquals(Set.of(), used);
    }

    @Test
    void nginxAndPrometheusKnowEveryNode() throws IOException {
        Set<String> nodes = services().keySet().stream()
                .filter(name -> name.startsWith("node"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of("node1", "node2"), nodes);
        for (String file : List.of("nginx/nodes.conf", "nginx/nodes-sticky.conf", "prometheus/prometheus.yml")) {
            Set<String> named = Pattern.compile("\\b(node\\d+):8080")
                    .matcher(Files.readString(DOCKER.resolve(file)))
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(nodes, named, file);
        }
    }

    /** A node that takes the address from the header would believe what the client has written there. */
    @Test
    void nginxReplacesTheAddressesThatTheClientNames() throws IOException {
        String file = Files.readString(DOCKER.resolve("nginx/roomcast.conf"));
        Set<String> values = Pattern.compile("proxy_set_header X-Forwarded-For (.*);")
                .matcher(file)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        assertEquals(Set.of("$remote_addr"), values);
    }

    @Test
    void whatIsMountedIsThere() throws IOException {
        services()
                .forEach((name, service) -> strings(service.get("volumes"))
                        .filter(volume -> volume.startsWith("."))
                        .map(volume -> DOCKER.resolve(volume.substring(0, volume.indexOf(':'))))
                        .forEach(file -> assertTrue(Files.exists(file), name + " wants " + file)));
    }

    @Test
    void whatIsCopiedIsThere() throws IOException {
        for (String image : List.of("embedded", "wildfly", "payara")) {
            String file = Files.readString(DOCKER.resolve(image).resolve("Dockerfile"));
            Pattern.compile("(?m)^COPY ([a-z.]+) ")
                    .matcher(file)
                    .results()
                    .forEach(found -> assertTrue(Files.exists(Path.of(found.group(1))), found.group()));
            Path build = DOCKER.resolve(image).resolve("build.sh");
            assertTrue(Files.isExecutable(build));
            for (String script : List.of("ready.sh", "operate.sh")) {
                assertTrue(Files.readString(build).contains("docker/" + script + " "), image + " has no " + script);
                assertTrue(Files.isExecutable(DOCKER.resolve(script)), script);
            }
            for (String wanted : List.of(
                    "FROM ${BUILD_IMAGE} AS build",
                    "FROM ${RUN_IMAGE}",
                    "USER 10001",
                    "STOPSIGNAL SIGTERM",
                    "HEALTHCHECK ",
                    "ready.sh",
                    "-XX:+ExitOnOutOfMemoryError")) {
                assertTrue(file.contains(wanted), image + " has no " + wanted);
            }
            // The sh of these images drops variables that are named like keys.
            assertTrue(!file.contains("standalone.sh\"") || file.contains("[\"bash\", \"bin/standalone.sh\""), image);
        }
    }

    /** By digest, so that every build takes the same ones; and {@code pin.sh} finds their tags. */
    @Test
    void everyImageIsNamedByItsDigest() throws IOException {
        String compose = Files.readString(DOCKER.resolve("compose.yaml"));
        assertEquals(
                List.of("roomcast"),
                services().values().stream()
                        .map(service -> service.get("image").toString())
                        .filter(image -> !image.matches("\\$\\{[A-Z]+_IMAGE:-[^}@]+:[^}@]+@sha256:[0-9a-f]{64}}"))
                        .distinct()
                        .toList());
        for (String image : List.of("embedded", "wildfly", "payara")) {
            String file = Files.readString(DOCKER.resolve(image).resolve("Dockerfile"));
            Pattern.compile("(?m)^ARG (\\w+_IMAGE)=(\\S+:\\S+@sha256:[0-9a-f]{64})$")
                    .matcher(file)
                    .results()
                    .map(found -> found.group(1) + ":-" + found.group(2))
                    .forEach(found -> assertTrue(compose.contains("${" + found + "}"), found));
            assertEquals(
                    2, file.lines().filter(line -> line.contains("@sha256:")).count(), image);
        }
        assertTrue(Files.isExecutable(DOCKER.resolve("pin.sh")));
    }

    @SuppressWarnings("unchecked") // the shape of a compose file
    private static Map<String, Map<String, Object>> services() throws IOException {
        Map<String, Object> compose = new Yaml().load(Files.readString(DOCKER.resolve("compose.yaml")));
        return (Map<String, Map<String, Object>>) compose.get("services");
    }

    private static Stream<String> strings(Object list) {
        return list instanceof List<?> strings ? strings.stream().map(Object::toString) : Stream.of();
    }
}

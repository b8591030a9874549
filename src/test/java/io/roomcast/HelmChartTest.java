package io.roomcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Keys;
import io.roomcast.support.machine.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** What the chart makes: Kubernetes takes it, and it has what keeps sessions through upgrades and moves of nodes. */
class HelmChartTest {
    private static final String CHART = "docker/helm/roomcast";
    /** The oldest that the chart says it runs on, and the newest that the check knows. */
    private static final List<String> KUBERNETES = List.of("1.27.0", "1.37.0");

    private static final String[] ALL = {
        "config.auth=token",
        "secretName=roomcast",
        "ingress.enabled=true",
        "ingress.host=chat.example",
        "ingress.tlsSecretName=tls",
        "rebalance.schedule=*/15 * * * *"
    };

    @TempDir
    Path directory;

    @Test
    void helmFindsNothing() throws Exception {
        Run lint = helm("lint", "--strict", CHART, "--kube-version", KUBERNETES.get(0), "--set", "config.auth=open");
        assertEquals(0, lint.status, lint.output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "wildfly", "payara"})
    void kubernetesTakesAllOfIt(String server) throws Exception {
        Path objects = Files.writeString(directory.resolve("objects.yaml"), render(with("server=" + server)).output);
        for (String version : KUBERNETES) {
            Run check = run(
                    Program.KUBERNETES_VALIDATE.require().toString(),
                    "--strict",
                    "--kubernetes-version",
                    version,
                    objects.toString());
            assertEquals(0, check.status, check.output);
            assertTrue(check.output.contains("deployment/r against"), check.output);
        }
    }

    @Test
    void nodesAreDrainedBeforeTheyEndAndSpread() throws Exception {
        Map<String, Object> pod = child(objects(ALL).get("Deployment/r"), "spec", "template", "spec");
        Map<String, Object> node = list(pod, "containers").get(0);
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertNotNull(node.get(probe), probe);
        }
        assertEquals("/health/ready", child(node, "readinessProbe", "httpGet").get("path"));
        assertTrue(
                child(node, "lifecycle", "preStop", "exec")
                        .toString()
                        .contains("sleep 5; /opt/roomcast/operate.sh drain 127.0.0.1:9090 30"),
                node.toString());
        assertEquals(5 + 30 + 30 + 10 + 20, pod.get("terminationGracePeriodSeconds"));
        assertEquals(2, list(pod, "topologySpreadConstraints").size());
        assertEquals(true, child(pod, "securityContext").get("runAsNonRoot"));
        assertEquals(true, child(node, "securityContext").get("readOnlyRootFilesystem"));
        assertEquals(1, child(objects(ALL).get("PodDisruptionBudget/r"), "spec").get("maxUnavailable"));
    }

    @Test
    void everySettingIsAKeyWithItsValueAsItWasWritten() throws Exception {
        Path values = Files.writeString(
                directory.resolve("values.yaml"),
                "{config: {auth: token, history.size: 1000000, metrics.statsd: 'h:1', auth.max-life: 2h, "
                        + "roles.ops-staff: 'lobby: read'}}");
        Map<String, Object> node = node(objects("-f", values.toString()));
        Map<Object, Object> variables = list(node, "env").stream()
                .filter(variable -> variable.containsKey("value"))
                .collect(Collectors.toMap(variable -> variable.get("name"), variable -> variable.get("value")));
        List<String> known = Keys.ALL.stream().map(key -> key.environmentName()).toList();
        assertEquals(
                List.of(),
                variables.keySet().stream()
                        .filter(name -> name.toString().startsWith("ROOMCAST_") && !known.contains(name))
                        .toList());
        assertEquals("lobby: read", variables.get("roomcast.roles.ops-staff"));
        assertEquals("1000000", variables.get("ROOMCAST_HISTORY_SIZE"));
        assertEquals("2h", variables.get("ROOMCAST_AUTH_MAX_LIFE"));
        assertEquals("30s", variables.get("ROOMCAST_DRAIN_STOP_WINDOW"));
        assertEquals("5s", variables.get("ROOMCAST_WARMUP"));
        assertEquals("-XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError", variables.get("JAVA_TOOL_OPTIONS"));
    }

    @Test
    void onlyTheWayOfClientsLeadsInFromOutside() throws Exception {
        Map<String, Map<String, Object>> objects = objects(ALL);
        Map<String, Object> rule =
                list(child(objects.get("Ingress/r"), "spec"), "rules").get(0);
        assertEquals(
                List.of("/", "/css", "/http", "/img", "/index.html", "/js", "/v", "/ws"),
                list(child(rule, "http"), "paths").stream()
                        .map(path -> path.get("path"))
                        .toList());
        List<Map<String, Object>> inbound = list(child(objects.get("NetworkPolicy/r"), "spec"), "ingress");
        assertEquals(2, inbound.size());
        assertOpen(inbound.get(0), "http", "ingress-nginx");
        assertOpen(inbound.get(1), "operations", "rebalance", "monitoring");
    }

    private static void assertOpen(Map<String, Object> inbound, String port, String... peers) {
        assertEquals(port, list(inbound, "ports").get(0).get("port"));
        String from = inbound.get("from").toString();
        assertEquals(peers.length, list(inbound, "from").size(), from);
        for (String peer : peers) {
            assertTrue(from.contains("=" + peer), from);
        }
    }

    @Test
    void operationsHaveAPortOfTheirOwnWhereTheServerCan() throws Exception {
        Map<String, Map<String, Object>> embedded = objects(with("operationsPort=9191"));
        Map<String, Object> node = node(embedded);
        assertEquals(
                List.of("http=8080", "operations=9191"),
                list(node, "ports").stream()
                        .map(port -> port.get("name") + "=" + port.get("containerPort"))
                        .toList());
        assertTrue(list(node, "env").toString().contains("ROOMCAST_OPERATIONS_PORT, value=9191"), node.toString());
        assertTrue(list(node, "env").toString().contains("ROOMCAST_OPERATIONS_HOST, value=0.0.0.0"), node.toString());
        assertEquals("9191", annotations(embedded).get("prometheus.io/port"));
        assertEquals("http", child(node, "readinessProbe", "httpGet").get("port"));
        for (String service : List.of("Service/r", "Service/r-nodes")) {
            List<Map<String, Object>> ports = list(child(embedded.get(service), "spec"), "ports");
            assertEquals("operations", ports.get(1).get("targetPort"), service);
            assertEquals(9191, ports.get(1).get("port"), service);
        }
        assertTrue(embedded.get("Job/r-rebalance").toString().contains("r-nodes:9191"));
        for (String[] one : new String[][] {{"operationsPort=0"}, {"server=wildfly"}, {"server=payara"}}) {
            Map<String, Map<String, Object>> shared = objects(with(one));
            assertEquals(1, list(node(shared), "ports").size(), one[0]);
            assertFalse(list(node(shared), "env").toString().contains("OPERATIONS"), one[0]);
            assertEquals("8080", annotations(shared).get("prometheus.io/port"), one[0]);
            assertTrue(shared.get("Job/r-rebalance").toString().contains("r-nodes:8080"), one[0]);
            List<Map<String, Object>> inbound = list(child(shared.get("NetworkPolicy/r"), "spec"), "ingress");
            assertOpen(inbound.get(1), "http", "rebalance", "monitoring");
            assertEquals(
                    1, list(child(shared.get("Service/r"), "spec"), "ports").size(), one[0]);
        }
    }

    private static Map<String, Object> annotations(Map<String, Map<String, Object>> objects) {
        return child(objects.get("Deployment/r"), "spec", "template", "metadata", "annotations");
    }

    @Test
    void anUpgradeEndsWithARebalance() throws Exception {
        Map<String, Object> job = objects(ALL).get("Job/r-rebalance");
        assertEquals("post-upgrade", child(job, "metadata", "annotations").get("helm.sh/hook"));
        assertNotNull(objects(ALL).get("CronJob/r-rebalance"));
        assertFalse(objects("config.auth=open").containsKey("Job/r-rebalance"), "there is no key for it");
    }

    @Test
    void nodesOfAnotherVersionStartWhenTheOldOnesAreGone() throws Exception {
        assertEquals("RollingUpdate", strategy(objects(ALL)));
        assertEquals("Recreate", strategy(objects(with("upgrade=together"))));
        assertEquals("Recreate", strategy(objects(with("config.relay=local", "replicas=1"))));
    }

    @Test
    void whatCannotWorkIsRefused() throws Exception {
        for (String[] values : new String[][] {
            {"config.auth="},
            {"config.auth=open", "config.relay=local"},
            {"config.auth=open", "config.history.age=2h"},
            {"config.auth=open", "config.drain\\.window=2s"},
            {"config.auth=open", "server=jetty"},
            {"config.auth=open", "image.digest=latest"},
            {"config.auth=open", "operationsPort=8080"},
            {"config.auth=open", "config.operations\\.port=9090"}
        }) {
            assertFalse(render(values).status == 0, String.join(" ", values));
        }
        String digest = "sha256:" + "0".repeat(64);
        assertEquals(
                "roomcast@" + digest,
                node(objects(with("image.digest=" + digest))).get("image"));
    }

    private static String[] with(String... more) {
        return Stream.concat(Stream.of(ALL), Stream.of(more)).toArray(String[]::new);
    }

    private static Run render(String... values) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("template", "r", CHART, "--kube-version", KUBERNETES.get(0)));
        for (int i = 0; i < values.length; i++) {
            if (values[i].equals("-f")) {
                line.addAll(List.of("-f", values[++i]));
            } else {
                line.addAll(List.of("--set", values[i]));
            }
        }
        return helm(line.toArray(String[]::new));
    }

    /** By kind and name. */
    private static Map<String, Map<String, Object>> objects(String... values) throws IOException, InterruptedException {
        Run run = render(values);
        assertEquals(0, run.status, run.output);
        return StreamSupport.stream(new Yaml().loadAll(run.output).spliterator(), false)
                .map(HelmChartTest::map)
                .collect(Collectors.toMap(
                        object -> object.get("kind") + "/"
                                + child(object, "metadata").get("name"),
                        object -> object));
    }

    private static Map<String, Object> node(Map<String, Map<String, Object>> objects) {
        return list(child(objects.get("Deployment/r"), "spec", "template", "spec"), "containers")
                .get(0);
    }

    private static Object strategy(Map<String, Map<String, Object>> objects) {
        return child(objects.get("Deployment/r"), "spec", "strategy").get("type");
    }

    private static Map<String, Object> child(Map<String, Object> object, String... path) {
        Map<String, Object> child = object;
        for (String name : path) {
            child = map(child.get(name));
        }
        return child;
    }

    @SuppressWarnings("unchecked") // the shape of objects of Kubernetes
    private static Map<String, Object> map(Object object) {
        return (Map<String, Object>) object;
    }

    private static List<Map<String, Object>> list(Map<String, Object> object, String name) {
        return ((List<?>) object.get(name)).stream().map(HelmChartTest::map).toList();
    }

    private static Run helm(String... arguments) throws IOException, InterruptedException {
        return run(Stream.concat(Stream.of(Program.HELM.require().toString()), Stream.of(arguments))
                .toArray(String[]::new));
    }

    private record Run(int status, String output) {}

    private static Run run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), command[0]);
        return new Run(process.exitValue(), output);
    }
}

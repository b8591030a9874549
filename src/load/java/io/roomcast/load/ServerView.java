package io.roomcast.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * What can be seen of the nodes from outside: their metrics, and the memory of their processes where those run on this
 * machine.
 *
 * @param endpoints WebSocket addresses; {@code /metrics} is beside them
 * @param pids of the nodes, or none
 * @param http what asks them
 */
record ServerView(List<URI> endpoints, List<Long> pids, HttpClient http) {
    private static final int NOT_FOUND = 404;

    /** @param trust for addresses with TLS */
    ServerView(List<URI> endpoints, List<Long> pids, SSLContext trust) {
        this(
                endpoints,
                pids,
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(2))
                        .sslContext(trust)
                        .build());
    }

    /**
     * @param heapBytes used by all nodes, and {@code residentBytes} of their processes; 0 where they cannot be seen
     * @param collected whether all of them made a full collection before
     */
    record Memory(long heapBytes, long residentBytes, boolean collected) {}

    /** Why a node cannot be used; null where all answer. */
    String problem() {
        for (URI endpoint : endpoints) {
            URI ready = endpoint(endpoint, "health/ready");
            String option = "--uri " + endpoint.toString().replaceFirst("ws$", "") + ": " + ready;
            try {
                if (get(ready).statusCode() == NOT_FOUND) {
                    return option + " answers 404: there is no Roomcast at this path";
                }
            } catch (IOException e) {
                return option + " does not answer ("
                        + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + ")"
                        + (e instanceof SSLException ? "; --insecure takes any certificate" : "");
            }
        }
        return null;
    }

    private static URI endpoint(URI webSocket, String path) {
        return URI.create(webSocket.toString().replaceFirst("^ws", "http").replaceFirst("ws$", path));
    }

    private HttpResponse<String> get(URI address) throws IOException {
        try {
            return http.send(request(address), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static HttpRequest request(URI address) {
        return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
    }

    /** What the node's metrics say now. */
    CompletableFuture<Exposition> figures(URI endpoint) {
        return http.sendAsync(request(endpoint(endpoint, "metrics")), BodyHandlers.ofString())
                .thenApply(HttpResponse::body)
                .thenApply(Exposition::of);
    }

    private Exposition figuresNow(URI endpoint) throws IOException {
        return Exposition.of(get(endpoint(endpoint, "metrics")).body());
    }

    /** Names the node's process: two addresses may lead to one. */
    static String process(URI endpoint, Exposition figures) {
        OptionalDouble started = figures.value("process_start_time_seconds");
        // Nodes that one command starts may have started in the same millisecond.
        List<Exposition.Series> builds = figures.named("roomcast_build_info");
        return started.isPresent() ? "started " + started.getAsDouble() + ' ' + builds : endpoint.toString();
    }

    /** Each process once. */
    List<NodeInfo> nodes() {
        Map<String, NodeInfo> nodes = new LinkedHashMap<>();
        for (URI endpoint : endpoints) {
            try {
                Exposition figures = figuresNow(endpoint);
                nodes.putIfAbsent(process(endpoint, figures), NodeInfo.of(endpoint, figures));
            } catch (IOException e) {
                nodes.put(endpoint.toString(), NodeInfo.silent(endpoint, e.toString()));
            }
        }
        return List.copyOf(nodes.values());
    }

    /** After a full collection, where the processes are known. */
    Memory memory() {
        boolean collected = !pids.isEmpty();
        for (long pid : pids) {
            collected &= collect(pid);
        }
        Map<String, Double> heaps = new HashMap<>();
        try {
            for (URI endpoint : endpoints) {
                Exposition figures = figuresNow(endpoint);
                heaps.put(process(endpoint, figures), heap(figures));
            }
        } catch (IOException e) {
            heaps.clear();
        }
        return new Memory(
                (long) heaps.values().stream().mapToDouble(Double::doubleValue).sum(), residentBytes(), collected);
    }

    private static double heap(Exposition figures) {
        return figures.named("jvm_memory_used_bytes").stream()
                .filter(series -> "heap".equals(series.labels().get("area")))
                .mapToDouble(Exposition.Series::value)
                .sum();
    }

    /** Of all processes; 0 where none is known or the system does not tell. */
    long residentBytes() {
        return pids.stream().mapToLong(ServerView::resident).sum();
    }

    private static long resident(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /** @return whether it did */
    private static boolean collect(long pid) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            String.valueOf(pid),
                            "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (jcmd.waitFor(30, TimeUnit.SECONDS)) {
                return jcmd.exitValue() == 0;
            }
            jcmd.destroy();
        } catch (IOException e) {
            // There is no jcmd beside this Java. The figures hold garbage, and the report says so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}

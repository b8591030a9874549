package io.roomcast.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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
    private static final Pattern HEAP = Pattern.compile("(?m)^jvm_memory_used_bytes\\{area=\"heap\".*\\} (\\S+)$");

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

    /** @param heapBytes used by all nodes, and {@code residentBytes} of their processes; 0 where they cannot be seen */
    record Memory(long heapBytes, long residentBytes) {}

    /** Why a node cannot be used; null where all answer. */
    String problem() {
        for (URI endpoint : endpoints) {
            URI ready = endpoint(endpoint, "health/ready");
            try {
                get(ready);
            } catch (IOException e) {
                return "--uri " + endpoint.toString().replaceFirst("ws$", "") + ": " + ready + " does not answer ("
                        + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + ")"
                        + (e instanceof SSLException ? "; --insecure takes any certificate" : "");
            }
        }
        return null;
    }

    private static URI endpoint(URI webSocket, String path) {
        return URI.create(webSocket.toString().replaceFirst("^ws", "http").replaceFirst("ws$", path));
    }

    private String get(URI address) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
        try {
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** After a full collection, where the processes are known. */
    Memory memory() {
        pids.forEach(ServerView::collect);
        long heap = 0;
        for (URI endpoint : endpoints) {
            try {
                heap += (long) HEAP.matcher(get(endpoint(endpoint, "metrics")))
                        .results()
                        .mapToDouble(found -> Double.parseDouble(found.group(1)))
                        .sum();
            } catch (IOException e) {
                return new Memory(0, residentBytes());
            }
        }
        return new Memory(heap, residentBytes());
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

    private static void collect(long pid) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            String.valueOf(pid),
                            "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!jcmd.waitFor(30, TimeUnit.SECONDS)) {
                jcmd.destroy();
            }
        } catch (IOException e) {
            // Without a collection the figures hold garbage, too; the report says which was taken.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.roomcast.fault;

import io.roomcast.support.Await;
import io.roomcast.support.MainProcess;
import io.roomcast.support.machine.ProcessSignal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node in a process of its own, so that it can be killed. Keeps its port over restarts. */
final class NodeProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready on http://[^:]+:(\\d+)/");
    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 20;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String name;
    private final Map<String, String> settings;
    private String classPath = System.getProperty("java.class.path");
    private int port;
    private Process process;
    /** What it has logged since it was made. */
    private final List<String> log = new CopyOnWriteArrayList<>();

    /** @param settings by key without the prefix, for example {@code relay} */
    NodeProcess(String name, Map<String, String> settings) {
        this.name = name;
        this.settings = settings;
    }

    /** From its next start on, the node runs this build. */
    NodeProcess upgrade(Build build) {
        classPath = build.classPath();
        return this;
    }

    /** Starts the node, and returns when it serves. */
    NodeProcess start() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                MainProcess.SHORT_LIVED,
                "-cp",
                classPath,
                "io.roomcast.standalone.Main"));
        settings.forEach((key, value) -> command.add("--" + key + "=" + value));
        command.add("--node=" + name);
        command.add("--port=" + port);
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            CompletableFuture<Integer> listening = new CompletableFuture<>();
            Thread reader = new Thread(() -> read(process, listening), "output of " + name);
            reader.setDaemon(true);
            reader.start();
            port = listening.get(START_SECONDS, TimeUnit.SECONDS);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw new IllegalStateException(name + " did not start", e);
        }
    }

    private void read(Process started, CompletableFuture<Integer> listening) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    listening.complete(Integer.valueOf(ready.group(1)));
                } else {
                    System.err.println(name + ": " + line);
                    log.add(line);
                }
            }
            listening.completeExceptionally(new IOException(name + " ended: " + String.join("\n", log)));
        } catch (IOException e) {
            listening.completeExceptionally(e);
        }
    }

    String name() {
        return name;
    }

    URI webSocket(String user) {
        return URI.create("ws://127.0.0.1:" + port + "/ws?user=" + user);
    }

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Waits until a line of its log contains this. */
    void awaitLog(String text) {
        Await.until(name + " says: " + text, () -> log.stream().anyMatch(line -> line.contains(text)));
    }

    /** SIGKILL: no goodbye of any kind. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    void awaitReady(boolean ready) {
        Await.until(name + (ready ? " ready" : " not ready"), 30, () -> isReady() == ready);
    }

    boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(http("/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGTERM: the node says goodbye, and ends. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    /** SIGSTOP: connections stay open, and nothing is done. */
    void pause() {
        ProcessSignal.STOP.sendTo(process);
    }

    void resume() {
        ProcessSignal.CONT.sendTo(process);
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " did not end within " + STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}

package io.roomcast.support;

import io.roomcast.support.machine.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The embedded server as a command: a process of its own, with the class path of the tests. */
public final class MainProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("Roomcast is ready on (http://\\S+:\\d+/) \\(Ctrl-C ends it\\)");
    private static final long START_SECONDS = 60;

    /** For a JVM that lives for seconds: its second compiler would take more time than it gains. */
    public static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

    private final Process process;
    private final BlockingQueue<String> out;
    private final BlockingQueue<String> err;
    private final CompletableFuture<Void> outputEnded;

    private MainProcess(Process process) {
        this.process = process;
        out = new LinkedBlockingQueue<>();
        err = new LinkedBlockingQueue<>();
        outputEnded = CompletableFuture.allOf(read(process.getInputStream(), out), read(process.getErrorStream(), err));
    }

    public static MainProcess start(String... options) {
        return start(Map.of(), List.of(), options);
    }

    /** @param jvm options, system properties among them */
    public static MainProcess start(Map<String, String> environment, List<String> jvm, String... options) {
        return start(
                environment,
                jvm,
                List.of(SHORT_LIVED, "-cp", System.getProperty("java.class.path"), "io.roomcast.standalone.Main"),
                options);
    }

    /**
     * The packed WAR with {@code java -jar}, in a heap so small that one greedy client could fill it. Where no WAR is
     * packed, the class path of the tests.
     */
    public static MainProcess startSmall(String... options) {
        return startSmall(List.of(), options);
    }

    /** @param more options of the JVM, system properties among them */
    public static MainProcess startSmall(List<String> more, String... options) {
        String war = System.getProperty("roomcast.war");
        List<String> jvm = new ArrayList<>(more);
        jvm.add("-Xmx256m");
        return war == null ? start(Map.of(), jvm, options) : start(Map.of(), jvm, List.of("-jar", war), options);
    }

    private static MainProcess start(
            Map<String, String> environment, List<String> jvm, List<String> program, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(program);
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ROOMCAST_"));
        // Unless a test wants it, nothing is left in the home directory.
        builder.environment().put("ROOMCAST_DATA", "none");
        builder.environment().putAll(environment);
        try {
            return new MainProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompletableFuture<Void> read(InputStream stream, BlockingQueue<String> lines) {
        return CompletableFuture.runAsync(
                () -> new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))
                        .lines()
                        .forEach(lines::add),
                task -> new Thread(task, "output of a process").start());
    }

    /** Waits until it serves. */
    public URI awaitReady() {
        try {
            String line = out.poll(START_SECONDS, TimeUnit.SECONDS);
            if (line != null && line.startsWith("Messages are kept in ")) {
                line = out.poll(START_SECONDS, TimeUnit.SECONDS);
            }
            Matcher ready = READY.matcher(String.valueOf(line));
            if (!ready.matches()) {
                throw new AssertionError("not ready: " + line + ", " + err);
            }
            return URI.create(ready.group(1).replace("localhost", "127.0.0.1"));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The exit code, once it has ended by itself. */
    public int awaitExit(long seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + seconds + " s: " + out + err);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        outputEnded.orTimeout(seconds, TimeUnit.SECONDS).join();
        return process.exitValue();
    }

    public int awaitExit() {
        return awaitExit(START_SECONDS);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** Lines of standard output that nobody has taken. */
    public List<String> out() {
        return List.copyOf(out);
    }

    public List<String> err() {
        return List.copyOf(err);
    }

    /** @param name as kill takes it, for example INT */
    public void signal(String name) {
        run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** From now on the process gets a file only where it closes one. */
    public void grantNoMoreFiles() {
        int most;
        do {
            most = lowestFreeFile();
            run(Program.PRLIMIT.require().toString(), "--pid=" + process.pid(), "--nofile=" + most + ":");
        } while (lowestFreeFile() < most);
    }

    private int lowestFreeFile() {
        String[] open =
                Path.of("/proc", Long.toString(process.pid()), "fd").toFile().list();
        Set<String> used = Set.of(open);
        return IntStream.iterate(0, number -> number + 1)
                .filter(number -> !used.contains(Integer.toString(number)))
                .findFirst()
                .orElseThrow();
    }

    private static void run(String... command) {
        try {
            new ProcessBuilder(command).inheritIO().start().waitFor(10, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package io.roomcast.support.machine;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A real broker with a directory of its own. Whoever starts it closes it. */
public abstract class BrokerProcess implements AutoCloseable {
    private static final int START_SECONDS = 20;
    private static final int LOG_LINES = 100;

    private final String name;
    private final Path directory;
    private Process process;

    /** @param name of the broker, for the directory and for failures */
    protected BrokerProcess(String name) {
        this.name = name;
        try {
            // A start of Roomcast removes empty directories whose names begin with its own.
            this.directory = Files.createTempDirectory("test-" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** The command line. */
    protected abstract List<String> command();

    /** How long the broker may take to start, on a machine that does much else. */
    protected int startSeconds() {
        return START_SECONDS;
    }

    /** Whether this line of the output says that the broker serves. */
    protected abstract boolean saysReady(String line);

    public final long pid() {
        return process.pid();
    }

    public final Path directory() {
        return directory;
    }

    /** Starts it, or starts it again after {@link #kill} with what it had written to its directory. */
    public final void start() {
        try {
            process = new ProcessBuilder(command()).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady(process);
    }

    private void awaitReady(Process started) {
        CountDownLatch ready = new CountDownLatch(1);
        AtomicBoolean isReady = new AtomicBoolean();
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Thread drain = new Thread(() -> {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    log.add(line);
                    if (log.size() > LOG_LINES) {
                        log.remove(0);
                    }
                    if (saysReady(line)) {
                        isReady.set(true);
                        ready.countDown();
                    }
                }
                ready.countDown();
            } catch (IOException e) {
                isReady.set(true); // It was killed.
                ready.countDown();
            }
        });
        drain.setDaemon(true);
        drain.start();
        try {
            if (!ready.await(startSeconds(), TimeUnit.SECONDS) || !isReady.get()) {
                throw new AssertionError(name + " did not start:\n" + String.join("\n", log));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL; what was not written is lost. */
    public final void kill() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** SIGSTOP: connections stay open, and nothing is answered. */
    public final void pause() {
        ProcessSignal.STOP.sendTo(process);
    }

    public final void resume() {
        ProcessSignal.CONT.sendTo(process);
    }

    /** Copies the directory {@code data} as it is in one moment. */
    public final Path copyDisk() {
        pause();
        try {
            Path copy = Files.createTempDirectory(directory, "copy").resolve("data");
            copy(directory.resolve("data"), copy);
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            resume();
        }
    }

    /** Gives the broker this disk instead of its own, while it is down. */
    public final void restoreDisk(Path copy) {
        Path data = directory.resolve("data");
        try {
            Files.move(data, Files.createTempDirectory(directory, "lost").resolve("data"));
            copy(copy, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    /** Ends what this broker has besides its process. May be called several times. */
    protected void release() {}

    @Override
    public final void close() {
        kill();
        release();
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

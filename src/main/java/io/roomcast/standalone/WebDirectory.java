package io.roomcast.standalone;

import io.roomcast.http.files.FileAnswer;
import io.roomcast.http.files.WebFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Keeps the {@link WebFiles} of a directory. Requests for plain addresses look from time to time whether files have
 * changed, so whoever changes one sees it when the page is loaded again. Any thread.
 */
final class WebDirectory {
    private static final Logger LOG = System.getLogger(WebDirectory.class.getName());
    /** Larger files are not kept in memory. */
    private static final long MAX_BYTES = 1 << 20;

    /** Shorter than a person takes to load the page again, and long enough that many requests cost little. */
    private static final long LOOK_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path directory;
    private final LongSupplier nanoClock;
    private long lookedAt;
    private Map<String, State> states = Map.of();
    private volatile WebFiles files = WebFiles.NONE;

    /** By which one sees that a file has changed. */
    private record State(FileTime modified, long bytes) {}

    WebDirectory(Path directory, LongSupplier nanoClock) {
        this.directory = directory;
        this.nanoClock = nanoClock;
        refresh();
    }

    /** As {@link WebFiles#answer}. */
    FileAnswer answer(String path, String acceptedEncodings, String knownTags) {
        if (!WebFiles.isVersioned(path)) {
            refreshIfDue();
        }
        return files.answer(path, acceptedEncodings, knownTags);
    }

    private synchronized void refreshIfDue() {
        if (nanoClock.getAsLong() - lookedAt >= LOOK_AFTER_NANOS) {
            refresh();
        }
    }

    /** Keeps what was there if the directory cannot be read, for example because the process has no file left. */
    private void refresh() {
        lookedAt = nanoClock.getAsLong();
        try {
            Map<String, State> now = states();
            if (now.equals(states)) {
                return;
            }
            Map<String, byte[]> contents = new HashMap<>();
            for (String path : now.keySet()) {
                contents.put(path, Files.readAllBytes(directory.resolve(path.substring(1))));
            }
            files = WebFiles.of(contents);
            states = now;
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.DEBUG, () -> "cannot read " + directory, e);
        }
    }

    private Map<String, State> states() throws IOException {
        Map<String, State> found = new HashMap<>();
        try (Stream<Path> tree = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                String path = "/" + directory.relativize(file).toString().replace('\\', '/');
                if (WebFiles.has(path)) {
                    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                    if (attributes.isRegularFile() && attributes.size() <= MAX_BYTES) {
                        found.put(path, new State(attributes.lastModifiedTime(), attributes.size()));
                    }
                }
            }
        }
        return found;
    }
}

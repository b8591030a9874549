package io.roomcast.boot;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A temporary directory of this process. Other users cannot read it. It is removed when the process ends. A process
 * that starts also removes the directories of killed processes. A running process holds a lock on a file in its
 * directory. A PID would not do in place of the lock, because in another container the same PID is another process.
 */
final class PrivateDirectory {

    private static final String PREFIX = "roomcast-";
    private static final String LOCK_FILE = "lock";

    /** Never cleared, because the lock ends when the garbage collector frees its channel. */
    @SuppressWarnings("unused")
    private static FileLock ownLock;

    private PrivateDirectory() {}

    static Path create() throws IOException {
        while (true) {
            Path directory = Files.createTempDirectory(PREFIX);
            try {
                lock(directory.resolve(LOCK_FILE));
                removeAbandoned(directory, Files.getOwner(directory));
                return directory;
            } catch (NoSuchFileException e) {
                // Another process has taken the directory for an abandoned one, before it was locked. The next one is
                // tried.
            }
        }
    }

    /** @throws NoSuchFileException if another process has removed the file before this process has locked it */
    private static void lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE);
        // Programs that clean temporary directories delete files that were not read for days. Without this file the
        // next start could not tell that this process is dead. Set before the lock, because the lock of a process ends
        // when the process closes the file, and this call opens and closes it.
        UnpackedWar.protectFromCleaners(file);
        ownLock = channel.lock();
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
    }

    /**
     * Makes the JVM remove the directory after the last shutdown hook, so the server has the files until it has
     * stopped. The lock is removed last, because the next start removes what a process has left that is killed
     * meanwhile.
     */
    static void removeAtExit(Path directory) throws IOException {
        // The JVM deletes in the reverse order.
        directory.toFile().deleteOnExit();
        directory.resolve(LOCK_FILE).toFile().deleteOnExit();
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.forEach(path -> path.toFile().deleteOnExit());
        }
    }

    private static void removeAbandoned(Path own, UserPrincipal owner) {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(own.getParent(), PREFIX + "*")) {
            for (Path directory : directories) {
                if (!directory.equals(own)) {
                    removeIfAbandoned(directory, owner);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return; // A failure to clean up must not prevent the start of this server.
        }
    }

    private static void removeIfAbandoned(Path directory, UserPrincipal owner) {
        try {
            // Another user could replace the directory by a link to any place while it is being removed.
            if (!Files.isDirectory(directory, NOFOLLOW_LINKS)
                    || !Files.getOwner(directory, NOFOLLOW_LINKS).equals(owner)) {
                return;
            }
            Path lockFile = directory.resolve(LOCK_FILE);
            if (!Files.exists(lockFile, NOFOLLOW_LINKS)) {
                // A process was killed, or is just now, between its directory and its lock. Fails if another program
                // has files in it.
                Files.delete(directory);
                return;
            }
            try (FileChannel channel = FileChannel.open(lockFile, WRITE, NOFOLLOW_LINKS);
                    FileLock lock = channel.tryLock()) {
                if (lock != null) {
                    remove(directory, lockFile);
                }
            }
        } catch (IOException e) {
            // Another program has created the directory, or another process has removed it first.
            return;
        }
    }

    /** The lock is removed last, because this process may be killed, too. */
    private static void remove(Path directory, Path lockFile) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(lockFile) && !path.equals(directory)) {
                    Files.delete(path);
                }
            }
        }
        Files.delete(lockFile);
        Files.delete(directory);
    }
}

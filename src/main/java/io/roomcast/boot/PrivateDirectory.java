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
        Path directory = Files.createTempDirectory(PREFIX);
        removeAbandoned(directory.getParent(), Files.getOwner(directory));
        Path unlocked = directory.resolve("unlocked");
        ownLock = FileChannel.open(unlocked, CREATE_NEW, WRITE).lock();
        Files.move(unlocked, directory.resolve(LOCK_FILE));
        return directory;
    }

    /**
     * Makes the JVM remove the directory after the last shutdown hook, so the server has the files until it has
     * stopped.
     */
    static void removeAtExit(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.forEach(path -> path.toFile().deleteOnExit());
        }
    }

    private static void removeAbandoned(Path parent, UserPrincipal owner) {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path directory : directories) {
                removeIfAbandoned(directory, owner);
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
            try (FileChannel channel = FileChannel.open(directory.resolve(LOCK_FILE), WRITE, NOFOLLOW_LINKS);
                    FileLock lock = channel.tryLock()) {
                if (lock != null) {
                    remove(directory);
                }
            }
        } catch (IOException e) {
            // The directory has no lock if another program created it, or if another process is creating it now. Or
            // another process has removed it first.
            return;
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

package io.roomcast.standalone;

import io.roomcast.config.ArchiveKeys;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The directory in which a node keeps what outlives it. A lock on a file in it keeps other nodes out. The system gives
 * the lock back when the process ends, however it ends.
 */
final class DataDirectory implements AutoCloseable {
    private static final String LOCK_FILE = "lock";
    private static final String ADVICE =
            "give another directory with --data, or --data=none to keep messages in memory" + " only";

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes the directory if it does not exist, so that only its owner can read it, and locks it.
     *
     * @param configured value of {@link ArchiveKeys#DATA}
     * @throws StartException if it cannot be used, or another node uses it
     */
    static DataDirectory open(String configured) {
        Path path = path(configured);
        FileChannel channel = null;
        try {
            create(path);
            channel = FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return new DataDirectory(path, channel);
            }
        } catch (OverlappingFileLockException e) {
            // Another node in this process has it. The exception below says so.
        } catch (IOException e) {
            throw new StartException(unusable(path, reason(e)) + "; " + ADVICE);
        }
        throw new StartException(
                unusable(path, "another node uses it") + "; each node needs a directory of its own: " + ADVICE);
    }

    private static void create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(path);
        }
    }

    /** The beginning of a line for the user. */
    static String unusable(Path path, String reason) {
        return ArchiveKeys.DATA.name() + "=" + path + " cannot be used: " + reason;
    }

    private static String reason(IOException failure) {
        String name = failure.getClass().getSimpleName().replaceFirst("Exception$", "");
        boolean isTold = failure instanceof FileSystemException told && told.getReason() != null;
        String text = isTold ? ((FileSystemException) failure).getReason() : failure.getMessage();
        return name + " (" + text + ")";
    }

    private static Path path(String configured) {
        try {
            return configured.isEmpty() ? usual() : Path.of(configured);
        } catch (InvalidPathException e) {
            throw new StartException(
                    ArchiveKeys.DATA.name() + "=" + configured + " is no directory: " + e.getReason() + "; " + ADVICE);
        }
    }

    /** The directory of a node for which none is configured. */
    static Path usual() {
        return usual(System.getProperty("os.name"), Path.of(System.getProperty("user.home")), System::getenv);
    }

    /** @param environment gives a variable, or null */
    static Path usual(String system, Path home, UnaryOperator<String> environment) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            String local = environment.apply("LOCALAPPDATA");
            return (isSet(local) ? Path.of(local) : home.resolve("AppData").resolve("Local")).resolve("Roomcast");
        }
        if (name.startsWith("mac")) {
            return home.resolve("Library").resolve("Application Support").resolve("Roomcast");
        }
        String data = environment.apply("XDG_DATA_HOME");
        // The specification of these directories says that a relative path does not count.
        boolean counts = isSet(data) && Path.of(data).isAbsolute();
        return (counts ? Path.of(data) : home.resolve(".local").resolve("share")).resolve("roomcast");
    }

    private static boolean isSet(String value) {
        return value != null && !value.isEmpty();
    }

    Path path() {
        return path;
    }

    /**
     * Deletes the files that a killed node has left. Those that cannot be deleted stay.
     *
     * @param names a pattern that no other file of the directory has, as {@link Files#newDirectoryStream(Path, String)}
     *     takes it
     */
    void deleteAbandoned(String names) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, names)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // They take space, and nothing else.
        }
    }

    /** Lets other nodes in. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock is given back all the same, at the latest when the process ends.
        }
    }
}

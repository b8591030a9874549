package io.roomcast.standalone;

import io.roomcast.relay.ArchiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * The files of a database of SQLite that is open. SQLite writes on to files that somebody has deleted or moved away, and
 * says that all is well, though no program will find them again. Any thread.
 */
final class SqliteFiles {
    private final Path file;
    private final Path log;
    /** Identity of the file when it was opened; null where the system has none. */
    private final Object opened;

    /** @param file of the database, which is there */
    SqliteFiles(Path file) {
        this.file = file;
        this.log = file.resolveSibling(file.getFileName() + "-wal");
        this.opened = identity();
    }

    /**
     * To be called after a commit, while a connection is open.
     *
     * @throws ArchiveException if the files are not those that were opened
     */
    void check() {
        if (!Objects.equals(opened, identity()) || !Files.exists(log)) {
            throw new ArchiveException(
                    "the files of " + file + " were deleted or replaced while the node runs; restart the node",
                    null,
                    true);
        }
    }

    private Object identity() {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            throw new ArchiveException(file + " cannot be found: " + e.getMessage(), e, true);
        }
    }
}

package io.roomcast.archive;

import java.sql.SQLException;
import java.util.Set;

/** What differs from database to database. */
public enum Dialect {
    SQLITE("sqlite") {
        @Override
        boolean isDamage(SQLException failure) {
            return DAMAGE.contains(failure.getErrorCode() & PRIMARY_CODE);
        }
    };

    /** SQLite's primary result codes SQLITE_CORRUPT and SQLITE_NOTADB. */
    private static final Set<Integer> DAMAGE = Set.of(11, 26);

    /** An extended result code of SQLite has the primary one in its lowest byte. */
    private static final int PRIMARY_CODE = 0xff;

    private final String folder;

    Dialect(String folder) {
        this.folder = folder;
    }

    /** The folder of its migrations, beside this class. */
    String folder() {
        return folder;
    }

    /** Whether the database says that its data are damaged. */
    abstract boolean isDamage(SQLException failure);
}

package io.roomcast.archive;

import io.roomcast.relay.ArchiveException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Runs work in transactions of a database.
 *
 * <p><b>Concurrency.</b> Any thread may call. Each {@link #read} has a connection of its own. All that is written uses
 * one connection, which this object keeps as long as it works; a lock lets one thread at a time have it. So no other
 * node can write in between: see {@link Dialect#claim}.
 */
final class Transactions implements AutoCloseable {
    /** Work in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private final DataSource source;
    private final Dialect dialect;
    private final Consumer<Connection> discard;
    /** Fair, so that a commit of messages waits for one other write at most. */
    private final ReentrantLock writing = new ReentrantLock(true);
    /** Null if there is none; guarded by {@code writing}. */
    private Connection writer;

    private boolean closed;

    /** @param discard called with a connection that may not be used again, before it is closed */
    Transactions(DataSource source, Dialect dialect, Consumer<Connection> discard) {
        this.source = source;
        this.dialect = dialect;
        this.discard = discard;
    }

    /** Runs work on a connection of its own: a read, or what does no harm if another node writes. */
    <T> T read(Work<T> work) {
        try (Connection connection = open()) {
            try {
                return run(connection, work);
            } catch (SQLException | RuntimeException e) {
                rollBackOrDiscard(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw told(e);
        }
    }

    <T> T write(Work<T> work) {
        writing.lock();
        try {
            if (writer == null) {
                writer = openWriter();
            }
            try {
                return run(writer, work);
            } catch (SQLException | RuntimeException | Error e) {
                // Whatever is wrong with the connection, the next one may have it no more.
                endWriter(e);
                throw e;
            }
        } catch (SQLException e) {
            throw told(e);
        } finally {
            writing.unlock();
        }
    }

    private static <T> T run(Connection connection, Work<T> work) throws SQLException {
        T result = work.run(connection);
        connection.commit();
        return result;
    }

    private Connection open() throws SQLException {
        Connection connection = source.getConnection();
        if (connection.getAutoCommit()) {
            connection.setAutoCommit(false);
        }
        return connection;
    }

    private Connection openWriter() throws SQLException {
        if (closed) {
            throw new SQLException("the archive is closed");
        }
        Connection opened = open();
        try {
            dialect.claim(opened);
            return opened;
        } catch (SQLException | RuntimeException e) {
            rollBackOrDiscard(opened, e);
            opened.close();
            throw e;
        }
    }

    private void endWriter(Throwable reason) {
        Connection ended = writer;
        writer = null;
        try (ended) {
            try {
                ended.rollback();
                dialect.release(ended);
            } catch (SQLException e) {
                discard.accept(ended);
                throw e;
            }
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private void rollBackOrDiscard(Connection connection, Exception failure) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The database has rolled back by itself, as SQLite does when the disk is full, or it is away. The driver
            // of SQLite would begin no other transaction on this connection.
            discard.accept(connection);
            failure.addSuppressed(e);
        }
    }

    private ArchiveException told(SQLException failure) {
        // The message of a batch has the values of its row: somebody's words, which belong in no log.
        SQLException reason = failure.getNextException() == null ? failure : failure.getNextException();
        return new ArchiveException(String.valueOf(reason.getMessage()), reason, dialect.isDamage(reason));
    }

    /** Lets other nodes write. */
    @Override
    public void close() {
        writing.lock();
        try {
            closed = true;
            if (writer != null) {
                endWriter(new IllegalStateException("closed"));
            }
        } finally {
            writing.unlock();
        }
    }
}

package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A room that meets a defect logs it and goes on: a test must not. */
final class NoDefects extends Handler implements BeforeEachCallback, AfterEachCallback {
    /** Held here: the logging itself lets go of loggers that nobody holds, and of their handlers. */
    private static final Logger ROOM = Logger.getLogger(Room.class.getName());

    private final List<Throwable> met = new CopyOnWriteArrayList<>();

    @Override
    public void beforeEach(ExtensionContext context) {
        met.clear();
        ROOM.addHandler(this);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ROOM.removeHandler(this);
        assertEquals(List.of(), met, "defects that a room met");
    }

    @Override
    public void publish(LogRecord logged) {
        met.add(logged.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

package io.roomcast.standalone;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Ends the process when the JVM is out of memory, so that a service manager can start another. A process that went on
 * would have lost threads or state. The JVM does the same with {@code -XX:+ExitOnOutOfMemoryError}, but the manifest of
 * a JAR cannot set that option.
 *
 * <p>Errors are noticed in three ways: an error that was caught and logged, an error that nobody caught, and an
 * allocation each second that fails. A heap that is almost full, with almost all time spent in the garbage collector,
 * counts as out of memory too.
 */
final class OutOfMemoryExit extends Handler implements Thread.UncaughtExceptionHandler {
    /** The exit code of the JVM's own option. */
    private static final int EXIT = 3;

    /** A full heap has no room for this; any other heap has. */
    private static final int PROBE_BYTES = 256 * 1024;

    /** The message for an array that would be too long in any heap. */
    private static final String NOT_MEMORY = "Requested array size exceeds VM limit";

    /** How many causes of an exception are checked: a chain may be a loop. */
    private static final int CAUSES = 20;

    /**
     * Above this share of the time spent in the collector, and that of the heap in use, for so many seconds in a row,
     * the heap counts as exhausted.
     */
    private static final double EXHAUSTED_TIME = 0.9;

    private static final double EXHAUSTED_HEAP = 0.95;
    static final int EXHAUSTED_SECONDS = 10;

    private final byte[] message =
            "roomcast: out of memory; ending with exit code 3\n".getBytes(StandardCharsets.US_ASCII);
    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    private final Runnable end;
    private int exhaustedSeconds;

    OutOfMemoryExit(Runnable end) {
        this.end = end;
    }

    /** Watches the whole process until it ends. */
    static void install() {
        OutOfMemoryExit watch = new OutOfMemoryExit(() -> Runtime.getRuntime().halt(EXIT));
        Logger.getLogger("").addHandler(watch);
        Thread.setDefaultUncaughtExceptionHandler(watch);
        Thread thread = new Thread(watch::probe, "roomcast-memory");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void publish(LogRecord record) {
        check(record.getThrown());
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        check(failure);
        System.err.print("Exception in thread \"" + thread.getName() + "\" ");
        failure.printStackTrace();
    }

    private void check(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES; depth++, cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError && !NOT_MEMORY.equals(cause.getMessage())) {
                end();
            }
        }
    }

    private void probe() {
        Runtime heap = Runtime.getRuntime();
        long before = System.nanoTime();
        long collectedBefore = collectedMillis();
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(1);
                var unused = new byte[PROBE_BYTES];
                long now = System.nanoTime();
                long collected = collectedMillis();
                long used = heap.totalMemory() - heap.freeMemory();
                sample(
                        TimeUnit.MILLISECONDS.toNanos(collected - collectedBefore) / (double) (now - before),
                        used / (double) heap.maxMemory());
                before = now;
                collectedBefore = collected;
            }
        } catch (OutOfMemoryError e) {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * To be called each second.
     *
     * @param time share of the second that the collector used, from 0 to 1
     * @param heap share of the heap that is in use, from 0 to 1
     */
    void sample(double time, double heap) {
        exhaustedSeconds = time >= EXHAUSTED_TIME && heap >= EXHAUSTED_HEAP ? exhaustedSeconds + 1 : 0;
        if (exhaustedSeconds == EXHAUSTED_SECONDS) {
            end();
        }
    }

    private static long collectedMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private void end() {
        try {
            err.write(message);
        } catch (IOException | OutOfMemoryError e) {
            // The process ends without the message.
        } finally {
            end.run();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

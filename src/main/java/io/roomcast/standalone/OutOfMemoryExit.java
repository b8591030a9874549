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
 * Ends the process when the JVM is out of memory, so that a service manager can start another. A process that continued
 * could lack threads or state. The JVM does the same with {@code -XX:+ExitOnOutOfMemoryError}, but the manifest of a
 * JAR cannot set that option.
 *
 * <p>Errors are noticed in three ways: an error that was caught and logged, an error that nobody caught, and an
 * allocation each second that fails. A heap that is almost full also counts as out of memory, if almost all time is
 * spent in the garbage collector.
 */
final class OutOfMemoryExit extends Handler implements Thread.UncaughtExceptionHandler {
    /** The exit code of the JVM's own option. */
    private static final int EXIT_CODE = 3;

    /** The size of the allocation each second. It fails only if the heap is full. */
    private static final int PROBE_BYTES = 256 * 1024;

    /**
     * The message of an error that does not mean a lack of memory, because the array would be too long for any heap.
     */
    private static final String ARRAY_TOO_LONG = "Requested array size exceeds VM limit";

    /** How many causes of an exception are checked. The limit is needed, because causes may form a loop. */
    private static final int MAX_CAUSES = 20;

    /**
     * The heap counts as exhausted when the collector used at least {@code EXHAUSTED_TIME} of the time, and the heap
     * was full to at least {@code EXHAUSTED_HEAP}, for {@code EXHAUSTED_SECONDS} in a row.
     */
    private static final double EXHAUSTED_TIME = 0.9;

    private static final double EXHAUSTED_HEAP = 0.95;
    static final int EXHAUSTED_SECONDS = 10;

    private final byte[] message =
            "roomcast: out of memory; ending with exit code 3\n".getBytes(StandardCharsets.US_ASCII);
    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    private final Runnable halt;
    private int exhaustedSeconds;

    /** @param halt ends the process */
    OutOfMemoryExit(Runnable halt) {
        this.halt = halt;
    }

    /** Handles the errors of the whole process until it ends. */
    static void install() {
        OutOfMemoryExit handler = new OutOfMemoryExit(() -> Runtime.getRuntime().halt(EXIT_CODE));
        Logger.getLogger("").addHandler(handler);
        Thread.setDefaultUncaughtExceptionHandler(handler);
        Thread thread = new Thread(handler::probeEachSecond, "roomcast-memory");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void publish(LogRecord record) {
        exitIfOutOfMemory(record.getThrown());
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        exitIfOutOfMemory(failure);
        System.err.print("Exception in thread \"" + thread.getName() + "\" ");
        failure.printStackTrace();
    }

    private void exitIfOutOfMemory(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError && !ARRAY_TOO_LONG.equals(cause.getMessage())) {
                exit();
            }
        }
    }

    private void probeEachSecond() {
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
            exit();
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
            exit();
        }
    }

    private static long collectedMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private void exit() {
        try {
            err.write(message);
        } catch (IOException | OutOfMemoryError e) {
            // The process ends without the message.
        } finally {
            halt.run();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

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
 * Ends the process once the JVM is out of memory, so that whatever watches it starts another: one that goes on has lost threads or state, and answers nothing. The JVM does so
 * itself with {@code -XX:+ExitOnOutOfMemoryError}, but {@code java -jar} takes that from nobody but its user. An error that was caught is seen in the log; one that nobody told
 * of is seen by an allocation of our own, each second. A heap that is nearly full may never see the error, and yet leave no time but for its collector: that is as good as out
 * of memory.
 */
final class OutOfMemoryExit extends Handler implements Thread.UncaughtExceptionHandler {
    /** That of the JVM's own option. */
    private static final int EXIT = 3;

    /** What a full heap has no room for, and every other has. */
    private static final int PROBE_BYTES = 256 * 1024;

    /** Of a length that no array may have, in a heap of any size. */
    private static final String NOT_MEMORY = "Requested array size exceeds VM limit";

    private static final int DEEPEST = 20;

    /** Of the time, to the collector, and of the heap, in use, for so many seconds on end: nothing else is done then. */
    private static final double STARVED_TIME = 0.9;

    private static final double STARVED_HEAP = 0.95;
    static final int STARVED_SECONDS = 10;

    private final byte[] lastWords =
            "roomcast: out of memory, ends with exit code 3\n".getBytes(StandardCharsets.US_ASCII);
    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    private final Runnable end;
    private int starved;

    OutOfMemoryExit(Runnable end) {
        this.end = end;
    }

    /** For the process, for as long as it lives. */
    static void endsTheProcess() {
        OutOfMemoryExit watch = new OutOfMemoryExit(() -> Runtime.getRuntime().halt(EXIT));
        Logger.getLogger("").addHandler(watch);
        Thread.setDefaultUncaughtExceptionHandler(watch);
        Thread thread = new Thread(watch::probe, "roomcast-memory");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void publish(LogRecord record) {
        see(record.getThrown());
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        see(failure);
        System.err.print("Exception in thread \"" + thread.getName() + "\" ");
        failure.printStackTrace();
    }

    private void see(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
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
                look(
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
     * @param time share of it that went to the collector
     * @param heap share of it that is in use
     */
    void look(double time, double heap) {
        starved = time >= STARVED_TIME && heap >= STARVED_HEAP ? starved + 1 : 0;
        if (starved == STARVED_SECONDS) {
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
            err.write(lastWords);
        } catch (IOException | OutOfMemoryError e) {
            // It ends without a word.
        } finally {
            end.run();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}

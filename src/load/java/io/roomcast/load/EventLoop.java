package io.roomcast.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One thread that reads for many connections. */
final class EventLoop implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;
    /** More than this in one frame is no answer of Roomcast's. */
    private static final int LARGEST_BYTES = 64 << 20;

    private final Selector selector;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private byte[] buffer = new byte[BUFFER_BYTES];

    EventLoop(int number) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Thread(this::run, "load-loop-" + number);
        thread.setDaemon(true);
        thread.start();
    }

    /** Runs on this loop's thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    Selector selector() {
        return selector;
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> ((SocketLine) key.attachment()).ready(key, this));
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
            }
        } catch (ClosedSelectorException e) {
            // The end.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A buffer with {@code kept} at its beginning, and at least as much room again; used until this is called again.
     */
    byte[] buffer(byte[] kept) {
        if (kept.length * 2 > buffer.length && buffer.length < LARGEST_BYTES) {
            buffer = new byte[buffer.length * 2];
        }
        System.arraycopy(kept, 0, buffer, 0, kept.length);
        return buffer;
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

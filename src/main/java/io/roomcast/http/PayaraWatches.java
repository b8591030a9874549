package io.roomcast.http;

import io.roomcast.node.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * The watches on connections of Payara. Grizzly reads a connection only between its requests, and cannot be made to
 * report the end of a connection meanwhile. So a task looks at all of them once a second. This class cannot be linked on
 * servers without Grizzly.
 *
 * <p><b>Concurrency.</b> Any thread begins and ends watches. A task of the timer runs in the pool, and reads. The monitor
 * of a watch is held while it reads, so that no byte of the next request is read after the end.
 */
public final class PayaraWatches implements AutoCloseable {
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final Future<?> task;

    public PayaraWatches(Threads threads) {
        task = threads.timer().scheduleWithFixedDelay(() -> threads.pool().execute(this::look), 1, 1, TimeUnit.SECONDS);
    }

    /** @return null for a connection that other requests share, as with HTTP/2 */
    public ConnectionWatch of(PayaraRequest request) {
        NIOConnection connection = request.ownConnection();
        return connection == null ? null : new Watch(connection);
    }

    private void look() {
        watches.forEach(Watch::look);
    }

    @Override
    public void close() {
        task.cancel(false);
        watches.clear();
    }

    private final class Watch implements ConnectionWatch {
        private final NIOConnection connection;
        private Runnable whenGone;
        private boolean hasEnded;

        Watch(NIOConnection connection) {
            this.connection = connection;
        }

        @Override
        public boolean isGone() {
            return !GrizzlySocket.hasUnread(connection) && GrizzlySocket.hasEnded(connection);
        }

        @Override
        public synchronized void begin(Runnable task) {
            if (!hasEnded) {
                whenGone = task;
                watches.add(this);
            }
        }

        @Override
        public synchronized void end() {
            hasEnded = true;
            watches.remove(this);
        }

        /**
         * On a thread for requests: Payara then does the rest of its work with the request, and may wait for others meanwhile.
         */
        @Override
        public void complete(boolean hasListener, Runnable complete) {
            try {
                connection.getTransport().getWorkerThreadPool().execute(complete);
            } catch (RejectedExecutionException e) {
                complete.run();
            }
        }

        @Override
        public void cut() {
            end();
            connection.terminateSilently();
        }

        void look() {
            synchronized (this) {
                if (hasEnded || connection.isOpen() && !GrizzlySocket.hasEnded(connection)) {
                    return;
                }
                end();
            }
            connection.terminateSilently();
            whenGone.run();
        }
    }
}

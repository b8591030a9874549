package io.roomcast.websocket.payara;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.CloseType;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.nio.DefaultSelectionKeyHandler;
import org.glassfish.grizzly.nio.DefaultSelectorHandler;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.SelectorRunner;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;
import org.glassfish.grizzly.strategies.WorkerThreadIOStrategy;
import org.glassfish.grizzly.threadpool.GrizzlyExecutorService;
import org.glassfish.grizzly.threadpool.ThreadPoolConfig;

/**
 * The threads that read the WebSockets of Payara, each with a selector. Payara itself reads a connection on one of its
 * threads for requests, where a message would wait behind all requests of all clients. The transport has no port; it only
 * holds what the selectors need. All of it consists of Grizzly's own classes. So a closed connection that Payara keeps
 * for a while does not keep an undeployed application in memory.
 *
 * <p><b>Concurrency.</b> Any thread. Reading never blocks these threads, because the lanes of rooms do the work.
 */
final class WebSocketSelectors implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WebSocketSelectors.class.getName());
    private static final String THREAD_NAME = "roomcast-network";
    private static final long LINGER_SECONDS = 1;
    private static final long STOP_SECONDS = 2;

    private final ExecutorService threads;
    private final List<SelectorRunner> selectors = new ArrayList<>();
    private final AtomicInteger taken = new AtomicInteger();
    /** How many connections are not closed yet. */
    private final AtomicInteger open = new AtomicInteger();
    /** Completes when no connection is left after the begin of the end. */
    private final CompletableFuture<Void> noneLeft = new CompletableFuture<>();

    private volatile boolean isEnding;

    /** @param count how many threads, at least 1 */
    WebSocketSelectors(int count) throws IOException {
        TCPNIOTransport transport = new TCPNIOTransport();
        threads = GrizzlyExecutorService.createInstance(ThreadPoolConfig.defaultConfig()
                .copy()
                .setPoolName(THREAD_NAME)
                .setCorePoolSize(count)
                .setMaxPoolSize(count)
                .setDaemon(true)
                .setInitialClassLoader(TCPNIOTransport.class.getClassLoader())
                .setMemoryManager(transport.getMemoryManager()));
        transport.setKernelThreadPool(threads);
        transport.setSelectorHandler(new DefaultSelectorHandler());
        transport.setSelectionKeyHandler(new DefaultSelectionKeyHandler());
        transport.setIOStrategy(SameThreadIOStrategy.getInstance());
        for (int i = 0; i < count; i++) {
            SelectorRunner selector = SelectorRunner.create(transport);
            selector.start();
            selectors.add(selector);
        }
    }

    /**
     * Makes one of these threads read a connection from now on. To be called on the thread that serves its request, while
     * nobody reads it. Waits for the selectors of both sides, which takes a moment. A connection whose server does not read
     * on threads for requests stays where it is.
     *
     * @throws IOException if the connection is closed
     */
    void take(NIOConnection connection) throws IOException {
        if (!(connection.getTransport().getIOStrategy() instanceof WorkerThreadIOStrategy)) {
            return;
        }
        open.incrementAndGet();
        CloseListener<Closeable, CloseType> onClose = (closed, how) -> countClose();
        connection.addCloseListener(onClose);
        connection.attachToSelectorRunner(selectors.get(Math.floorMod(taken.getAndIncrement(), selectors.size())));
        if (!connection.getAsyncWriteQueue().isEmpty()) {
            // The former selector would have told when the network takes more of the response.
            connection.enableIOEvent(IOEvent.WRITE);
        }
    }

    private void countClose() {
        if (open.decrementAndGet() == 0 && isEnding) {
            noneLeft.complete(null);
        }
    }

    /**
     * Ends the threads. Waits before for a second at most until clients have answered the Close of their sessions, and
     * then cuts the connections that are left.
     */
    @Override
    public void close() {
        isEnding = true;
        try {
            if (open.get() > 0) {
                noneLeft.get(LINGER_SECONDS, TimeUnit.SECONDS);
            }
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(Level.DEBUG, "connections are cut whose clients have not answered the Close", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        selectors.forEach(SelectorRunner::stop);
        threads.shutdown();
        try {
            var unused = threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

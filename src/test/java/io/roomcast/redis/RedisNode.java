package io.roomcast.redis;

import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What a server has of its own: a relay, its threads, and a listener. */
public final class RedisNode implements AutoCloseable {
    public static final HistoryLimits PLENTY = new HistoryLimits(10_000, Duration.ofHours(1), 64L << 20);

    public final RecordingListener listener = new RecordingListener();
    public final RedisRelay relay;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    public RedisNode(RedisSettings settings) {
        this(settings, PLENTY);
    }

    public RedisNode(RedisSettings settings, HistoryLimits limits) {
        relay = new RedisRelay(settings, limits, "test", this::thread, timer);
        relay.start(listener);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    public List<Thread> threads() {
        return threads;
    }

    @Override
    public void close() {
        relay.close();
        timer.shutdownNow();
    }
}

package io.roomcast.redis;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.support.RecordingListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** What a server has of its own: a relay, its threads, and a listener. */
public final class RedisNode implements AutoCloseable {
    public static final HistoryLimits PLENTY = new HistoryLimits(10_000, Duration.ofHours(1), 64L << 20);

    public final RecordingListener listener = new RecordingListener();
    public final NodeMetrics metrics = new NodeMetrics();
    public final RedisRelay relay;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    public RedisNode(RedisSettings settings) {
        this(settings, PLENTY.everywhere());
    }

    RedisNode(RedisSettings settings, String name) {
        this(settings, PLENTY.everywhere(), null, name);
    }

    public RedisNode(RedisSettings settings, HistoryLimits.Rule limits) {
        this(settings, limits, null);
    }

    /** @param other told instead of {@link #listener}, or null */
    RedisNode(RedisSettings settings, HistoryLimits.Rule limits, RelayListener other) {
        this(settings, limits, other, "test");
    }

    private RedisNode(RedisSettings settings, HistoryLimits.Rule limits, RelayListener other, String name) {
        relay = new RedisRelay(settings, limits, name, this::thread, timer, System::nanoTime, metrics);
        relay.start(other == null ? listener : other);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    public static byte[] body(String content) {
        return ("{\"content\":\"" + content + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    /** With the time of the message, as the service writes it. */
    public static byte[] body(String content, long at) {
        return ("{\"content\":\"" + content + "\",\"at\":" + at + "}").getBytes(StandardCharsets.UTF_8);
    }

    /** The offsets of a room that has missed nothing. */
    public static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /** As a client does: again, with the same key, until it is acknowledged. */
    public Position publish(RoomName room, String content) {
        return publish(room, UUID.randomUUID().toString(), content);
    }

    public Position publish(RoomName room, String key, String content) {
        return untilAnswered(() -> relay.publish(room, key, body(content)));
    }

    public void awaitProbe() {
        untilAnswered(relay::probe);
    }

    static <T> T untilAnswered(Supplier<CompletionStage<T>> call) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                return call.get().toCompletableFuture().join();
            } catch (CompletionException e) {
                assertInstanceOf(RelayUnavailableException.class, e.getCause());
                assertTrue(System.nanoTime() < deadline, "Redis comes back");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
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

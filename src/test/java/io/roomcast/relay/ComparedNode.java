package io.roomcast.relay;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.kafka.KafkaRelayProvider;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.nats.NatsRelayProvider;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.rabbitmq.RabbitRelayProvider;
import io.roomcast.redis.RedisRelayProvider;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The relay of a node, with a listener that notes how long each message took. */
final class ComparedNode implements RelayListener, AutoCloseable {
    private static final String FILLING = " ".repeat(100);

    final Relay relay;
    final AtomicInteger delivered = new AtomicInteger();
    /** How many calls had to be repeated. */
    final AtomicInteger repeated = new AtomicInteger();

    private final long[] nanos = new long[1 << 18];
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** @param settings by key */
    ComparedNode(String name, Map<String, String> settings) {
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
        RelayProvider provider = switch (settings.get("roomcast.relay")) {
            case "nats" -> new NatsRelayProvider(config);
            case "kafka" -> new KafkaRelayProvider(config);
            case "rabbitmq" -> new RabbitRelayProvider(config);
            default -> new RedisRelayProvider(config);
        };
        RelayProvider.Context context = new RelayProvider.Context(
                name,
                RelayFixture.PLENTY.everywhere(),
                ComparedNode::thread,
                timer,
                System::nanoTime,
                new NodeMetrics());
        relay = provider.open(context).relay();
        relay.start(this);
        awaitConnected();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    private void awaitConnected() {
        while (true) {
            try {
                relay.probe().toCompletableFuture().join();
                return;
            } catch (CompletionException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    /** A message that was due at this time. */
    private static byte[] stamped(long nanos) {
        return (nanos + FILLING).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void deliver(RoomName room, StoredMessage message) {
        String text = new String(message.body(), StandardCharsets.US_ASCII);
        long due = Long.parseLong(text.substring(0, text.indexOf(' ')));
        int number = delivered.getAndIncrement();
        nanos[number % nanos.length] = System.nanoTime() - due;
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {}

    @Override
    public void reset(RoomName room, Position position) {}

    /** Milliseconds that this part of the last deliveries took at most. */
    double percentile(double part) {
        long[] sorted = Arrays.copyOf(nanos, Math.min(delivered.get(), nanos.length));
        Arrays.sort(sorted);
        return sorted[(int) (part * (sorted.length - 1))] / 1e6;
    }

    /** Publishes as a client does: again, with the same key, until it is acknowledged. */
    CompletionStage<Position> publish(RoomName room, String key, long due) {
        return again(() -> relay.publish(room, key, stamped(due)));
    }

    private <T> CompletionStage<T> again(Supplier<CompletionStage<T>> call) {
        return call.get()
                .handle((value, failure) -> failure == null
                        ? CompletableFuture.completedFuture(value)
                        : CompletableFuture.supplyAsync(
                                        () -> {
                                            repeated.incrementAndGet();
                                            return again(call);
                                        },
                                        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS))
                                .thenCompose(stage -> stage))
                .thenCompose(stage -> stage);
    }

    void subscribe(List<RoomName> rooms) {
        int atOnce = 1_000;
        for (int from = 0; from < rooms.size(); from += atOnce) {
            rooms.subList(from, Math.min(from + atOnce, rooms.size())).stream()
                    .map(room -> again(() -> relay.subscribe(room)))
                    .toList()
                    .forEach(stage -> stage.toCompletableFuture().join());
        }
    }

    @Override
    public void close() {
        if (repeated.get() > 0) {
            System.err.println(repeated + " calls were repeated"); // What this program is for.
        }
        relay.close();
        timer.shutdownNow();
    }
}

package io.roomcast.redis;

import static io.roomcast.support.Stages.get;

import com.sun.management.OperatingSystemMXBean;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import io.roomcast.support.redis.RedisProcess;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;

/** What the relay takes on this machine, with a Redis of its own. Not a test, but a program that prints figures: see docs/performance.md. */
public final class RelayBenchmark {
    private static final int RATE = 2_000;
    private static final int WINDOW = 5_000;
    private static final Pattern CPU = Pattern.compile("used_cpu_\\w+_main_thread:([\\d.]+)");
    private static final String FILLING = " ".repeat(100);

    /** Notes how long each message took. */
    private static final class Stopwatch implements RelayListener {
        final long[] nanos = new long[1 << 20];
        final AtomicInteger count = new AtomicInteger();

        @Override
        public void deliver(RoomName room, StoredMessage message) {
            String text = new String(message.body(), StandardCharsets.US_ASCII);
            long sent = Long.parseLong(text.substring(0, text.indexOf(' ')));
            nanos[count.getAndIncrement()] = System.nanoTime() - sent;
        }

        @Override
        public void signal(RoomName room, FrameKind kind, byte[] frame) {}

        @Override
        public void reset(RoomName room, Position position) {}

        String percentile(double part) {
            long[] sorted = Arrays.copyOf(nanos, count.get());
            Arrays.sort(sorted);
            return String.format(Locale.ROOT, "%.2f ms", sorted[(int) (part * (sorted.length - 1))] / 1e6);
        }
    }

    private RelayBenchmark() {}

    public static void main(String[] arguments) {
        List<String> chosen = arguments.length == 0 ? List.of("latency", "throughput", "repair") : List.of(arguments);
        try (RedisProcess redis = RedisProcess.launch()) {
            if (chosen.contains("latency")) {
                latency(redis, 5); // Warms up.
                latency(redis, 15);
            }
            if (chosen.contains("throughput")) {
                throughput(redis, 5, 100, WINDOW, true);
                throughput(redis, 10, 100, WINDOW, true);
                throughput(redis, 5, 100, WINDOW, false);
                throughput(redis, 5, 100, 100, true);
                throughput(redis, 5, 1, WINDOW, true);
                throughput(redis, 10, 1_000, WINDOW, true);
            }
            if (chosen.contains("several")) {
                for (int turn = 0; turn < 4; turn++) {
                    for (int size : List.of(1, 10, 100)) {
                        several(redis, size, 3);
                    }
                }
            }
            if (chosen.contains("repair")) {
                repair(redis);
                repair(redis);
            }
        }
        System.exit(0);
    }

    private static List<RoomName> rooms(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new RoomName("room-" + i))
                .toList();
    }

    private static byte[] stamped(long nanos) {
        return (nanos + FILLING).getBytes(StandardCharsets.US_ASCII);
    }

    /** From the moment that a message is due to be published at one node until another delivers it. */
    private static void latency(RedisProcess redis, int seconds) {
        Stopwatch stopwatch = new Stopwatch();
        List<RoomName> rooms = rooms(100);
        RedisSettings settings = RedisSettings.parse(redis.uri());
        try (RedisNode speaker = new RedisNode(settings);
                RedisNode hearer = new RedisNode(settings, RedisNode.PLENTY.everywhere(), stopwatch)) {
            rooms.forEach(room -> get(hearer.relay.subscribe(room)));
            long began = System.nanoTime();
            int messages = seconds * RATE;
            for (int i = 0; i < messages; i++) {
                long due = began + i * (TimeUnit.SECONDS.toNanos(1) / RATE);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                speaker.relay.publish(rooms.get(i % rooms.size()), "key" + due, stamped(due));
            }
            until(() -> stopwatch.count.get() >= messages);
            print(
                    "latency: %d messages at %d/s, p50 %s, p99 %s, p99.9 %s%n",
                    messages, RATE, stopwatch.percentile(0.5), stopwatch.percentile(0.99), stopwatch.percentile(0.999));
        }
    }

    /** The figures are what this program is for, and the console is where they are looked for. */
    private static void print(String format, Object... figures) {
        System.out.printf(Locale.ROOT, format, figures); // What this program is for.
    }

    /** Publishes that Redis has acknowledged, with up to {@code inFlight} of them under way. */
    private static void throughput(RedisProcess redis, int seconds, int roomCount, int inFlight, boolean keyed) {
        List<RoomName> rooms = rooms(roomCount);
        Semaphore window = new Semaphore(inFlight);
        LongAdder stored = new LongAdder();
        LongAdder failed = new LongAdder();
        try (RedisNode node = new RedisNode(RedisSettings.parse(redis.uri()))) {
            long began = System.nanoTime();
            double cpuBefore = cpuMicros(redis);
            for (int i = 0; System.nanoTime() - began < TimeUnit.SECONDS.toNanos(seconds); i++) {
                window.acquireUninterruptibly();
                node.relay
                        .publish(rooms.get(i % rooms.size()), keyed ? "k" + began + i : null, stamped(began))
                        .whenComplete((position, failure) -> {
                            (failure == null ? stored : failed).increment();
                            window.release();
                        });
            }
            window.acquireUninterruptibly(inFlight);
            double took = (System.nanoTime() - began) / 1e9;
            double cpu = (cpuMicros(redis) - cpuBefore) / stored.sum();
            print(
                    "throughput: %d rooms, %d in flight, %s: %.0f stored/s, %.1f us of Redis's CPU each, %d failed%n",
                    roomCount, inFlight, keyed ? "keyed" : "no keys", stored.sum() / took, cpu, failed.sum());
        }
    }

    /** What the thread of Redis that runs commands has used. */
    private static double cpuMicros(RedisProcess redis) {
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            return CPU.matcher(admin.info("cpu"))
                    .results()
                    .mapToDouble(found -> Double.parseDouble(found.group(1)) * 1e6)
                    .sum();
        }
    }

    /**
     * As {@link #throughput}, with this number of messages in one call, as a frame with {@code messages} makes it; and
     * the CPU that the JVM and Redis took for each message. The other load of the machine counts in the rate only.
     */
    private static void several(RedisProcess redis, int size, int seconds) {
        List<RoomName> rooms = rooms(100);
        Semaphore window = new Semaphore(WINDOW / size);
        LongAdder stored = new LongAdder();
        try (RedisNode node = new RedisNode(RedisSettings.parse(redis.uri()));
                Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            double redisBefore = cpuSeconds(admin);
            long jvmBefore = cpuNanos();
            long began = System.nanoTime();
            for (int i = 0; System.nanoTime() - began < TimeUnit.SECONDS.toNanos(seconds); i++) {
                window.acquireUninterruptibly();
                RoomName room = rooms.get(i % rooms.size());
                String key = "k" + began + i + "-";
                CompletionStage<?> publish = size == 1
                        ? node.relay.publish(room, key, stamped(began))
                        : node.relay.publishAll(
                                room,
                                IntStream.range(0, size)
                                        .mapToObj(n -> new Relay.Entry(key + n, stamped(began)))
                                        .toList());
                publish.whenComplete((done, failure) -> {
                    stored.add(failure == null ? size : 0);
                    window.release();
                });
            }
            window.acquireUninterruptibly(WINDOW / size);
            double took = (System.nanoTime() - began) / 1e9;
            print(
                    "%d in a publish: %.0f stored/s; CPU of the JVM %.1f us, of Redis %.1f us for each%n",
                    size,
                    stored.sum() / took,
                    (cpuNanos() - jvmBefore) / 1e3 / stored.sum(),
                    (cpuSeconds(admin) - redisBefore) * 1e6 / stored.sum());
        }
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double cpuSeconds(Jedis redis) {
        return redis.info("cpu")
                .lines()
                .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    /** From the moment that a node is back until it has delivered what it missed: one message in each of 1,000 rooms. */
    private static void repair(RedisProcess redis) {
        Stopwatch stopwatch = new Stopwatch();
        List<RoomName> rooms = rooms(1_000);
        try (RedisOutage outage = new RedisOutage(redis);
                RedisNode speaker = new RedisNode(RedisSettings.parse(redis.uri()));
                RedisNode hearer = new RedisNode(outage.settings(), RedisNode.PLENTY.everywhere(), stopwatch)) {
            rooms.stream().map(hearer.relay::subscribe).toList().forEach(stage -> get(stage));
            outage.begin();
            rooms.stream()
                    .map(room -> speaker.relay.publish(room, null, stamped(0)))
                    .toList()
                    .forEach(stage -> get(stage));
            outage.end();
            until(outage::isOver);
            long back = System.nanoTime();
            until(() -> stopwatch.count.get() >= rooms.size());
            print("repair: %d rooms in %.0f ms%n", rooms.size(), (System.nanoTime() - back) / 1e6);
        }
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}

package io.roomcast.relay;

import com.sun.management.OperatingSystemMXBean;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.server.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * What the relays take on this machine, one beside the other: the relays of two nodes in this JVM, each with a broker of
 * its own on loopback. They take turns, and the first round warms up. Not a test, but a program that prints the table of
 * docs/performance.md. Arguments: rounds that count, 4 by default; and relays, all by default.
 */
public final class RelayComparison {
    private static final int RATE = 2_000;
    private static final int LATENCY_SECONDS = 8;
    private static final int LOOP_SECONDS = 5;
    private static final int WINDOW = 2_000;
    private static final int MANY_ROOMS = 10_000;
    private static final int REPAIRED_ROOMS = 1_000;
    private static final long TICK_MICROS = 10_000;

    /** What was measured in each round, by what it is. */
    private final Map<Broker.Kind, Map<String, List<Double>>> figures = new EnumMap<>(Broker.Kind.class);

    private final List<Broker.Kind> kinds;
    private boolean isCounted;

    private RelayComparison(List<Broker.Kind> kinds) {
        this.kinds = kinds;
    }

    public static void main(String[] arguments) {
        int rounds = arguments.length == 0 ? 4 : Integer.parseInt(arguments[0]);
        RelayComparison comparison = new RelayComparison(
                arguments.length < 2
                        ? List.of(Broker.Kind.values())
                        : Arrays.stream(arguments)
                                .skip(1)
                                .map(kind -> Broker.Kind.valueOf(kind.toUpperCase(Locale.ROOT)))
                                .toList());
        for (int round = 0; round <= rounds; round++) {
            comparison.isCounted = round > 0;
            System.err.println(round == 0 ? "warm-up" : "round " + round + " of " + rounds);
            List<Broker.Kind> order = new ArrayList<>(comparison.kinds);
            Collections.rotate(order, round);
            order.forEach(comparison::turn);
        }
        System.out.print(comparison.table()); // What this program is for.
        System.exit(0);
    }

    private void turn(Broker.Kind kind) {
        try (Broker broker = Broker.launch(kind)) {
            latency(kind, broker);
            stored(kind, broker);
            delivered(kind, broker);
            repair(kind, broker);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Broker broker = Broker.launch(kind)) {
            manyRooms(kind, broker);
        }
    }

    private void add(Broker.Kind kind, String what, double figure) {
        if (isCounted) {
            figures.computeIfAbsent(kind, any -> new LinkedHashMap<>())
                    .computeIfAbsent(what, any -> new ArrayList<>())
                    .add(figure);
        }
    }

    private static List<RoomName> rooms(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> new RoomName(prefix + i)).toList();
    }

    /** From the moment that a message is due to be published at one node until the other one delivers it. */
    private void latency(Broker.Kind kind, Broker broker) {
        List<RoomName> rooms = rooms("latency-", 100);
        try (ComparedNode speaker = new ComparedNode("a", broker.settings());
                ComparedNode hearer = new ComparedNode("b", broker.settings())) {
            hearer.subscribe(rooms);
            long began = System.nanoTime();
            int messages = LATENCY_SECONDS * RATE;
            for (int i = 0; i < messages; i++) {
                long due = began + i * (TimeUnit.SECONDS.toNanos(1) / RATE);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                var unused = speaker.publish(rooms.get(i % rooms.size()), "k" + due, due);
            }
            until(() -> hearer.delivered.get() >= messages);
            add(kind, "publish to deliver at 2,000/s, p50, ms", hearer.percentile(0.5));
            add(kind, "the same, p99, ms", hearer.percentile(0.99));
        }
    }

    /** Publishes of one node over 100 rooms, each with a key, and nobody listens. */
    private void stored(Broker.Kind kind, Broker broker) {
        try (ComparedNode node = new ComparedNode("a", broker.settings())) {
            Loop loop = new Loop(node, broker, rooms("stored-", 100));
            add(kind, "stored publishes a second, 100 rooms", loop.messages / loop.seconds);
            add(kind, "CPU of the JVM for each publish, µs", loop.jvmMicros / loop.messages);
            add(kind, "CPU of the broker for each publish, µs", loop.brokerMicros / loop.messages);
            Loop single = new Loop(node, broker, rooms("single-", 1));
            add(kind, "stored publishes a second, one room", single.messages / single.seconds);
        }
    }

    /** The same, while both nodes have joined all rooms. */
    private void delivered(Broker.Kind kind, Broker broker) {
        List<RoomName> rooms = rooms("delivered-", 100);
        try (ComparedNode speaker = new ComparedNode("a", broker.settings());
                ComparedNode hearer = new ComparedNode("b", broker.settings())) {
            speaker.subscribe(rooms);
            hearer.subscribe(rooms);
            Loop loop = new Loop(speaker, broker, rooms);
            until(() -> hearer.delivered.get() >= loop.messages && speaker.delivered.get() >= loop.messages);
            add(kind, "delivered to nodes a second, two nodes in 100 rooms", 2 * loop.messages / loop.seconds);
            add(kind, "CPU of the JVM for each delivery, with its publish, µs", loop.jvmMicros / loop.messages / 2);
            add(
                    kind,
                    "CPU of the broker for each delivery, with its publish, µs",
                    loop.brokerMicros / loop.messages / 2);
        }
    }

    /** A loop of publishes, with some thousands under way. */
    private static final class Loop {
        final long messages;
        final double seconds;
        final double jvmMicros;
        final double brokerMicros;

        Loop(ComparedNode node, Broker broker, List<RoomName> rooms) {
            Semaphore window = new Semaphore(WINDOW);
            LongAdder stored = new LongAdder();
            long jvmBefore = jvmNanos();
            double brokerBefore = brokerMicros(broker);
            long began = System.nanoTime();
            for (int i = 0; System.nanoTime() - began < TimeUnit.SECONDS.toNanos(LOOP_SECONDS); i++) {
                window.acquireUninterruptibly();
                var unused = node.publish(rooms.get(i % rooms.size()), "k" + began + i, began)
                        .whenComplete((position, failure) -> {
                            stored.increment();
                            window.release();
                        });
            }
            window.acquireUninterruptibly(WINDOW);
            seconds = (System.nanoTime() - began) / 1e9;
            messages = stored.sum();
            jvmMicros = (jvmNanos() - jvmBefore) / 1e3;
            brokerMicros = brokerMicros(broker) - brokerBefore;
        }
    }

    /** From the moment that the network is mended until a node has one message of each room that it missed. */
    private void repair(Broker.Kind kind, Broker broker) throws IOException {
        List<RoomName> rooms = rooms("repaired-", REPAIRED_ROOMS);
        try (CuttableProxy proxy = broker.openProxy();
                ComparedNode speaker = new ComparedNode("a", broker.settings());
                ComparedNode hearer = new ComparedNode("b", broker.settings(proxy.port()))) {
            hearer.subscribe(rooms);
            proxy.cut();
            rooms.stream()
                    .map(room -> speaker.publish(room, "missed", 0))
                    .toList()
                    .forEach(stage -> stage.toCompletableFuture().join());
            proxy.mend();
            long mended = System.nanoTime();
            until(() -> hearer.delivered.get() > 0);
            add(kind, "after a cut: until the first of 1,000 missed messages, ms", (System.nanoTime() - mended) / 1e6);
            until(() -> hearer.delivered.get() >= rooms.size());
            add(kind, "until the last one, ms", (System.nanoTime() - mended) / 1e6);
        }
    }

    /** Rooms that both nodes have joined, with one message in each. */
    private void manyRooms(Broker.Kind kind, Broker broker) {
        List<RoomName> rooms = rooms("room-", MANY_ROOMS);
        try (ComparedNode one = new ComparedNode("a", broker.settings());
                ComparedNode other = new ComparedNode("b", broker.settings())) {
            double heapBefore = heapBytes();
            double brokerBefore = residentBytes(broker);
            long began = System.nanoTime();
            one.subscribe(rooms);
            add(kind, "10,000 new rooms joined by one node, s", (System.nanoTime() - began) / 1e9);
            other.subscribe(rooms);
            Semaphore window = new Semaphore(WINDOW);
            for (RoomName room : rooms) {
                window.acquireUninterruptibly();
                var unused = one.publish(room, "first", 0).whenComplete((position, failure) -> window.release());
            }
            window.acquireUninterruptibly(WINDOW);
            until(() -> other.delivered.get() >= MANY_ROOMS);
            add(kind, "memory of the broker for each, KB", (residentBytes(broker) - brokerBefore) / 1e3 / MANY_ROOMS);
            add(kind, "heap of each node for each, KB", (heapBytes() - heapBefore) / 1e3 / MANY_ROOMS / 2);
        }
    }

    private static double heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc(); // What is left is what the rooms take.
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long jvmNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double brokerMicros(Broker broker) {
        String text = read(broker, "stat");
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * (double) TICK_MICROS;
    }

    private static double residentBytes(Broker broker) {
        return read(broker, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1_024)
                .sum();
    }

    private static String read(Broker broker, String file) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(broker.process().pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private String table() {
        StringBuilder table = new StringBuilder("| median, and least to most |");
        kinds.forEach(kind -> table.append(' ').append(kind).append(" |"));
        table.append("\n|---").append("|---".repeat(kinds.size())).append("|\n");
        for (String what : figures.get(kinds.get(0)).keySet()) {
            table.append("| ").append(what).append(" |");
            kinds.forEach(kind ->
                    table.append(' ').append(text(figures.get(kind).get(what))).append(" |"));
            table.append('\n');
        }
        return table.toString();
    }

    private static double median(List<Double> all) {
        List<Double> sorted = all.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static String text(List<Double> all) {
        double least = all.stream().mapToDouble(each -> each).min().orElseThrow();
        double most = all.stream().mapToDouble(each -> each).max().orElseThrow();
        return number(median(all)) + " (" + number(least) + " to " + number(most) + ")";
    }

    private static String number(double figure) {
        String format = figure >= 100 ? "%,.0f" : figure >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, figure);
    }
}

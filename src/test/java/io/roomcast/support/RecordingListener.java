package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.fail;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.RelayListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Keeps what a relay brings, and lets a test wait for it. Notes when two threads deliver to one room at once. */
public final class RecordingListener implements RelayListener {

    public record Signal(RoomName room, FrameKind kind, String frame) {}

    private final Map<RoomName, List<StoredMessage>> delivered = new HashMap<>();
    private final List<Signal> signals = new ArrayList<>();
    private final Map<RoomName, List<Position>> resets = new HashMap<>();
    private final Map<RoomName, AtomicInteger> inside = new ConcurrentHashMap<>();
    private volatile boolean overlapped;

    @Override
    public void deliver(RoomName room, StoredMessage message) {
        alone(
                room,
                () -> delivered.computeIfAbsent(room, r -> new ArrayList<>()).add(message));
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        record(() -> signals.add(new Signal(room, kind, new String(frame, StandardCharsets.UTF_8))));
    }

    @Override
    public void reset(RoomName room, Position position) {
        alone(room, () -> resets.computeIfAbsent(room, r -> new ArrayList<>()).add(position));
    }

    private void alone(RoomName room, Runnable change) {
        AtomicInteger callers = inside.computeIfAbsent(room, r -> new AtomicInteger());
        overlapped |= callers.incrementAndGet() > 1;
        record(change);
        callers.decrementAndGet();
    }

    private synchronized void record(Runnable change) {
        change.run();
        notifyAll();
    }

    /** Whether two threads ever delivered to one room at once. */
    public boolean overlapped() {
        return overlapped;
    }

    public synchronized List<StoredMessage> delivered(RoomName room) {
        return List.copyOf(delivered.getOrDefault(room, List.of()));
    }

    public synchronized int count(RoomName room) {
        return delivered.getOrDefault(room, List.of()).size();
    }

    /** Of the message that was delivered last; empty where there is none. */
    public synchronized String lastBody(RoomName room) {
        List<StoredMessage> all = delivered.getOrDefault(room, List.of());
        return all.isEmpty() ? "" : new String(all.get(all.size() - 1).body(), StandardCharsets.UTF_8);
    }

    public List<Long> offsets(RoomName room) {
        return delivered(room).stream().map(StoredMessage::offset).toList();
    }

    public List<String> bodies(RoomName room) {
        return delivered(room).stream()
                .map(message -> new String(message.body(), StandardCharsets.UTF_8))
                .toList();
    }

    public synchronized List<Signal> signals() {
        return List.copyOf(signals);
    }

    public synchronized List<Position> resets(RoomName room) {
        return List.copyOf(resets.getOrDefault(room, List.of()));
    }

    public void awaitCount(RoomName room, int count) {
        await(count + " deliveries to " + room, () -> count(room) >= count);
    }

    public void awaitSignals(int count) {
        await(count + " signals", () -> signals.size() >= count);
    }

    public void awaitResets(RoomName room, int count) {
        await(count + " resets of " + room, () -> resets(room).size() >= count);
    }

    /** Waits until something that was recorded makes the condition true; fails after 20 seconds. */
    public synchronized void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                fail("waited in vain for " + what + "; delivered " + summary() + ", resets " + resets);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Of some rooms how many were delivered, and the last of them. */
    private String summary() {
        return delivered.keySet().stream()
                .limit(10)
                .map(room -> room + ": " + count(room) + " with " + last(offsets(room)) + " " + last(bodies(room)))
                .collect(Collectors.joining("; "));
    }

    private static <T> List<T> last(List<T> all) {
        return all.subList(Math.max(0, all.size() - 5), all.size());
    }
}

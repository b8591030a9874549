package io.roomcast.replica;

import io.roomcast.relay.RelayUnavailableException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A log in the memory of a test. It can be trimmed, lost, cut off and stopped.
 *
 * <p><b>Concurrency.</b> The monitor guards everything. Each follower has a thread.
 */
final class MemoryBroker {
    static final int PARTITIONS = 3;
    private static final long REACH_MILLIS = TimeUnit.HOURS.toMillis(26);
    private static final int MAX_BYTES = 1 << 20;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Stored(long position, long millis, byte[] record) {}

    private final InstantSource clock;
    private final List<List<Stored>> partitions = new ArrayList<>();
    private final long[] next = new long[PARTITIONS];
    private final List<MemoryLog> followers = new ArrayList<>();
    private boolean reachable = true;
    /** Whether the broker stores records, and neither its confirmations nor the records reach anybody. */
    private boolean silent;

    MemoryBroker(InstantSource clock) {
        this.clock = clock;
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new ArrayList<>());
        }
    }

    AppendLog connect() {
        return new MemoryLog();
    }

    synchronized void setReachable(boolean isReachable) {
        reachable = isReachable;
        notifyAll();
    }

    synchronized void setSilent(boolean isSilent) {
        silent = isSilent;
        notifyAll();
    }

    /** Lets go of the oldest records, as many as are older. */
    synchronized void trimBefore(long millis) {
        partitions.forEach(records -> records.removeIf(each -> each.millis() < millis));
    }

    /** Lets go of everything, and begins at position 0. */
    synchronized void lose() {
        partitions.forEach(List::clear);
        Arrays.fill(next, 0);
        followers.forEach(follower -> follower.isToBegin = true);
        notifyAll();
    }

    /** Loses the records of a partition from a position on, as a broker with an older copy of its disk. */
    synchronized void goBack(int partition, long from) {
        partitions.get(partition).removeIf(each -> each.position() >= from);
        next[partition] = from;
        followers.forEach(follower -> follower.goBack(partition, from));
        notifyAll();
    }

    /** Appends a record that no node has appended. */
    synchronized void append(int partition, byte[] record) {
        partitions.get(partition).add(new Stored(next[partition]++, clock.millis(), record));
        notifyAll();
    }

    /** All records, in the order of a partition. */
    synchronized List<byte[]> records(int partition) {
        return partitions.get(partition).stream().map(Stored::record).toList();
    }

    private final class MemoryLog implements AppendLog {
        private final long[] position = new long[PARTITIONS];
        private final long[] end = new long[PARTITIONS];
        private final Deque<byte[]> notes = new ArrayDeque<>();
        private final Map<Integer, Long> lost = new HashMap<>();
        private boolean isToBegin = true;
        private boolean isCatchingUp;
        private boolean closed;
        private Thread thread;

        @Override
        public void follow(Follower follower) {
            synchronized (MemoryBroker.this) {
                followers.add(this);
            }
            thread = new Thread(() -> run(follower));
            thread.setDaemon(true);
            thread.start();
        }

        private void run(Follower follower) {
            try {
                while (true) {
                    Runnable next;
                    synchronized (MemoryBroker.this) {
                        next = next(follower);
                        while (next == null && !closed) {
                            MemoryBroker.this.wait();
                            next = next(follower);
                        }
                        if (closed) {
                            return;
                        }
                    }
                    next.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void goBack(int partition, long from) {
            if (position[partition] > from) {
                lost.merge(partition, from, Math::min);
                isToBegin = true;
            }
        }

        private Runnable next(Follower follower) {
            if (!reachable || silent) {
                return null;
            }
            for (int i = 0; i < PARTITIONS; i++) {
                List<Stored> records = partitions.get(i);
                isToBegin |= !records.isEmpty() && position[i] < records.get(0).position();
            }
            if (isToBegin) {
                isToBegin = false;
                isCatchingUp = true;
                boolean[] trimmed = new boolean[PARTITIONS];
                for (int i = 0; i < PARTITIONS; i++) {
                    List<Stored> records = partitions.get(i);
                    position[i] = records.isEmpty() ? next[i] : records.get(0).position();
                    end[i] = next[i];
                    trimmed[i] = position[i] > 0;
                }
                Map<Integer, Long> wentBack = Map.copyOf(lost);
                lost.clear();
                return () -> {
                    wentBack.forEach(follower::wentBack);
                    follower.began(trimmed, REACH_MILLIS);
                };
            }
            for (int i = 0; i < PARTITIONS; i++) {
                List<Stored> records = partitions.get(i);
                int index = records.isEmpty()
                        ? 0
                        : (int) (position[i] - records.get(0).position());
                if (index < records.size()) {
                    int partition = i;
                    Stored stored = records.get(index);
                    position[i]++;
                    return () -> follower.appended(partition, stored.position(), stored.millis(), stored.record());
                }
            }
            if (isCatchingUp) {
                isCatchingUp = false;
                return follower::caughtUp;
            }
            byte[] note = notes.poll();
            return note == null ? null : () -> follower.received(note);
        }

        @Override
        public CompletionStage<Void> append(int partition, byte[] record) {
            synchronized (MemoryBroker.this) {
                if (!reachable || closed) {
                    return CompletableFuture.failedFuture(new RelayUnavailableException("cut off"));
                }
                MemoryBroker.this.append(partition, record);
                return silent
                        ? CompletableFuture.failedFuture(new RelayUnavailableException("no confirmation"))
                        : CompletableFuture.completedFuture(null);
            }
        }

        @Override
        public void send(byte[] note) {
            synchronized (MemoryBroker.this) {
                if (reachable && !closed) {
                    followers.forEach(each -> each.notes.add(note));
                    MemoryBroker.this.notifyAll();
                }
            }
        }

        @Override
        public int maxBytes() {
            return MAX_BYTES;
        }

        @Override
        public void close() {
            synchronized (MemoryBroker.this) {
                closed = true;
                followers.remove(this);
                MemoryBroker.this.notifyAll();
            }
        }
    }
}

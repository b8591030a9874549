package io.roomcast.archiver;

import io.roomcast.archiver.LiveBroker.Begun;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.Lives.Claims;
import io.roomcast.relay.Lives.Data;
import io.roomcast.relay.Lives.Placed;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Begins the numberings of rooms of which the broker has nothing: the ones that the archive has, where this is proved to
 * be right, else new ones. Rooms that are asked for at the same time share a question to the database. A room waits for
 * some seconds at most; then it begins anew.
 *
 * <p><b>Concurrency.</b> Any thread may call. One thread asks the database. {@code waiting} has the rooms that are not
 * decided.
 */
final class Restorer implements AutoCloseable {
    /** Less than the time that a subscription takes at most. */
    private static final long WAIT_MILLIS = 3_500;

    private static final long AGAIN_MILLIS = 100;
    private static final int AT_A_TIME = 500;
    /** After the database has failed for so long, rooms do not wait for it. */
    private static final long FAILED_NANOS = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);

    private final LiveBroker broker;
    private final Archive archive;
    /** The data in which this node is admitted; null if it is not. */
    private final Supplier<Data> admittedIn;

    private final RecentKeys recentKeys;
    private final ScheduledExecutorService timer;
    private final Clocks clocks;
    private final NodeMetrics metrics;
    private final ConcurrentHashMap<RoomName, Absent> waiting = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Absent> queue = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private Thread thread;
    /** When the database failed first since it last answered; 0 if it does not fail. For the thread. */
    private long failingSince;

    private record Absent(RoomName room, CompletableFuture<Void> begun) {}

    Restorer(
            LiveBroker broker,
            Archive archive,
            Supplier<Data> admittedIn,
            ScheduledExecutorService timer,
            Clocks clocks,
            NodeMetrics metrics) {
        this.broker = broker;
        this.archive = archive;
        this.admittedIn = admittedIn;
        this.timer = timer;
        this.clocks = clocks;
        this.metrics = metrics;
        this.recentKeys = new RecentKeys(archive, clocks.wall());
    }

    void start(ThreadFactory threads) {
        thread = threads.newThread(this::run);
        thread.setName("roomcast-restorer");
        thread.start();
    }

    /** Completes when the broker has a numbering of the room. */
    CompletionStage<Void> begin(RoomName room) {
        Absent made = new Absent(room, new CompletableFuture<>());
        Absent present = waiting.putIfAbsent(room, made);
        if (present != null) {
            return present.begun();
        }
        var unused = made.begun().whenComplete((none, failure) -> waiting.remove(room, made));
        if (schedule(() -> beginAnew(made, false), WAIT_MILLIS, made)) {
            queue.add(made);
        }
        return made.begun();
    }

    private boolean schedule(Runnable task, long millis, Absent absent) {
        try {
            var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            absent.begun().completeExceptionally(new RelayUnavailableException("the node is stopping"));
            return false;
        }
    }

    private void run() {
        try {
            while (!closed) {
                Absent first = queue.poll(1, TimeUnit.SECONDS);
                if (first != null) {
                    List<Absent> some = new ArrayList<>();
                    some.add(first);
                    queue.drainTo(some, AT_A_TIME - 1);
                    some.removeIf(absent -> absent.begun().isDone());
                    decide(some);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void decide(List<Absent> some) {
        Data data = admittedIn.get();
        if (some.isEmpty()) {
            return;
        }
        if (data == null) {
            later(some);
            return;
        }
        try {
            Claims claims =
                    archive.lives().claim(data, some.stream().map(Absent::room).toList());
            failingSince = 0;
            if (claims.later()) {
                later(some);
                return;
            }
            for (Absent absent : some) {
                Placed placed = claims.placed().get(absent.room());
                Map<String, Position> keys = placed == null ? Map.of() : recentKeys.of(absent.room(), placed);
                if (placed != null && keys != null) {
                    begin(absent, data, placed, keys);
                } else {
                    beginAnew(absent, data, placed != null || claims.ended().contains(absent.room()));
                }
            }
        } catch (ArchiveException e) {
            failed(some);
        } catch (RuntimeException | Error e) {
            // Without this thread, every room would wait in vain.
            some.forEach(absent -> beginAnew(absent, data, true));
        }
    }

    private void failed(List<Absent> some) {
        long now = clocks.nanos().getAsLong();
        failingSince = failingSince == 0 ? now : failingSince;
        if (now - failingSince > FAILED_NANOS) {
            some.forEach(absent -> beginAnew(absent, false));
        } else {
            later(some);
        }
    }

    private void later(List<Absent> some) {
        some.forEach(absent -> schedule(() -> queue.add(absent), AGAIN_MILLIS, absent));
    }

    private void begin(Absent absent, Data data, Placed placed, Map<String, Position> keys) {
        broker.begin(absent.room(), data, placed, keys)
                .whenComplete((begun, failure) -> ended(absent, begun, failure, Counter.ROOMS_RESTORED));
    }

    /** @param isKnown whether the archive has the room */
    private void beginAnew(Absent absent, boolean isKnown) {
        if (!absent.begun().isDone()) {
            broker.data()
                    .ifPresentOrElse(
                            data -> beginAnew(absent, data, isKnown),
                            () -> absent.begun()
                                    .completeExceptionally(new RelayUnavailableException("the room is not known yet")));
        }
    }

    private void beginAnew(Absent absent, Data data, boolean isKnown) {
        broker.begin(absent.room(), data, null, Map.of())
                .whenComplete((begun, failure) -> ended(absent, begun, failure, isKnown ? Counter.ROOMS_ENDED : null));
    }

    private void ended(Absent absent, Begun begun, Throwable failure, Counter counted) {
        if (failure != null) {
            absent.begun().completeExceptionally(failure);
        } else if (begun == Begun.OTHER_DATA) {
            broker.look();
            absent.begun().completeExceptionally(new RelayUnavailableException("the relay has other data"));
        } else {
            if (begun == Begun.BEGUN && counted != null) {
                metrics.increment(counted);
            }
            absent.begun().complete(null);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
        waiting.values()
                .forEach(absent ->
                        absent.begun().completeExceptionally(new RelayUnavailableException("the node is stopping")));
    }
}

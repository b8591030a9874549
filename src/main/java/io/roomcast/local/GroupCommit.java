package io.roomcast.local;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Stores messages in the archive. Publishes gather while a commit runs and until {@link CommitPace the next} may begin, which
 * has them all. Nobody is shown
 * a message before its commit: the {@link LocalRelay} in memory takes it over afterwards, and delivers it.
 *
 * <p><b>Concurrency.</b> Any thread may {@link #submit}. One thread, the only one that gives offsets, does the rest: it
 * takes publishes from the queue in their order, commits them, hands them to the memory, and completes their stages.
 *
 * <p><b>After a failure.</b> A commit that failed may have stored its messages. So the rooms of such a commit are
 * <i>uncertain</i>: before the next message of the room gets an offset, the archive is asked what it has, and what it
 * has is delivered.
 */
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = System.getLogger(GroupCommit.class.getName());
    /** Most messages of a commit. Those that wait longer would be acknowledged later without need. */
    private static final int MAX_MESSAGES = 4_000;
    /** Most bytes of bodies of a commit, unless a single publish has more. */
    private static final long MAX_BYTES = 4 << 20;
    /** A commit of this size must be possible again after a failure. */
    private static final int MIN_FAILED_BYTES = 64 << 10;
    /** An idle node commits this often, to find out whether it still can. */
    private static final long CHECK_SECONDS = 10;
    /** How long {@link #close} waits for what was submitted. */
    private static final long CLOSE_SECONDS = 5;

    private static final long BUSY_RETRY_MILLIS = 1_000;

    /**
     * What waits to be stored.
     *
     * @param room null for a probe and for a task, which have no messages
     * @param task null for all but a task
     */
    private record Write(
            RoomName room,
            List<LocalRelay.Draft> drafts,
            long bytes,
            CompletableFuture<Relay.Prefix> done,
            Runnable task) {
        boolean isProbe() {
            return room == null && task == null;
        }
    }

    /** Stops the thread when it comes to it. */
    private static final Write END = new Write(null, List.of(), 0, new CompletableFuture<>(), null);

    private final Archive archive;
    private final LocalRelay memory;
    private final ArchiveLoader loader;
    private final Clocks clocks;
    private final NodeMetrics metrics;
    private final long maxQueuedBytes;
    private final LinkedBlockingQueue<Write> queue = new LinkedBlockingQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final CommitPace pace;
    private final Thread thread;
    private volatile boolean closed;
    /** Whether the thread takes nothing more from the queue. */
    private volatile boolean ended;
    /** Whether the archive has said that it is damaged. Nothing is written to it any more. */
    private volatile boolean damaged;

    /** What is below belongs to the thread. */
    private final Set<RoomName> uncertain = new HashSet<>();
    /** Times of storage do not go back within an archive's process, so that keys are found by them. */
    private long lastStoredAt;

    private long committedAt;
    private boolean failing;
    /** Size of the commit that failed last. */
    private int failedBytes = MIN_FAILED_BYTES;

    /** @param maxQueuedBytes most bytes of bodies that wait */
    GroupCommit(
            Archive archive,
            LocalRelay memory,
            ArchiveLoader loader,
            Clocks clocks,
            NodeMetrics metrics,
            ThreadFactory threads,
            long maxQueuedBytes) {
        this.archive = archive;
        this.memory = memory;
        this.loader = loader;
        this.clocks = clocks;
        this.metrics = metrics;
        this.maxQueuedBytes = maxQueuedBytes;
        this.pace = new CommitPace(clocks.nanos());
        // So that the first probe finds out whether a commit is possible.
        this.committedAt = memory.now() - TimeUnit.SECONDS.toMillis(CHECK_SECONDS) - 1;
        this.thread = threads.newThread(this::run);
        thread.start();
    }

    /** Stores messages, as {@link Relay#publishAll}. Does not block. */
    CompletionStage<Relay.Prefix> submit(RoomName room, List<LocalRelay.Draft> drafts) {
        long bytes = drafts.stream().mapToLong(draft -> draft.body().length).sum();
        if (queuedBytes.get() + bytes > maxQueuedBytes) {
            return CompletableFuture.failedFuture(new ProtocolException(
                    ErrorCode.BUSY, "too many messages wait to be stored; try again", BUSY_RETRY_MILLIS));
        }
        return enqueue(new Write(room, drafts, bytes, new CompletableFuture<>(), null));
    }

    /** Completes when the archive has committed since, or has shown just now that it can. */
    CompletionStage<Void> probe() {
        return enqueue(new Write(null, List.of(), 0, new CompletableFuture<>(), null))
                .thenApply(prefix -> null);
    }

    /**
     * Runs a task on the thread, between two commits. Does not block. The task may block as a commit does, and is rare.
     *
     * @return fails as the task, or with {@link RelayUnavailableException} if the archive fails
     */
    <T> CompletionStage<T> run(Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable all = () -> result.complete(task.get());
        var unused = enqueue(new Write(null, List.of(), 0, new CompletableFuture<>(), all))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    }
                });
        return result;
    }

    private CompletionStage<Relay.Prefix> enqueue(Write write) {
        if (closed) {
            write.done().completeExceptionally(new RelayUnavailableException("the node stops"));
            return write.done();
        }
        queuedBytes.addAndGet(write.bytes());
        metrics.addArchiveQueueBytes(write.bytes());
        queue.add(write);
        if (ended) {
            // The thread may have ended before it could see the write.
            fail(List.of(write), new RelayUnavailableException("the node stops"));
        }
        return write.done();
    }

    private void run() {
        List<Write> batch = List.of();
        try {
            boolean last = false;
            while (!last) {
                batch = nextBatch();
                last = batch.remove(END);
                store(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            ended = true;
            // Only an error leaves some of the batch without an answer.
            fail(batch, new RelayUnavailableException("the archive cannot store messages now"));
            fail(new ArrayList<>(queue), new RelayUnavailableException("the node stops"));
        }
    }

    private List<Write> nextBatch() throws InterruptedException {
        List<Write> batch = new ArrayList<>();
        long bytes = 0;
        int messages = 0;
        Write next = queue.take();
        pace.await();
        while (next != null) {
            batch.add(next);
            bytes += next.bytes();
            messages += next.drafts().size();
            next = bytes < MAX_BYTES && messages < MAX_MESSAGES ? queue.poll() : null;
        }
        queuedBytes.addAndGet(-bytes);
        metrics.addArchiveQueueBytes(-bytes);
        return batch;
    }

    private void store(List<Write> batch) {
        List<Write> writes =
                batch.stream().filter(write -> write.room() != null).toList();
        List<Write> probes = batch.stream().filter(Write::isProbe).toList();
        if (!writes.isEmpty()) {
            storeMessages(writes);
        }
        if (!probes.isEmpty()) {
            answerProbes(probes);
        }
        batch.stream().filter(write -> write.task() != null).forEach(this::runTask);
    }

    private void runTask(Write write) {
        try {
            requireWhole();
            write.task().run();
        } catch (ProtocolException e) {
            write.done().completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            failed(e);
            fail(List.of(write), new RelayUnavailableException("the archive cannot store messages now"));
        }
    }

    private void storeMessages(List<Write> writes) {
        Map<RoomName, RoomBatch> rooms = new LinkedHashMap<>();
        List<Runnable> answers = new ArrayList<>(writes.size());
        try {
            requireWhole();
            for (Write write : writes) {
                answers.add(add(write, rooms));
            }
            lastStoredAt = Math.max(lastStoredAt, clocks.wall().millis());
            List<Archive.Run> runs = rooms.values().stream()
                    .filter(room -> !room.isEmpty())
                    .map(room -> room.run(lastStoredAt))
                    .toList();
            if (!runs.isEmpty()) {
                commit(runs);
            }
        } catch (RuntimeException | Error e) {
            // Also of an error, such as a want of memory: without this thread, the node could store nothing more.
            long bytes = writes.stream().mapToLong(Write::bytes).sum();
            failedBytes = (int) Math.max(MIN_FAILED_BYTES, Math.min(bytes, MAX_BYTES));
            failed(e);
            // The others are loaded from the archive, whatever it has of them.
            uncertain.removeIf(room -> !memory.has(room));
            uncertain.addAll(rooms.keySet());
            fail(writes, new RelayUnavailableException("the archive cannot store messages now"));
            return;
        }
        rooms.forEach((name, room) -> {
            try {
                room.takeOver();
            } catch (RuntimeException | Error e) {
                // A defect in one room must not stop the others. What the archive has is delivered before the next
                // message.
                LOG.log(Level.ERROR, "The stored messages of room " + name + " could not be delivered", e);
                uncertain.add(name);
            }
        });
        answers.forEach(Runnable::run);
    }

    /** Gives offsets to the messages of a write. Returns what answers it after the commit. */
    private Runnable add(Write write, Map<RoomName, RoomBatch> rooms) {
        try {
            return rooms.computeIfAbsent(write.room(), room -> new RoomBatch(room, begin(room), memory))
                    .add(write.drafts(), write.done());
        } catch (ProtocolException e) {
            // A room that can take nothing is refused alone. The others of the commit are stored.
            return () -> write.done().completeExceptionally(e);
        }
    }

    private void commit(List<Archive.Run> runs) {
        long began = clocks.nanos().getAsLong();
        try {
            archive.append(runs);
        } finally {
            metrics.record(Latency.ARCHIVE_COMMIT, clocks.nanos().getAsLong() - began);
        }
        metrics.add(
                Counter.ARCHIVE_STORED,
                runs.stream().mapToInt(run -> run.messages().size()).sum());
        succeeded();
    }

    /** What the archive has of the room before the next message. */
    private ArchivedLog begin(RoomName room) {
        ArchivedLog inMemory = memory.numbering(room);
        if (inMemory == null) {
            uncertain.remove(room);
            return loader.loadToAppend(room);
        }
        if (!uncertain.contains(room)) {
            return inMemory;
        }
        long offset = inMemory.offset();
        int found;
        do {
            List<LocalRelay.Draft> stored =
                    archive.after(room, inMemory.epoch(), offset, MAX_MESSAGES, MAX_BYTES).stream()
                            .map(message ->
                                    new LocalRelay.Draft(KeyDigest.ofBytes(message.keyDigest()), message.body()))
                            .toList();
            memory.takeOver(room, inMemory, offset + 1, stored);
            found = stored.size();
            offset += found;
        } while (found > 0);
        uncertain.remove(room);
        return new ArchivedLog(inMemory.epoch(), offset, List.of(), List.of(), inMemory.discarded());
    }

    private void answerProbes(List<Write> probes) {
        try {
            requireWhole();
            if (failing || memory.now() - committedAt > TimeUnit.SECONDS.toMillis(CHECK_SECONDS)) {
                // On a full disk, small commits may succeed where those of messages fail.
                archive.check(failing ? failedBytes : 0);
                succeeded();
            }
            probes.forEach(probe -> probe.done().complete(null));
        } catch (RuntimeException | Error e) {
            failed(e);
            fail(probes, new RelayUnavailableException("the archive cannot store messages now"));
        }
    }

    private void requireWhole() {
        if (damaged) {
            throw new ArchiveException("it is damaged; restart with a backup or in another directory", null, true);
        }
    }

    /** Must be called when the archive has failed. Any thread. */
    void onFailure(ArchiveException failure) {
        if (failure.isDamaged() && !damaged) {
            damaged = true;
            LOG.log(
                    Level.ERROR,
                    "The archive at " + archive.place() + " is damaged; nothing is stored any more: "
                            + failure.getMessage());
        }
    }

    private void succeeded() {
        committedAt = memory.now();
        if (failing) {
            failing = false;
            LOG.log(Level.INFO, "The archive stores messages again");
        }
    }

    private void failed(Throwable failure) {
        metrics.increment(Counter.ARCHIVE_FAILED);
        if (failure instanceof ArchiveException told) {
            onFailure(told);
        }
        if (!failing) {
            failing = true;
            String line = "The archive at " + archive.place()
                    + " cannot store messages; nothing is acknowledged until it can: " + failure.getMessage();
            if (failure instanceof ArchiveException) {
                LOG.log(Level.ERROR, line);
            } else {
                LOG.log(Level.ERROR, line, failure);
            }
        }
    }

    private static void fail(List<Write> writes, RuntimeException failure) {
        writes.forEach(write -> write.done().completeExceptionally(failure));
    }

    /** Stores what was submitted, for some seconds at most, and ends the thread. */
    @Override
    public void close() {
        closed = true;
        queue.add(END);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            if (thread.isAlive()) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

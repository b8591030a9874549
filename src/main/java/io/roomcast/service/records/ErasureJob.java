package io.roomcast.service.records;

import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayRecords;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Erases the messages of a user, a page at a time: in the archive, then in what the relay keeps, then in the memory of all
 * nodes. If many nodes share the archive, a {@link RelayErasure} comes first. After each page it rests four times as long
 * as that took. What was erased is not found again, so that a job which ends half-way is simply begun anew.
 *
 * <p><b>Concurrency.</b> A page is read and committed on the {@link ArchiveThread}; what follows waits for stages. So one
 * step runs at a time, each after the one before. {@link #report} is for any thread.
 */
final class ErasureJob {
    private static final Logger LOG = System.getLogger(ErasureJob.class.getName());
    private static final long RESTS = 4;
    /** Publishes wait for one commit at most. Each message is also indexed anew. */
    private static final int COMMIT_MESSAGES = 100;
    /** Most messages of one question to the nodes. */
    private static final int ASKED_MESSAGES = 1_000;

    private static final String IN_BACKUPS =
            "backups, and what the database keeps of old rows until it writes over them"
                    + " (docs/archive.md, \"Erasing a user\")";

    private static final String IN_REDIS_FILES =
            "the append-only file, the snapshots and the replicas of Redis until it writes them anew, and their backups";

    private final UserId user;
    private final Predicate<RoomName> mayErase;
    private final String node;
    private final Archive archive;
    private final Relay relay;
    private final Function<Erasures.Erased, CompletionStage<List<String>>> onNodes;
    private final ArchiveThread thread;
    private final Threads threads;
    private final Clocks clocks;
    private final SentMessages sent;
    /** Null if the archive has all. */
    private final RelayErasure inRelay;

    private final Set<RoomName> rooms = new HashSet<>();
    private final Set<RoomName> leftOut = new HashSet<>();
    private final Set<String> remains = new TreeSet<>(Set.of(IN_BACKUPS));
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long beganAt;
    private long messages;
    private boolean isInRelay;
    private volatile Erasure report;

    /**
     * @param mayErase the rooms in which messages are erased
     * @param records what a broker keeps beside the archive, if it does
     * @param onNodes erases messages, by their offsets, in the memory of all nodes; completes with the names of those that
     *     did not answer
     */
    ErasureJob(
            UserId user,
            Predicate<RoomName> mayErase,
            String node,
            Archive archive,
            Relay relay,
            Optional<RelayRecords> records,
            Function<Erasures.Erased, CompletionStage<List<String>>> onNodes,
            ArchiveThread thread,
            Threads threads,
            Clocks clocks) {
        this.user = user;
        this.mayErase = mayErase;
        this.node = node;
        this.archive = archive;
        this.relay = relay;
        this.onNodes = onNodes;
        this.thread = thread;
        this.threads = threads;
        this.clocks = clocks;
        this.sent = new SentMessages(archive, user);
        this.inRelay = records.map(
                        kept -> new RelayErasure(new RecentMessages(kept, user), archive, thread, this::eraseInRelay))
                .orElse(null);
        this.isInRelay = inRelay != null;
        this.beganAt = clocks.wall().millis();
        this.report = report(Erasure.RUNNING, null, null);
    }

    Erasure report() {
        return report;
    }

    /** Begins. Completes when the job has ended, also when it has failed. */
    CompletionStage<Void> start() {
        next();
        return done;
    }

    private void next() {
        long began = clocks.nanos().getAsLong();
        var unused = step().whenComplete((isMore, failure) -> {
            if (failure != null) {
                end(Erasure.FAILED, failure);
            } else if (isMore) {
                rest(clocks.nanos().getAsLong() - began);
            } else {
                end(Erasure.DONE, null);
            }
        });
    }

    /** Completes with whether there is more to do. */
    private CompletionStage<Boolean> step() {
        if (!isInRelay) {
            return thread.run(this::erasePage)
                    .thenCompose(page -> page == null ? CompletableFuture.completedFuture(false) : erased(page));
        }
        return inRelay.step().thenApply(isMore -> {
            isInRelay = isMore;
            if (!isMore) {
                noteFilesOfRelay();
            }
            return true;
        });
    }

    private void noteFilesOfRelay() {
        remains.add(IN_REDIS_FILES);
        if (inRelay.unread() > 0) {
            remains.add("what the relay keeps of " + inRelay.unread() + " rooms that could not be read: repeat this");
        }
    }

    private CompletionStage<Void> eraseInRelay(RecentMessages.Found found) {
        RoomName room = found.room();
        if (!isToErase(room)) {
            return CompletableFuture.completedFuture(null);
        }
        List<Long> offsets =
                found.messages().stream().map(StoredMessage::offset).toList();
        return relay.replace(room, found.epoch(), found.messages())
                .thenCompose(replaced -> onNodes(room, found.epoch(), offsets))
                .thenAccept(done -> count(
                        room,
                        offsets.stream()
                                .filter(offset -> inRelay.isEarly(room, offset))
                                .count()));
    }

    private void count(RoomName room, long erased) {
        rooms.add(room);
        messages += erased;
        report = report(Erasure.RUNNING, null, null);
    }

    /** Erases the messages in the memory of all nodes. */
    private CompletionStage<Void> onNodes(RoomName room, String epoch, List<Long> offsets) {
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (int from = 0; from < offsets.size(); from += ASKED_MESSAGES) {
            List<Long> some = List.copyOf(offsets.subList(from, Math.min(offsets.size(), from + ASKED_MESSAGES)));
            all = all.thenCompose(before -> onNodes.apply(new Erasures.Erased(room.value(), epoch, some)))
                    .thenAccept(silent -> silent.forEach(
                            name -> remains.add("the memory of node " + name + ", which did not answer: repeat this")));
        }
        return all;
    }

    /** Erases the next page in the archive; null if there is none. */
    private List<SentMessages.Found> erasePage() {
        List<SentMessages.Found> page = sent.next();
        if (page == null) {
            return null;
        }
        List<SentMessages.Found> erased = page.stream()
                .filter(found -> isToErase(found.epoch().room()))
                .map(ErasureJob::withoutBodies)
                .toList();
        for (SentMessages.Found found : erased) {
            List<StoredMessage> all = found.messages();
            for (int from = 0; from < all.size(); from += COMMIT_MESSAGES) {
                int to = Math.min(all.size(), from + COMMIT_MESSAGES);
                archive.replace(found.epoch().id(), all.subList(from, to));
            }
        }
        return erased;
    }

    private boolean isToErase(RoomName room) {
        boolean may = mayErase.test(room);
        if (!may) {
            leftOut.add(room);
        }
        return may;
    }

    private static SentMessages.Found withoutBodies(SentMessages.Found found) {
        RoomName room = found.epoch().room();
        return new SentMessages.Found(
                found.epoch(),
                found.messages().stream()
                        .map(message -> new StoredMessage(message.offset(), MessageFrames.erased(room, message.body())))
                        .toList());
    }

    /** The archive has erased these. */
    private CompletionStage<Boolean> erased(List<SentMessages.Found> page) {
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (SentMessages.Found found : page) {
            all = all.thenCompose(before -> eraseInRoom(found));
        }
        return all.thenApply(finished -> true);
    }

    private CompletionStage<Void> eraseInRoom(SentMessages.Found found) {
        Archive.Epoch epoch = found.epoch();
        List<Long> offsets =
                found.messages().stream().map(StoredMessage::offset).toList();
        return relay.replace(epoch.room(), epoch.name(), found.messages())
                .handle((replaced, failure) -> {
                    noteWhatRelayKeeps(failure);
                    return onNodes(epoch.room(), epoch.name(), offsets);
                })
                .thenCompose(stage -> stage)
                .thenAccept(done -> count(
                        epoch.room(),
                        offsets.stream()
                                .filter(offset -> inRelay == null || !inRelay.isEarly(epoch.room(), offset))
                                .count()));
    }

    private void noteWhatRelayKeeps(Throwable failure) {
        if (failure == null) {
            return;
        }
        if (unwrapped(failure) instanceof ProtocolException told && told.code() == ErrorCode.NOT_IMPLEMENTED) {
            remains.add("the history of the relay, until it is too old (roomcast.history.age)");
            return;
        }
        throw new CompletionException(unwrapped(failure));
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void rest(long nanos) {
        try {
            var unused = threads.timer().schedule(this::next, RESTS * nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            end(Erasure.FAILED, new IllegalStateException("the node stops", e));
        }
    }

    private void end(String state, Throwable failure) {
        Throwable reason = failure == null ? null : unwrapped(failure);
        report = report(state, clocks.wall().millis(), reason == null ? null : String.valueOf(reason.getMessage()));
        if (reason != null) {
            LOG.log(Level.WARNING, "Messages of a user could not all be erased; repeat it", reason);
        }
        done.complete(null);
    }

    private Erasure report(String state, Long endedAt, String error) {
        List<String> left = new ArrayList<>(remains);
        if (!leftOut.isEmpty()) {
            left.add("messages in rooms in which whoever began this lacks the permission history: " + leftOut.size()
                    + (leftOut.size() == 1 ? " room" : " rooms"));
        }
        return new Erasure(
                user.value(), node, state, beganAt, endedAt, rooms.size(), messages, List.copyOf(left), error);
    }
}

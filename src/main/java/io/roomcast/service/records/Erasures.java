package io.roomcast.service.records;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Author;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import io.roomcast.relay.RelayRecords;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.cluster.Cluster;
import io.roomcast.service.cluster.ClusterAnswer;
import io.roomcast.service.cluster.Topic;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Erases the messages of users, and tells how far that is. A job belongs to the node that began it, and to nobody if that
 * node ends: it is then begun anew. No method blocks.
 *
 * <p><b>Concurrency.</b> Any thread. The map of jobs is guarded by itself.
 */
@ApplicationScoped
public class Erasures {
    private static final Logger LOG = System.getLogger(Erasures.class.getName());
    /** How long a page that was read from the relay may be on its way, at most. */
    private static final long READ_SECONDS = 15;
    /** Most jobs that run at a time. They share one thread. */
    private static final int MAX_RUNNING = 4;
    /** Most jobs whose reports are kept. */
    private static final int MAX_KEPT = 100;

    /** Messages that all nodes have to forget, if they have them in memory. */
    public record Erased(String room, String epoch, List<Long> offsets) {}

    /** That a node has done so. */
    public record Forgotten() {}

    /** Whose erasure is asked for. */
    public record OfUser(String user) {}

    /** What a node knows of it; null if nothing. */
    public record Known(Erasure erasure) {}

    private static final Topic<Erased, Forgotten> FORGET =
            new Topic<>("forget-messages", Erased.class, Forgotten.class);
    private static final Topic<OfUser, Known> FIND = new Topic<>("erasure", OfUser.class, Known.class);

    private final Map<UserId, ErasureJob> jobs = new LinkedHashMap<>();
    private Optional<Archive> archive;
    private Optional<RelayRecords> records;
    private Relay relay;
    private Cluster cluster;
    private RoomRegistry rooms;
    private Node node;
    private Threads threads;
    private Clocks clocks;
    private NodeMetrics metrics;
    private ArchiveThread thread;

    /** For the container's proxy. */
    protected Erasures() {}

    @Inject
    public Erasures(
            RelayProvider.RelayAndPresence opened,
            Cluster cluster,
            RoomRegistry rooms,
            Node node,
            Threads threads,
            Clocks clocks,
            NodeMetrics metrics,
            ArchiveThread thread) {
        this.archive = opened.archive();
        this.records = opened.records();
        this.relay = opened.relay();
        this.cluster = cluster;
        this.rooms = rooms;
        this.node = node;
        this.threads = threads;
        this.clocks = clocks;
        this.metrics = metrics;
        this.thread = thread;
    }

    void onNodeStarted(@Observes NodeStarted event) {
        cluster.serve(FORGET, this::forgetHere);
        cluster.serve(FIND, question -> new Known(findHere(new UserId(question.user()))));
    }

    private Forgotten forgetHere(Erased erased) {
        eraseInMemory(erased);
        if (!relay.isLocal()) {
            // A page that was read before may come to memory now.
            var unused = threads.timer().schedule(() -> eraseInMemory(erased), READ_SECONDS, TimeUnit.SECONDS);
        }
        return new Forgotten();
    }

    private void eraseInMemory(Erased erased) {
        Room room = rooms.find(new RoomName(erased.room()));
        if (room != null) {
            room.erase(erased.epoch(), erased.offsets());
        }
    }

    private Erasure findHere(UserId user) {
        synchronized (jobs) {
            ErasureJob job = jobs.get(user);
            return job == null ? null : job.report();
        }
    }

    /**
     * Erases all messages that the user has sent until now. Does nothing if this node is at it already, in whatever rooms.
     *
     * @param mayErase the rooms in which it does so; called on any thread
     * @return how far it is
     * @throws ProtocolException {@code not_implemented} without an archive, and {@code busy} if too many such jobs run
     */
    public Erasure begin(UserId user, Predicate<RoomName> mayErase, Author author) {
        Archive from = Exports.require(archive);
        ErasureJob job;
        synchronized (jobs) {
            ErasureJob known = jobs.get(user);
            if (known != null && known.report().isRunning()) {
                return known.report();
            }
            if (jobs.values().stream().filter(each -> each.report().isRunning()).count() >= MAX_RUNNING) {
                throw new ProtocolException(
                        ErrorCode.BUSY, MAX_RUNNING + " erasures run already; try again", Limits.RETRY_AFTER_MS);
            }
            job = new ErasureJob(
                    user, mayErase, node.name(), from, relay, records, this::forget, thread, threads, clocks);
            jobs.remove(user);
            jobs.put(user, job);
            forgetOldJobs();
        }
        LOG.log(Level.INFO, "The messages of a user are erased, by " + author.text());
        var unused = job.start().thenRun(() -> ended(job.report()));
        return job.report();
    }

    private void forgetOldJobs() {
        var oldest = jobs.values().iterator();
        while (jobs.size() > MAX_KEPT && oldest.hasNext()) {
            if (!oldest.next().report().isRunning()) {
                oldest.remove();
            }
        }
    }

    private void ended(Erasure report) {
        metrics.add(Counter.ARCHIVE_ERASED, report.messages());
        LOG.log(
                Level.INFO,
                "The erasure of a user's messages is " + report.state() + ": " + report.messages() + " messages in "
                        + report.rooms() + " rooms");
    }

    /** @return the names of nodes that did not answer */
    private CompletionStage<List<String>> forget(Erased erased) {
        if (relay.isLocal()) {
            return CompletableFuture.completedFuture(List.of()); // The relay has done it.
        }
        return cluster.ask(FORGET, erased)
                .thenApply(answer -> answer.complete() || !answer.silent().isEmpty()
                        ? answer.silent()
                        : List.of("(not known: the relay could not be asked)"));
    }

    /**
     * The newest erasure of the user that any node knows.
     *
     * @return fails with {@code not_found} if none does, and with {@code unavailable} if a node that did not answer may
     */
    public CompletionStage<Erasure> find(UserId user) {
        return cluster.ask(FIND, new OfUser(user.value())).thenApply(answer -> newest(answer));
    }

    private static Erasure newest(ClusterAnswer<Known> answer) {
        return answer.stream()
                .map(Known::erasure)
                .filter(Objects::nonNull)
                .max(Comparator.comparingLong(Erasure::beganAt))
                .orElseThrow(() -> answer.complete()
                        ? new ProtocolException(
                                ErrorCode.NOT_FOUND,
                                "no node knows of an erasure of this user; a node that was restarted has forgotten it:"
                                        + " begin it again")
                        : new ProtocolException(
                                ErrorCode.UNAVAILABLE, "the nodes that answered know of no erasure of this user"));
    }
}

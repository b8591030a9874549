package io.roomcast.archiver;

import io.roomcast.archive.ArchiveIndexing;
import io.roomcast.archive.ArchiveReads;
import io.roomcast.archive.ArchiveSearch;
import io.roomcast.archive.Retention;
import io.roomcast.cursor.LogPage;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchPage;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.relay.Trait;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A relay over a broker whose messages outlive the broker's window: an {@link Archiver} copies them to a database, and
 * the history goes on there.
 *
 * <ul>
 *   <li>What is published, delivered and probed is the broker's affair alone. The database may be away.
 *   <li>What the broker has no longer is read from the archive. A member that comes back is sent at most as many
 *       messages as the room's history may have; whoever reads page by page, all.
 *   <li>A room without history is not archived.
 *   <li>A node indexes for the search what it has copied, and looks now and then for what others have.
 * </ul>
 *
 * <p><b>Concurrency.</b> Any thread may call. {@link News} and {@link Archiver} guard what changes.
 */
public final class ArchivedRelay implements Relay {
    private static final Logger LOG = System.getLogger(ArchivedRelay.class.getName());
    private static final long TELL_MILLIS = 500;
    /** How long {@link #close} waits for publishes, and for the broker to take the last news. */
    private static final long CLOSE_SECONDS = 3;

    private final Relay broker;
    private final LogSource source;
    private final Archive archive;
    private final HistoryLimits.Rule limits;
    private final ArchiveReads reads;
    private final ArchivedHistory history;
    private final News news;
    private final Archiver archiver;
    /** Null if rooms are not restored. */
    private final NodeLife life;

    private final Retention retention;
    private final boolean hasRetention;
    private final ArchiveIndexing indexing;
    private final ArchiveSearch search;
    private final ThreadFactory threads;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final AtomicInteger publishing = new AtomicInteger();
    private ScheduledFuture<?> telling;

    /**
     * @param broker not started; is closed with this relay
     * @param source of the same broker
     * @param archive is closed with this relay; many nodes may share its database
     * @param limits those of the broker
     * @param lives the lives of nodes in the broker's data; null if it knows none
     * @param isRestored whether rooms that the broker has lost go on in the same numbering: {@link #admission} is then
     *     for the broker
     * @param keeps how long the archive keeps a room's messages; zero for ever
     * @param hasRetention whether it is not for ever everywhere
     * @param node name of this node
     * @param threads makes the threads that read and write
     * @param timer runs short tasks
     */
    public ArchivedRelay(
            Relay broker,
            LogSource source,
            Archive archive,
            HistoryLimits.Rule limits,
            LiveBroker lives,
            boolean isRestored,
            Function<RoomName, Duration> keeps,
            boolean hasRetention,
            String node,
            ThreadFactory threads,
            ScheduledExecutorService timer,
            Clocks clocks,
            NodeMetrics metrics,
            Warnings warnings) {
        this.broker = broker;
        this.source = source;
        this.archive = archive;
        this.limits = limits;
        this.threads = threads;
        this.timer = timer;
        this.nanos = clocks.nanos();
        this.hasRetention = hasRetention;
        this.reads = ArchiveReads.ofHistory(threads, warnings, failure -> {});
        this.history = new ArchivedHistory(archive);
        this.news = new News(source, warnings);
        this.archiver = new Archiver(source, archive, node, limits, lives, isRestored, clocks, metrics, warnings);
        this.life = isRestored ? new NodeLife(lives, source, archive, limits, timer, clocks, metrics, warnings) : null;
        this.indexing = new ArchiveIndexing(archive, metrics, threads, clocks.nanos(), warnings, failure -> {});
        this.search = new ArchiveSearch(archive, metrics, threads, clocks.nanos(), warnings, failure -> {});
        // One node deletes: the one that copies.
        this.retention = new Retention(
                archive, room -> archiver.holds(room) ? keeps.apply(room) : Duration.ZERO, clocks, metrics, warnings);
    }

    /** Whether this node has seen in the archive all that it has published, and may publish. */
    public boolean hasSeenAllArchived() {
        return life != null && life.hasSeenAllArchived();
    }

    /** What the broker has to tell and to ask; null if rooms are not restored. */
    public Admission admission() {
        return life;
    }

    @Override
    public void start(RelayListener listener) {
        broker.start(listener);
        archiver.start(threads, hasRetention ? () -> retention.start(threads) : () -> {});
        if (life != null) {
            life.start(threads);
        }
        telling = timer.scheduleWithFixedDelay(news::tell, TELL_MILLIS, TELL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private boolean isArchived(RoomName room) {
        return limits.of(room).messages() > 0;
    }

    @Override
    public CompletionStage<Prefix> publishAll(RoomName room, List<Entry> entries) {
        if (!isArchived(room)) {
            return broker.publishAll(room, entries);
        }
        publishing.incrementAndGet();
        return broker.publishAll(room, entries).whenComplete((prefix, failure) -> {
            // Also of a failure: it may have stored the messages.
            news.note(room);
            publishing.decrementAndGet();
        });
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        broker.signal(room, kind, frame);
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        return broker.subscribe(room);
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return broker.position(room);
    }

    @Override
    public void unsubscribe(RoomName room) {
        broker.unsubscribe(room);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        return isArchived(room)
                ? after(room, offset, limit, limits.of(room).messages())
                : broker.historyAfter(room, offset, limit);
    }

    @Override
    public CompletionStage<HistoryPage> browseAfter(RoomName room, long offset, int limit) {
        return isArchived(room) ? after(room, offset, limit, Long.MAX_VALUE) : broker.browseAfter(room, offset, limit);
    }

    /** @param reach how many messages the page may go back */
    private CompletionStage<HistoryPage> after(RoomName room, long offset, int limit, long reach) {
        return source.after(room, offset, limit).thenCompose(page -> {
            HistoryPage shown = page(page);
            long after = Math.max(offset, page.offset() - reach);
            long first = page.messages().isEmpty()
                    ? page.offset() + 1
                    : page.messages().get(0).offset();
            if (after > offset && first <= after) {
                // The broker keeps more than is to be sent.
                return after(room, after, limit, reach);
            }
            return after + 1 >= first
                    ? CompletableFuture.completedFuture(shown)
                    // A member that comes back is told that messages are missing. Whoever reads pages would not know.
                    : fromArchive(
                            () -> afterInArchive(room, page, after, first - 1, limit),
                            reach < Long.MAX_VALUE ? shown : null);
        });
    }

    private HistoryPage afterInArchive(RoomName room, LogPage page, long after, long last, int limit) {
        List<StoredMessage> found = history.after(room, page.epoch(), after, last, limit);
        if (found.isEmpty()) {
            return page(page);
        }
        List<StoredMessage> all = new ArrayList<>(found);
        if (found.get(found.size() - 1).offset() == last) {
            long space = PAGE_BYTES
                    - found.stream().mapToLong(message -> message.body().length).sum();
            for (StoredMessage next : page.messages()) {
                space -= next.body().length;
                if (all.size() == limit || space < 0) {
                    break;
                }
                all.add(next);
            }
        }
        return new HistoryPage(page.epoch(), all, all.get(all.size() - 1).offset() < page.offset());
    }

    @Override
    public CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit) {
        if (!isArchived(room)) {
            return broker.historyBefore(room, offset, limit);
        }
        return source.before(room, offset, limit).thenCompose(page -> {
            long end = offset == 0 ? page.offset() + 1 : Math.min(offset, page.offset() + 1);
            long first =
                    page.messages().isEmpty() ? end : page.messages().get(0).offset();
            if (page.more() || first <= 1) {
                return CompletableFuture.completedFuture(page(page));
            }
            // Whoever asks for what is older is told then that it cannot be read.
            HistoryPage newer = page.messages().isEmpty() ? null : new HistoryPage(page.epoch(), page.messages(), true);
            return fromArchive(() -> history.before(room, page.epoch(), first, limit, page.messages()), newer);
        });
    }

    /** @param otherwise the answer if the archive cannot be read; null for a failure */
    private CompletionStage<HistoryPage> fromArchive(Supplier<HistoryPage> read, HistoryPage otherwise) {
        CompletionStage<HistoryPage> page = reads.read(read);
        return otherwise == null ? page : page.exceptionally(failure -> otherwise);
    }

    private static HistoryPage page(LogPage page) {
        return new HistoryPage(page.epoch(), page.messages(), page.more());
    }

    @Override
    public CompletionStage<SearchPage> search(Archive.Search wanted) {
        return search.search(wanted);
    }

    @Override
    public CompletionStage<Void> replace(RoomName room, String epoch, List<StoredMessage> messages) {
        return broker.replace(room, epoch, messages);
    }

    @Override
    public CompletionStage<Void> probe() {
        return life == null || life.isAdmitted()
                ? broker.probe()
                : CompletableFuture.failedFuture(
                        new RelayUnavailableException("this node is not known in the archive yet"));
    }

    @Override
    public Set<Trait> traits() {
        return broker.traits();
    }

    @Override
    public boolean isLocal() {
        return broker.isLocal();
    }

    @Override
    public void close() {
        if (life != null) {
            life.refuse();
        }
        if (telling != null) {
            telling.cancel(false);
            tellLast();
        }
        search.close();
        indexing.close();
        archiver.close();
        if (life != null) {
            life.close();
        }
        retention.close();
        reads.close();
        broker.close();
        archive.close();
    }

    /** Waits for the publishes, and tells the broker of their rooms. */
    private void tellLast() {
        long deadline = nanos.getAsLong() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        while (publishing.get() > 0 && nanos.getAsLong() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        try {
            news.tell().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "the broker is not told of the last news; the next sweep finds them", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

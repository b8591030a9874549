package io.roomcast.local;

import io.roomcast.archive.ArchiveIndexing;
import io.roomcast.archive.ArchiveReads;
import io.roomcast.archive.ArchiveSearch;
import io.roomcast.archive.Retention;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchPage;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayListener;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.relay.Restoring;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The relay of a single node whose messages outlive its process. A {@link LocalRelay} in memory has the latest messages
 * and delivers; the archive has all.
 *
 * <ul>
 *   <li>A message is committed in the archive first, by {@link GroupCommit}. Then the memory takes it over.
 *   <li>A room that is not in memory is loaded from the archive when somebody asks for it: see {@link ArchivedRooms}.
 *   <li>What the memory has no longer is read from the archive. A member that comes back is sent at most as many
 *       messages as the room's history may have; whoever reads page by page, all.
 *   <li>A room without history is not archived, and is in memory only.
 * </ul>
 *
 * <p><b>Concurrency.</b> This object has no state of its own. The memory, the commits and the rooms guard theirs.
 */
public final class DurableRelay implements Relay {

    /** A page, or how to read it from the archive. */
    private record Reading(HistoryPage page, Supplier<HistoryPage> fromArchive) {}

    private final LocalRelay memory;
    private final Archive archive;
    private final HistoryLimits.Rule limits;
    private final GroupCommit commits;
    private final ArchiveReads reads;
    private final ArchivedRooms rooms;
    private final RoomRestore restores;
    private final Retention retention;
    private final ArchiveIndexing indexing;
    private final ArchiveSearch search;

    /**
     * @param memory not started; its salt is that of the archive
     * @param archive is closed with this relay
     * @param limits the limits of the memory
     * @param threads makes the threads that read and write
     * @param warnings tells of reads that fail
     * @param maxQueuedBytes most bytes of messages that wait to be stored
     * @param retention is closed with this relay
     */
    DurableRelay(
            LocalRelay memory,
            Archive archive,
            HistoryLimits.Rule limits,
            Clocks clocks,
            NodeMetrics metrics,
            ThreadFactory threads,
            Warnings warnings,
            long maxQueuedBytes,
            Retention retention) {
        this.retention = retention;
        this.memory = memory;
        this.archive = archive;
        this.limits = limits;
        ArchiveLoader loader = new ArchiveLoader(archive, memory, clocks.wall());
        this.commits = new GroupCommit(archive, memory, loader, clocks, metrics, threads, maxQueuedBytes);
        this.restores = new RoomRestore(archive, memory, clocks.wall());
        this.reads = ArchiveReads.ofHistory(threads, warnings, commits::onFailure);
        this.rooms = new ArchivedRooms(memory, loader, reads);
        this.indexing = new ArchiveIndexing(archive, metrics, threads, clocks.nanos(), warnings, commits::onFailure);
        this.search = new ArchiveSearch(archive, metrics, threads, clocks.nanos(), warnings, commits::onFailure);
    }

    @Override
    public void start(RelayListener listener) {
        memory.start(listener);
    }

    private boolean isArchived(RoomName room) {
        return limits.of(room).messages() > 0;
    }

    @Override
    public CompletionStage<Position> publish(RoomName room, String key, byte[] body) {
        return isArchived(room)
                ? submit(room, List.of(new Entry(key, body)))
                        .thenApply(prefix -> prefix.positions().get(0))
                : memory.publish(room, key, body);
    }

    @Override
    public CompletionStage<Prefix> publishAll(RoomName room, List<Entry> entries) {
        return isArchived(room) ? submit(room, entries) : memory.publishAll(room, entries);
    }

    private CompletionStage<Prefix> submit(RoomName room, List<Entry> entries) {
        List<LocalRelay.Draft> drafts;
        try {
            drafts = entries.stream()
                    .map(entry -> new LocalRelay.Draft(memory.digest(entry.key()), entry.body()))
                    .toList();
        } catch (ArchiveException e) {
            return CompletableFuture.failedFuture(new RelayUnavailableException("the archive cannot be reached yet"));
        }
        return commits.submit(room, drafts);
    }

    @Override
    public void signal(RoomName room, FrameKind kind, byte[] frame) {
        memory.signal(room, kind, frame);
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        return withLog(room, LocalLog::subscribe);
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return withLog(room, LocalLog::position);
    }

    @Override
    public void unsubscribe(RoomName room) {
        var unused = withLog(room, log -> log.subscribed = false);
    }

    private <T> CompletionStage<T> withLog(RoomName room, Function<LocalLog, T> action) {
        return isArchived(room) ? rooms.withLog(room, action) : memory.withLog(room, action);
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        return isArchived(room)
                ? after(room, offset, limit, limits.of(room).messages())
                : memory.historyAfter(room, offset, limit);
    }

    @Override
    public CompletionStage<HistoryPage> browseAfter(RoomName room, long offset, int limit) {
        return isArchived(room) ? after(room, offset, limit, Long.MAX_VALUE) : memory.historyAfter(room, offset, limit);
    }

    /** @param reach how many messages the page may go back */
    private CompletionStage<HistoryPage> after(RoomName room, long offset, int limit, long reach) {
        return read(room, log -> {
            Position last = log.position();
            long after = Math.max(offset, last.offset() - reach);
            HistoryPage page = log.after(after, limit, memory.now());
            return after + 1 >= log.firstOffset()
                    ? new Reading(page, null)
                    : new Reading(null, () -> archivedAfter(room, last, after, limit));
        });
    }

    private HistoryPage archivedAfter(RoomName room, Position last, long after, int limit) {
        List<StoredMessage> found = archive.after(room, last.epoch(), after, limit, PAGE_BYTES).stream()
                // What was committed after the question is delivered.
                .filter(message -> message.offset() <= last.offset())
                .map(message -> new StoredMessage(message.offset(), message.body()))
                .toList();
        boolean more = !found.isEmpty() && found.get(found.size() - 1).offset() < last.offset();
        return new HistoryPage(last.epoch(), found, more);
    }

    @Override
    public CompletionStage<HistoryPage> historyBefore(RoomName room, long offset, int limit) {
        if (!isArchived(room)) {
            return memory.historyBefore(room, offset, limit);
        }
        return read(room, log -> {
            Position last = log.position();
            long end = offset == 0 ? last.offset() + 1 : Math.min(offset, last.offset() + 1);
            HistoryPage page = log.before(end, limit, memory.now());
            int found = page.messages().size();
            long first = found == 0 ? end : page.messages().get(0).offset();
            // A page that ends for its bytes is not the last of the memory.
            if (first <= 1 || page.more()) {
                return new Reading(new HistoryPage(last.epoch(), page.messages(), first > 1), null);
            }
            if (found == limit) {
                return new Reading(null, () -> withMoreIfOlder(room, last.epoch(), page.messages()));
            }
            return new Reading(null, () -> archivedBefore(room, last.epoch(), first, limit, page.messages()));
        });
    }

    /** @param newer messages from {@code offset} on, which the memory had */
    private HistoryPage archivedBefore(RoomName room, String epoch, long offset, int limit, List<StoredMessage> newer) {
        long bytes = newer.stream().mapToLong(message -> message.body().length).sum();
        List<StoredMessage> found = new ArrayList<>();
        for (Archive.Message message :
                archive.before(room, epoch, offset, limit - newer.size(), Math.max(1, PAGE_BYTES - bytes))) {
            found.add(new StoredMessage(message.offset(), message.body()));
        }
        boolean isOldest = found.isEmpty();
        found.addAll(newer);
        return isOldest ? new HistoryPage(epoch, found, false) : withMoreIfOlder(room, epoch, found);
    }

    /** What is older may have been deleted. */
    private HistoryPage withMoreIfOlder(RoomName room, String epoch, List<StoredMessage> page) {
        long first = page.get(0).offset();
        return new HistoryPage(epoch, page, first > 1 && first > archive.firstOffset(room, epoch));
    }

    private CompletionStage<HistoryPage> read(RoomName room, Function<LocalLog, Reading> begin) {
        return rooms.withLog(room, begin)
                .thenCompose(reading -> reading.page() != null
                        ? CompletableFuture.completedFuture(reading.page())
                        : reads.read(reading.fromArchive()));
    }

    @Override
    public CompletionStage<SearchPage> search(Archive.Search wanted) {
        return search.search(wanted);
    }

    @Override
    public CompletionStage<Void> checkRestore(RoomName room, List<Restoring> messages) {
        return whereArchived(room, () -> {
            restores.check(room, messages);
            return null;
        });
    }

    @Override
    public CompletionStage<Restoring.Done> restore(RoomName room, Restoring messages) {
        return whereArchived(room, () -> restores.restore(room, messages));
    }

    private <T> CompletionStage<T> whereArchived(RoomName room, Supplier<T> task) {
        return isArchived(room)
                ? commits.run(task)
                : CompletableFuture.failedFuture(new ProtocolException(
                        ErrorCode.CONFLICT, "this room keeps no history here (roomcast.history.size), and no archive"));
    }

    /** Between two commits, so that none brings old bodies back to memory. */
    @Override
    public CompletionStage<Void> replace(RoomName room, String epoch, List<StoredMessage> messages) {
        return commits.run(() -> memory.replace(room, epoch, messages)).thenApply(done -> null);
    }

    @Override
    public CompletionStage<Void> probe() {
        return commits.probe();
    }

    /** The latest messages are, and the others are read from here: no room needs a copy. */
    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public void close() {
        search.close();
        indexing.close();
        retention.close();
        commits.close();
        reads.close();
        memory.close();
        archive.close();
    }
}

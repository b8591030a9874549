package io.roomcast.archive;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.Copies;
import io.roomcast.relay.Lives;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * An archive whose database may be away when the node starts. Whoever asks for something opens it, and fails while it
 * cannot be opened. So the probes for the node's readiness try again and again.
 *
 * <p><b>Concurrency.</b> Any thread may call. One opens; the others wait for it, and then fail as it did, for a moment.
 */
public final class LazyArchive implements Archive {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String key;
    private final String place;
    private final Supplier<Archive> opener;
    private final LongSupplier nanoClock;

    private volatile Archive opened;
    /** What is below is guarded by this object. */
    private boolean closed;

    private ArchiveException lastFailure;
    private long failedAt;

    /**
     * @param key what names the database in the configuration, for failures
     * @param place as {@link #place}
     * @param opener throws {@link ArchiveException} or {@link UnfitDatabaseException}
     */
    public LazyArchive(String key, String place, Supplier<Archive> opener, LongSupplier nanoClock) {
        this.key = key;
        this.place = place;
        this.opener = opener;
        this.nanoClock = nanoClock;
    }

    /**
     * Tries to open it.
     *
     * @throws UnfitDatabaseException if trying again is of no use; not if the database is away
     */
    public void tryToOpen() {
        try {
            open();
        } catch (ArchiveException e) {
            // Whoever asks next tries again, and is told.
        }
    }

    private Archive opened() {
        Archive present = opened;
        if (present != null) {
            return present;
        }
        try {
            return open();
        } catch (UnfitDatabaseException e) {
            throw failure(e);
        }
    }

    private synchronized Archive open() {
        if (opened != null) {
            return opened;
        }
        if (closed) {
            throw new ArchiveException("it is closed", null, false);
        }
        if (lastFailure != null && nanoClock.getAsLong() - failedAt < PAUSE_NANOS) {
            throw lastFailure;
        }
        try {
            opened = opener.get();
            lastFailure = null;
            return opened;
        } catch (ArchiveException e) {
            lastFailure = failure(e);
            failedAt = nanoClock.getAsLong();
            throw lastFailure;
        }
    }

    private ArchiveException failure(RuntimeException reason) {
        return new ArchiveException(
                key + " cannot be used now: "
                        + String.valueOf(reason.getMessage()).replaceAll("\\s+", " "),
                reason.getCause(),
                reason instanceof ArchiveException told && told.isDamaged());
    }

    /** Does not block. */
    @Override
    public byte[] salt() {
        Archive present = opened;
        if (present == null) {
            throw new ArchiveException(key + " cannot be used yet", null, false);
        }
        return present.salt();
    }

    @Override
    public Optional<Numbering> numbering(RoomName room) {
        return opened().numbering(room);
    }

    @Override
    public void append(List<Run> runs) {
        opened().append(runs);
    }

    @Override
    public List<Message> before(RoomName room, String epoch, long offset, int limit, long maxBytes) {
        return opened().before(room, epoch, offset, limit, maxBytes);
    }

    @Override
    public List<Message> after(RoomName room, String epoch, long offset, int limit, long maxBytes) {
        return opened().after(room, epoch, offset, limit, maxBytes);
    }

    @Override
    public List<Key> keysSince(RoomName room, String epoch, long time) {
        return opened().keysSince(room, epoch, time);
    }

    @Override
    public long firstOffset(RoomName room, String epoch) {
        return opened().firstOffset(room, epoch);
    }

    @Override
    public List<Epoch> epochs(long after, int limit) {
        return opened().epochs(after, limit);
    }

    @Override
    public List<Epoch> epochs(RoomName room) {
        return opened().epochs(room);
    }

    @Override
    public List<Message> after(long epoch, long offset, int limit, long maxBytes) {
        return opened().after(epoch, offset, limit, maxBytes);
    }

    @Override
    public List<Sent> sentBy(UserId sender, long after, int limit, long maxBytes) {
        return opened().sentBy(sender, after, limit, maxBytes);
    }

    @Override
    public void replace(long epoch, List<StoredMessage> messages) {
        opened().replace(epoch, messages);
    }

    @Override
    public int deleteOldest(long epoch, long time, int limit) {
        return opened().deleteOldest(epoch, time, limit);
    }

    @Override
    public int index(int limit) {
        return opened().index(limit);
    }

    @Override
    public FoundPage search(Search search) {
        return opened().search(search);
    }

    @Override
    public Map<SearchTerms.Term, Set<String>> matching(SearchTerms terms, Set<String> words) {
        return opened().matching(terms, words);
    }

    @Override
    public OptionalLong unindexed() {
        return opened().unindexed();
    }

    @Override
    public void check(int bytes) {
        opened().check(bytes);
    }

    @Override
    public Copies copies() {
        return opened().copies();
    }

    @Override
    public Lives lives() {
        return opened().lives();
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (opened != null) {
            opened.close();
        }
    }
}

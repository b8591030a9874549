package io.roomcast.local;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.support.Await;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A real archive that a test can hold, or let fail. */
final class FaultyArchive implements Archive {
    private final AtomicInteger commits = new AtomicInteger();

    private enum Fault {
        NONE,
        HELD,
        FAILS_BEFORE,
        FAILS_AFTER,
        LACKS_MEMORY,
        DAMAGED
    }

    private final Archive archive;
    private volatile Fault fault = Fault.NONE;
    private volatile boolean isHeld;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    FaultyArchive(Archive archive) {
        this.archive = archive;
    }

    void hold() {
        gate = new CountDownLatch(1);
        fault = Fault.HELD;
    }

    void awaitHeld() {
        Await.until("a commit is held", () -> isHeld);
    }

    void failBefore() {
        fault = Fault.FAILS_BEFORE;
    }

    /** The next commits succeed, and say that they did not. */
    void failAfter() {
        fault = Fault.FAILS_AFTER;
    }

    /** Commits and reads end with an error of the JVM. */
    void lackMemory() {
        fault = Fault.LACKS_MEMORY;
    }

    /** Nothing can be read. */
    void damage() {
        fault = Fault.DAMAGED;
    }

    void letGo() {
        fault = Fault.NONE;
        gate.countDown();
    }

    private void beforeCommit() {
        if (fault == Fault.HELD) {
            isHeld = true;
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (fault == Fault.FAILS_BEFORE) {
            throw new ArchiveException("a test", null, false);
        }
        if (fault == Fault.LACKS_MEMORY) {
            throw new OutOfMemoryError("a test");
        }
    }

    private void beforeRead() {
        if (fault == Fault.DAMAGED) {
            throw new ArchiveException("a test", null, true);
        }
        if (fault == Fault.LACKS_MEMORY) {
            throw new OutOfMemoryError("a test");
        }
    }

    int commits() {
        return commits.get();
    }

    @Override
    public byte[] salt() {
        return archive.salt();
    }

    @Override
    public Optional<Numbering> numbering(RoomName room) {
        beforeRead();
        return archive.numbering(room);
    }

    @Override
    public void append(List<Run> runs) {
        beforeCommit();
        archive.append(runs);
        commits.incrementAndGet();
        if (fault == Fault.FAILS_AFTER) {
            throw new ArchiveException("a test", null, false);
        }
    }

    @Override
    public List<Message> before(RoomName room, String epoch, long offset, int limit, long maxBytes) {
        beforeRead();
        return archive.before(room, epoch, offset, limit, maxBytes);
    }

    @Override
    public List<Message> after(RoomName room, String epoch, long offset, int limit, long maxBytes) {
        beforeRead();
        return archive.after(room, epoch, offset, limit, maxBytes);
    }

    @Override
    public List<Key> keysSince(RoomName room, String epoch, long time) {
        return archive.keysSince(room, epoch, time);
    }

    @Override
    public long firstOffset(RoomName room, String epoch) {
        beforeRead();
        return archive.firstOffset(room, epoch);
    }

    @Override
    public List<Epoch> epochs(long after, int limit) {
        beforeRead();
        return archive.epochs(after, limit);
    }

    @Override
    public List<Epoch> epochs(RoomName room) {
        beforeRead();
        return archive.epochs(room);
    }

    @Override
    public List<Message> after(long epoch, long offset, int limit, long maxBytes) {
        beforeRead();
        return archive.after(epoch, offset, limit, maxBytes);
    }

    @Override
    public List<Sent> sentBy(UserId sender, long after, int limit, long maxBytes) {
        return archive.sentBy(sender, after, limit, maxBytes);
    }

    @Override
    public void replace(long epoch, List<StoredMessage> messages) {
        beforeCommit();
        archive.replace(epoch, messages);
    }

    @Override
    public int deleteOldest(long epoch, long time, int limit) {
        beforeCommit();
        return archive.deleteOldest(epoch, time, limit);
    }

    @Override
    public int index(int limit) {
        return archive.index(limit);
    }

    @Override
    public FoundPage search(Search search) {
        beforeRead();
        return archive.search(search);
    }

    @Override
    public Map<SearchTerms.Term, Set<String>> matching(SearchTerms terms, Set<String> words) {
        return archive.matching(terms, words);
    }

    @Override
    public OptionalLong unindexed() {
        return archive.unindexed();
    }

    @Override
    public void check(int bytes) {
        beforeCommit();
        archive.check(bytes);
    }

    @Override
    public String place() {
        return archive.place();
    }

    @Override
    public void close() {
        archive.close();
    }
}

package io.roomcast.archiver;

import io.roomcast.archiver.LogSource.LogCopy;
import io.roomcast.cursor.SeenMessage;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.Copies;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.RelayUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Copies what follows in rooms: reads pages of their logs, some rooms at a time, and commits them together. A page that
 * does not follow on what was copied tells of a hole. Not thread-safe: for the thread of the archiver.
 */
final class RoomCopier {
    /** Rooms that are read at a time; with {@link #PAGE_BYTES}, this bounds the memory. */
    private static final int PARALLEL = 8;

    private static final int PAGE_MESSAGES = 1_000;
    private static final long PAGE_BYTES = 512 << 10;
    /** A commit has this many messages, or bytes of bodies, and those of one round of reads more. */
    private static final int COMMIT_MESSAGES = 4_000;

    private static final long COMMIT_BYTES = 4 << 20;
    /** A log is cut when it has this part of what is shown, at least: cutting costs as much as reading. */
    private static final int TRIM_STEPS = 8;

    private static final long REPLY_SECONDS = 10;
    private static final int HEXADECIMAL = 16;

    /** In the place of a time. */
    static final long UNKNOWN = 0;

    /**
     * A room of which more is to be copied.
     *
     * @param since when the next message was stored at the earliest, in milliseconds since 1970; or {@link #UNKNOWN}
     * @param messages how many there are
     */
    record Rest(long since, long messages) {}

    /**
     * What was done.
     *
     * @param rests the rooms of which there is more
     * @param unread rooms that the broker could not read, while it could read others
     */
    record Result(Map<RoomName, Rest> rests, List<RoomName> unread) {}

    /** This node does not hold the lease of a room any more. Others copy it. */
    static final class LeaseLostException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LeaseLostException() {
            super("another node copies these rooms", null, false, false);
        }
    }

    private final LogSource source;
    private final Archive archive;
    private final Copies copies;
    private final Heads heads;
    private final HistoryLimits.Rule limits;
    /** Whether copies count only as long as the broker has the data in which they were read. */
    private final boolean isRestored;

    private final String node;
    private final Duration lease;
    private final LongSupplier nanos;
    private final NodeMetrics metrics;
    private final Warnings warnings;

    /** What is read, and not committed. */
    private final List<Copies.Copy> gathered = new ArrayList<>();

    /** Rooms whose logs may be cut after the commit. */
    private final List<RoomName> trimmed = new ArrayList<>();

    private int gatheredMessages;
    private long gatheredBytes;
    /** The broker's data from which it is; null if nothing was lost that matters. */
    private String gatheredFrom;

    RoomCopier(
            LogSource source,
            Archive archive,
            Copies copies,
            Heads heads,
            HistoryLimits.Rule limits,
            boolean isRestored,
            String node,
            Duration lease,
            LongSupplier nanos,
            NodeMetrics metrics,
            Warnings warnings) {
        this.source = source;
        this.archive = archive;
        this.copies = copies;
        this.heads = heads;
        this.limits = limits;
        this.isRestored = isRestored;
        this.node = node;
        this.lease = lease;
        this.nanos = nanos;
        this.metrics = metrics;
        this.warnings = warnings;
    }

    /**
     * Copies a page of each room.
     *
     * @param since when copying into the database began: what a room lost before is no hole
     * @throws ArchiveException if the database cannot store them; some may be stored
     * @throws RelayUnavailableException if the broker can read none of the rooms
     * @throws LeaseLostException if others copy some of the rooms
     */
    Result copy(List<RoomName> rooms, long since) {
        Map<RoomName, Rest> rests = new HashMap<>();
        List<RoomName> unread = new ArrayList<>(0);
        RelayUnavailableException failure = null;
        gathered.clear();
        trimmed.clear();
        gatheredMessages = 0;
        gatheredBytes = 0;
        heads.load(rooms);
        for (int first = 0; first < rooms.size(); first += PARALLEL) {
            List<RoomName> some = rooms.subList(first, Math.min(first + PARALLEL, rooms.size()));
            List<CompletionStage<LogCopy>> pages = some.stream()
                    .map(room -> source.read(room, heads.of(room), PAGE_MESSAGES, PAGE_BYTES))
                    .toList();
            for (int i = 0; i < pages.size(); i++) {
                RoomName room = some.get(i);
                try {
                    Rest rest = gather(room, await(pages.get(i)), since);
                    if (rest != null) {
                        rests.put(room, rest);
                    }
                } catch (RelayUnavailableException e) {
                    unread.add(room);
                    failure = e;
                }
            }
            if (gatheredMessages >= COMMIT_MESSAGES || gatheredBytes >= COMMIT_BYTES) {
                commit();
            }
        }
        commit();
        if (unread.size() == rooms.size()) {
            throw failure;
        }
        return new Result(rests, unread);
    }

    /** Waits for the broker. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(REPLY_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RelayUnavailableException told
                    ? told
                    : new RelayUnavailableException(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new RelayUnavailableException("no answer in " + REPLY_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RelayUnavailableException("interrupted");
        }
    }

    /** @return null if this is all that the room has */
    private Rest gather(RoomName room, LogCopy page, long since) {
        SeenMessage head = heads.of(room);
        if (page.epoch() == null) {
            return null;
        }
        long after = 0;
        long continuesTo = 0;
        LogCopy used = page;
        if (head != null && head.position().epoch().equals(page.epoch())) {
            if (isOther(head, page)) {
                await(source.renumber(room, head));
                return new Rest(UNKNOWN, 1);
            }
            after = head.position().offset();
        } else if (head != null && page.base() > 0) {
            long common = Math.min(head.position().offset(), page.base());
            if (continues(room, head.position().epoch(), common, page)) {
                after = common;
                continuesTo = common;
            } else {
                used = await(source.read(room, null, PAGE_MESSAGES, PAGE_BYTES));
                if (!page.epoch().equals(used.epoch())) {
                    return new Rest(UNKNOWN, 1);
                }
            }
        }
        boolean isOlderThanCopies = head == null && began(page.epoch()) < since;
        return gather(room, used, after, continuesTo, isOlderThanCopies);
    }

    private Rest gather(RoomName room, LogCopy page, long after, long continuesTo, boolean isOlderThanCopies) {
        List<Archive.Message> messages = new ArrayList<>(page.messages().size());
        List<Copies.Hole> holes = new ArrayList<>(0);
        long last = after;
        for (Archive.Message message : page.messages()) {
            if (message.offset() > last) {
                if (message.offset() > last + 1 && !(last == 0 && isOlderThanCopies)) {
                    holes.add(new Copies.Hole(last + 1, message.offset() - 1));
                }
                messages.add(message);
                gatheredBytes += message.body().length;
                last = message.offset();
            }
        }
        if (messages.isEmpty() && page.offset() > last) {
            // A page has a message if there is one.
            if (last > 0 || !isOlderThanCopies) {
                holes.add(new Copies.Hole(last + 1, page.offset()));
            }
            last = page.offset();
        }
        if (messages.isEmpty() && page.first() <= page.offset() && page.offset() == after) {
            source.trim(room, new Position(page.epoch(), after));
        }
        if (!messages.isEmpty() || !holes.isEmpty()) {
            beginFrom(page.data());
            if (page.offset() - page.first() + 1 > limits.of(room).messages() / TRIM_STEPS) {
                trimmed.add(room);
            }
            gathered.add(new Copies.Copy(room, page.epoch(), continuesTo, holes, messages));
            gatheredMessages += messages.size();
        }
        return page.offset() > last
                ? new Rest(
                        messages.isEmpty()
                                ? UNKNOWN
                                : messages.get(messages.size() - 1).storedAt(),
                        page.offset() - last)
                : null;
    }

    /** A commit has what was read in the same data. */
    private void beginFrom(String data) {
        if (isRestored && data.isEmpty()) {
            throw new RelayUnavailableException("the relay does not know its data yet");
        }
        if (isRestored && !data.equals(gatheredFrom)) {
            commit();
            gatheredFrom = data;
        }
    }

    private static boolean isOther(SeenMessage head, LogCopy page) {
        List<Archive.Message> messages = page.messages();
        return !messages.isEmpty()
                && messages.get(0).offset() == head.position().offset()
                && head.differsFrom(messages.get(0).body());
    }

    /** Whether both the former epoch and this one have the same message there: then they are the same up to it. */
    private boolean continues(RoomName room, String former, long common, LogCopy page) {
        if (common == 0 || page.messages().isEmpty() || page.messages().get(0).offset() != common) {
            return false;
        }
        List<Archive.Message> copied = archive.after(room, former, common - 1, 1, PAGE_BYTES);
        return !copied.isEmpty()
                && copied.get(0).offset() == common
                && MessageFrames.isSame(
                        copied.get(0).body(), page.messages().get(0).body());
    }

    /** When the epoch began, as its name says; 0 if it does not. */
    static long began(String epoch) {
        try {
            return Long.parseLong(epoch.substring(0, Math.max(0, epoch.indexOf('-'))), HEXADECIMAL);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void commit() {
        if (gathered.isEmpty()) {
            return;
        }
        long began = nanos.getAsLong();
        try {
            if (!copies.store(node, lease, gatheredFrom, List.copyOf(gathered))) {
                throw new LeaseLostException();
            }
        } finally {
            metrics.record(Latency.ARCHIVE_COMMIT, nanos.getAsLong() - began);
        }
        metrics.add(Counter.ARCHIVE_STORED, gatheredMessages);
        for (Copies.Copy copy : gathered) {
            tellOfHoles(copy);
            heads.copied(copy.room(), last(copy));
        }
        trimmed.forEach(room -> source.trim(room, heads.of(room).position()));
        trimmed.clear();
        gathered.clear();
        gatheredMessages = 0;
        gatheredBytes = 0;
    }

    private void tellOfHoles(Copies.Copy copy) {
        for (Copies.Hole hole : copy.holes()) {
            metrics.add(Counter.ARCHIVE_MISSED, hole.last() - hole.first() + 1);
            warnings.warn(
                    "archive hole",
                    () -> "The archive has not got the messages " + hole.first() + " to " + hole.last() + " of room "
                            + copy.room() + ", which the relay had already dropped");
        }
    }

    private static SeenMessage last(Copies.Copy copy) {
        if (copy.messages().isEmpty()) {
            Copies.Hole hole = copy.holes().get(copy.holes().size() - 1);
            return SeenMessage.of(new Position(copy.epoch(), hole.last()), null);
        }
        Archive.Message message = copy.messages().get(copy.messages().size() - 1);
        return SeenMessage.of(new Position(copy.epoch(), message.offset()), message.body());
    }
}

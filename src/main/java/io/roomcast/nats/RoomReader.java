package io.roomcast.nats;

import io.roomcast.cursor.GapRepair;
import io.roomcast.cursor.LogPage;
import io.roomcast.cursor.RoomLog;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.ServerClock;
import io.roomcast.nats.connection.StreamRecord;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Futures;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads the messages of rooms. The stream keeps as much as its own limits say, so each read applies the limits of the
 * room: number and age of the messages, and the bytes that come after each. Any thread may call. No method blocks.
 */
final class RoomReader implements RoomLog {
    /** Marks are appended again when a room's last record has this part of its life behind it. */
    private static final int RENEWALS = 3;
    /** How often a room is read again that has fewer messages than this node knows of. */
    private static final int ATTEMPTS = 20;

    private final JetStream jetStream;
    private final Subjects subjects;
    private final RoomTails tails;
    private final HistoryLimits.Rule limits;
    private final ServerClock clock;
    private final long keepMillis;
    private final RecordSearch search;

    /** @param keepMillis how long the stream keeps a record */
    RoomReader(
            JetStream jetStream,
            Subjects subjects,
            RoomTails tails,
            HistoryLimits.Rule limits,
            ServerClock clock,
            long keepMillis) {
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.tails = tails;
        this.limits = limits;
        this.clock = clock;
        this.keepMillis = keepMillis;
        this.search = new RecordSearch(jetStream, subjects);
    }

    CompletionStage<Position> position(RoomName room) {
        return Futures.map(tails.peek(room), Tail::position);
    }

    CompletionStage<HistoryPage> after(RoomName room, long offset, int limit) {
        return tails.peek(room)
                .thenCompose(tail -> page(room, tail, offset, offset + 1, Long.MAX_VALUE, limit, Relay.PAGE_BYTES))
                .thenApply(page -> new HistoryPage(page.tail().head().epoch(), page.messages(), page.more()));
    }

    CompletionStage<HistoryPage> before(RoomName room, long offset, int limit) {
        return tails.peek(room).thenCompose(tail -> {
            long end = offset == 0
                    ? tail.head().offset() + 1
                    : Math.min(offset, tail.head().offset() + 1);
            // One more than was asked for tells whether there is more.
            return page(room, tail, 0, Math.max(end - limit - 1, 1), end, limit + 1, Long.MAX_VALUE)
                    .thenApply(page -> newest(page, limit));
        });
    }

    private static HistoryPage newest(Page page, int limit) {
        List<StoredMessage> messages = page.messages();
        int first = messages.size();
        long bytes = 0;
        while (first > 0 && messages.size() - first < limit) {
            bytes += messages.get(first - 1).body().length;
            if (bytes > Relay.PAGE_BYTES && first < messages.size()) {
                break;
            }
            first--;
        }
        return new HistoryPage(
                page.tail().head().epoch(), List.copyOf(messages.subList(first, messages.size())), first > 0);
    }

    @Override
    public CompletionStage<LogPage> read(RoomName room, Position last) {
        return read(room, last, ATTEMPTS);
    }

    private CompletionStage<LogPage> read(RoomName room, Position last, int attempts) {
        return tails.readOrBegin(room).thenCompose(tail -> {
            MessageHead head = tail.head();
            if (last == null) {
                return page(room, tail, 0, Math.max(head.offset(), 1), Long.MAX_VALUE, 1, Relay.PAGE_BYTES)
                        .thenApply(RoomReader::logPage);
            }
            if (!head.epoch().equals(last.epoch())) {
                return CompletableFuture.completedFuture(
                        new LogPage(head.epoch(), head.offset(), head.base(), false, List.of()));
            }
            if (head.offset() < last.offset()) {
                if (attempts == 0) {
                    return CompletableFuture.failedFuture(
                            new RelayUnavailableException("NATS finds fewer messages again and again"));
                }
                return tails.renumberIfBehind(room, last.epoch(), last.offset())
                        .thenCompose(done -> read(room, last, attempts - 1));
            }
            if (tail.millis() > 0 && clock.millis() - tail.millis() > keepMillis / RENEWALS) {
                var unused = tails.keep(room, tail);
            }
            return page(
                            room,
                            tail,
                            last.offset(),
                            Math.max(last.offset(), 1),
                            Long.MAX_VALUE,
                            GapRepair.PAGE_MESSAGES,
                            Relay.PAGE_BYTES)
                    .thenApply(RoomReader::logPage);
        });
    }

    private static LogPage logPage(Page page) {
        MessageHead head = page.tail().head();
        return new LogPage(head.epoch(), head.offset(), head.base(), page.more(), page.messages());
    }

    @Override
    public CompletionStage<Tail> renumber(RoomName room, Position last) {
        return tails.renumber(room, last.epoch(), last.offset());
    }

    /** @param more whether there are messages after the page */
    private record Page(Tail tail, List<StoredMessage> messages, boolean more) {}

    /**
     * Reads messages in the limits of the room.
     *
     * @param known offset of a message that the caller has: its bytes do not count
     * @param from first offset
     * @param end offset after the last one
     * @param limit most messages
     * @param bytes most bytes of all but the first message that counts
     */
    private CompletionStage<Page> page(
            RoomName room, Tail tail, long known, long from, long end, int limit, long bytes) {
        HistoryLimits kept = limits.of(room);
        MessageHead last = tail.head();
        long first = Math.max(Math.max(from, last.base() + 1), last.offset() - kept.messages() + 1);
        if (first > last.offset() || first >= end) {
            return CompletableFuture.completedFuture(new Page(tail, List.of(), false));
        }
        long oldest = clock.millis() - kept.age().toMillis();
        RecordSearch.Wanted wanted = new RecordSearch.Wanted(last.epoch(), first, oldest, last.total() - kept.bytes());
        return search.first(room.value(), tail, wanted)
                .thenCompose(start -> new PageRead(room.value(), tail, known, end, limit, bytes).read(start))
                .thenApply(messages -> new Page(
                        tail,
                        messages,
                        !messages.isEmpty() && messages.get(messages.size() - 1).offset() < last.offset()));
    }

    /** The read of one page, message by message. */
    private final class PageRead {
        private final String subject;
        private final Tail tail;
        private final long known;
        private final long end;
        private final int limit;
        private final long maxBytes;
        private final List<StoredMessage> messages = new java.util.ArrayList<>();
        private long bytes;

        PageRead(String room, Tail tail, long known, long end, int limit, long maxBytes) {
            this.subject = subjects.stored(room);
            this.tail = tail;
            this.known = known;
            this.end = end;
            this.limit = limit;
            this.maxBytes = maxBytes;
        }

        /** @param next the first message of the page, or null if there is none */
        CompletionStage<List<StoredMessage>> read(StreamRecord next) {
            StreamRecord record = next;
            if (record == null || record.sequence() > tail.sequence() || !take(record)) {
                return CompletableFuture.completedFuture(messages);
            }
            if (messages.size() == limit || record.sequence() == tail.sequence()) {
                return CompletableFuture.completedFuture(messages);
            }
            return jetStream
                    .next(subjects.messages(), subject, record.sequence() + 1)
                    .thenCompose(this::read);
        }

        /** Adds the message. Returns whether the page goes on. */
        private boolean take(StreamRecord record) {
            MessageHead head = MessageHead.of(record);
            if (head == null || !head.epoch().equals(tail.head().epoch())) {
                return false;
            }
            if (head.isMark()) {
                return true;
            }
            bytes += head.offset() > known ? record.body().length : 0;
            long expected = messages.isEmpty()
                    ? head.offset()
                    : messages.get(messages.size() - 1).offset() + 1;
            if (head.offset() >= end || head.offset() != expected || bytes > Math.max(maxBytes, record.body().length)) {
                return false;
            }
            messages.add(new StoredMessage(head.offset(), record.body()));
            return true;
        }
    }
}

package io.roomcast.nats;

import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.StreamRecord;
import io.roomcast.nats.connection.Subjects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds the first record of a room that is wanted. The stream counts the records of all rooms together, so a record's
 * place is not known from its offset. The server finds the first record of a room from any place on. So the search
 * halves the part of the stream where the record can be, and guesses by the offset where it is. Any thread may call. No
 * method blocks.
 */
final class RecordSearch {
    /** After so many guesses by the offset, the part is halved. */
    private static final int GUESSES = 4;

    /**
     * Which records are wanted. If a record is wanted, all later ones are.
     *
     * @param epoch the newest epoch of the room
     * @param offset first offset
     * @param oldest time in milliseconds before which no record was stored
     * @param totalBefore a record is wanted if so many bytes of the room, or more, come before it
     */
    record Wanted(String epoch, long offset, long oldest, long totalBefore) {
        boolean test(StreamRecord record) {
            MessageHead head = MessageHead.of(record);
            return head != null
                    && head.epoch().equals(epoch)
                    && head.offset() >= offset
                    && record.millis() >= oldest
                    && head.total() - (head.isMark() ? 0 : record.body().length) >= totalBefore;
        }
    }

    private final JetStream jetStream;
    private final Subjects subjects;

    RecordSearch(JetStream jetStream, Subjects subjects) {
        this.jetStream = jetStream;
        this.subjects = subjects;
    }

    /** The first record of the room that is wanted, up to the tail; null if there is none. */
    CompletionStage<StreamRecord> first(String room, Tail tail, Wanted wanted) {
        String subject = subjects.stored(room);
        MessageHead last = tail.head();
        if (wanted.offset() == last.offset() && !last.isMark()) {
            return jetStream
                    .next(subjects.messages(), subject, tail.sequence())
                    .thenApply(record -> record != null && wanted.test(record) ? record : null);
        }
        return jetStream.next(subjects.messages(), subject, 1).thenCompose(oldest -> {
            if (oldest == null || wanted.test(oldest)) {
                return CompletableFuture.completedFuture(oldest);
            }
            return new Search(subject, tail, wanted, oldest).next(0);
        });
    }

    /** One search. The wanted record is after {@code low} and not after {@code high}. */
    private final class Search {
        private final String subject;
        private final Wanted wanted;
        /** Sequence of the last record that is known not to be wanted, and its offset. */
        private long low;

        private long lowOffset;
        /** Sequence up to which the first wanted record must be, and the offset there. */
        private long high;

        private long highOffset;
        /** The first wanted record that was found; null if none was. */
        private StreamRecord found;

        Search(String subject, Tail tail, Wanted wanted, StreamRecord oldest) {
            this.subject = subject;
            this.wanted = wanted;
            this.low = oldest.sequence();
            this.lowOffset = offset(oldest);
            this.high = tail.sequence();
            this.highOffset = tail.head().offset();
        }

        private static long offset(StreamRecord record) {
            MessageHead head = MessageHead.of(record);
            return head == null ? 0 : head.offset();
        }

        CompletionStage<StreamRecord> next(int guesses) {
            if (low >= high) {
                return CompletableFuture.completedFuture(found);
            }
            long guess = guess(guesses);
            return jetStream.next(subjects.messages(), subject, guess).thenCompose(record -> {
                if (record == null) {
                    high = guess - 1; // The tail itself was removed meanwhile.
                } else if (wanted.test(record)) {
                    found = record;
                    high = guess - 1; // There is no record between the guess and what was found.
                    highOffset = offset(record);
                } else {
                    low = record.sequence();
                    lowOffset = offset(record);
                }
                return next(guesses + 1);
            });
        }

        private long guess(int guesses) {
            long span = high - low;
            if (guesses >= GUESSES || highOffset <= lowOffset || wanted.offset() <= lowOffset) {
                return low + 1 + (span - 1) / 2;
            }
            double part = (double) (wanted.offset() - lowOffset) / (highOffset - lowOffset);
            return Math.min(Math.max(low + (long) (part * span), low + 1), high);
        }
    }
}

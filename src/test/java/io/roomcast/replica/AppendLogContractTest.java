package io.roomcast.replica;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Stages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link AppendLog} promises, for any implementation of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class AppendLogContractTest {
    private final List<AppendLog> logs = new ArrayList<>();

    /** A connection to a log that is empty at first; the same log at each call. */
    protected abstract AppendLog connect();

    /** Keeps what a follower reads. */
    private static final class Recorded implements AppendLog.Follower {
        private final List<String> records = new ArrayList<>();
        private final List<byte[]> bytes = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        private boolean caughtUp;
        private int atCaughtUp;
        private int partitions;

        @Override
        public synchronized void began(boolean[] trimmed, long reachMillis) {
            partitions = trimmed.length;
            for (boolean each : trimmed) {
                assertFalse(each);
            }
            assertTrue(reachMillis > 0);
        }

        @Override
        public void wentBack(int partition, long from) {
            throw new AssertionError("nothing was lost");
        }

        @Override
        public synchronized void appended(int partition, long position, long millis, byte[] record) {
            assertTrue(partitions > 0, "it must begin first");
            records.add(partition + " " + position + " " + millis + " "
                    + new String(record, 0, Math.min(record.length, 20), StandardCharsets.UTF_8));
            bytes.add(record);
        }

        @Override
        public synchronized void caughtUp() {
            caughtUp = true;
            atCaughtUp = records.size();
        }

        @Override
        public synchronized void received(byte[] note) {
            notes.add(new String(note, StandardCharsets.UTF_8));
        }

        synchronized List<String> of(int partition) {
            return records.stream()
                    .filter(record -> record.startsWith(partition + " "))
                    .toList();
        }

        synchronized List<String> contents(int partition) {
            return of(partition).stream()
                    .map(record -> record.replaceFirst("(\\S+ ){3}", ""))
                    .toList();
        }

        synchronized byte[] last() {
            return bytes.get(bytes.size() - 1);
        }

        synchronized int count() {
            return records.size();
        }

        synchronized List<String> notes() {
            return List.copyOf(notes);
        }

        synchronized boolean isCaughtUp() {
            return caughtUp;
        }
    }

    /** A connection that has read all. */
    private AppendLog follow(Recorded follower) {
        AppendLog log = connect();
        logs.add(log);
        log.follow(follower);
        Await.until("all is read", follower::isCaughtUp);
        return log;
    }

    @AfterEach
    void closeAll() {
        logs.forEach(AppendLog::close);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void appendAll(AppendLog log, int partition, String prefix, int count) {
        List<CompletionStage<Void>> appends = IntStream.range(0, count)
                .mapToObj(i -> log.append(partition, bytes(prefix + i)))
                .toList();
        appends.forEach(Stages::get);
    }

    @Test
    void recordsOfOneThreadAreReadInTheOrderOfTheCalls() {
        Recorded read = new Recorded();
        AppendLog log = follow(read);
        appendAll(log, 0, "a", 500);
        appendAll(log, 1, "b", 50);
        Await.until("all are read", () -> read.count() == 550);
        assertEquals(IntStream.range(0, 500).mapToObj(i -> "a" + i).toList(), read.contents(0));
        assertEquals(IntStream.range(0, 50).mapToObj(i -> "b" + i).toList(), read.contents(1));
    }

    @Test
    void allReadTheSameAndWhoComesLaterReadsFromTheFirst() {
        Recorded first = new Recorded();
        Recorded second = new Recorded();
        AppendLog one = follow(first);
        AppendLog two = follow(second);
        for (int i = 0; i < 20; i++) {
            CompletionStage<Void> ofOne = one.append(0, bytes("one" + i));
            CompletionStage<Void> ofTwo = two.append(0, bytes("two" + i));
            Stages.get(ofOne);
            Stages.get(ofTwo);
        }
        Await.until("both have read all", () -> first.count() == 40 && second.count() == 40);
        assertEquals(first.of(0), second.of(0));
        Recorded later = new Recorded();
        follow(later);
        assertEquals(first.of(0), later.of(0));
        assertEquals(40, later.atCaughtUp);
    }

    @Test
    void notesReachAllWhoReadAndNobodyLater() {
        Recorded first = new Recorded();
        Recorded second = new Recorded();
        AppendLog one = follow(first);
        follow(second);
        Await.until("a note arrives", () -> {
            one.send(bytes("there?"));
            return first.notes().contains("there?") && second.notes().contains("there?");
        });
        IntStream.range(0, 10).forEach(i -> one.send(bytes("n" + i)));
        List<String> sent = IntStream.range(0, 10).mapToObj(i -> "n" + i).toList();
        for (Recorded each : List.of(first, second)) {
            Await.until("all notes arrive", () -> each.notes().contains("n9"));
            assertEquals(
                    sent,
                    each.notes().stream().filter(note -> !note.equals("there?")).toList());
        }
        Recorded later = new Recorded();
        AppendLog third = follow(later);
        Await.until("a note arrives", () -> {
            third.send(bytes("here"));
            return later.notes().contains("here");
        });
        assertFalse(later.notes().contains("n9"));
        assertEquals(0, later.count());
    }

    @Test
    void theLargestRecordIsRead() {
        Recorded read = new Recorded();
        AppendLog log = follow(read);
        byte[] largest = new byte[log.maxBytes()];
        largest[largest.length - 1] = 7;
        Stages.get(log.append(0, largest));
        Await.until("it is read", () -> read.count() == 1);
        assertArrayEquals(largest, read.last());
        assertTrue(log.maxBytes() >= 1 << 20);
    }

    @Test
    void afterTheEndNothingIsTaken() {
        AppendLog log = follow(new Recorded());
        log.close();
        Stages.assertUnavailable(log.append(0, bytes("late")));
        log.send(bytes("late"));
    }
}

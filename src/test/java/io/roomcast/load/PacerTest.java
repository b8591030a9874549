package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MILLI = 1_000_000;

    @Test
    void aScheduleLosesNoTimeToFractions() {
        Schedule schedule = new Schedule(3, 1_000);
        assertEquals(1_000, schedule.take());
        assertEquals(1_000 + 333_333_333, schedule.take());
        assertEquals(1_000 + 666_666_666, schedule.next());
        assertEquals(1_000 + 666_666_666, schedule.take());
        assertEquals(1_000 + 1_000_000_000, schedule.take());
    }

    @Test
    void eachMessageIsSentForItsOwnTimeAndNotBefore() {
        List<Long> due = new CopyOnWriteArrayList<>();
        AtomicInteger early = new AtomicInteger();
        AtomicInteger inTime = new AtomicInteger();
        // The distance is no multiple of a tick, whose distance from the message would be another each time.
        try (Pacer pacer = new Pacer(143, at -> {
            long late = System.nanoTime() - at;
            early.addAndGet(late < 0 ? 1 : 0);
            inTime.updateAndGet(before -> late < MILLI ? before + 1 : 0);
            due.add(at);
        })) {
            pacer.send(true);
            Await.until("some in a row are sent in time, and with no tick", () -> inTime.get() >= 8);
        }
        assertEquals(0, early.get());
        for (int i = 1; i < due.size(); i++) {
            assertEquals(1e9 / 143, (double) (due.get(i) - due.get(i - 1)), 2.0);
        }
    }

    @Test
    void nothingIsSentWithoutARate() {
        AtomicLong sent = new AtomicLong();
        try (Pacer none = new Pacer(0, at -> sent.incrementAndGet());
                Pacer some = new Pacer(1_000, at -> sent.addAndGet(1_000))) {
            none.send(true);
            some.send(true);
            Await.until("the other sends", () -> sent.get() >= 5_000);
            some.send(false);
        }
        assertEquals(0, sent.get() % 1_000);
    }
}

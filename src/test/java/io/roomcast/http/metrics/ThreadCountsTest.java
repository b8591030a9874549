package io.roomcast.http.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each thread counts in one series, whatever its name. */
class ThreadCountsTest {

    @ParameterizedTest
    @CsvSource({
        "roomcast-lane-3, lane",
        "roomcast-timer-1, timer",
        "roomcast-loop-1, loop",
        "roomcast-redis-publish, redis",
        "roomcast-http, server",
        "roomcast-memory, memory",
        "roomcast-shutdown, other",
        "main, other"
    })
    void aThreadHasThePurposeThatItsNameSays(String name, String purpose) {
        assertEquals(purpose, ThreadCounts.purpose(name));
    }

    @Test
    void aThreadOfOursWithoutAPurposeMakesNoSeries() throws InterruptedException {
        Set<String> before = ThreadCounts.count().keySet();
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(() -> await(end), "roomcast-shutdown");
        thread.start();
        try {
            assertEquals(before, ThreadCounts.count().keySet());
        } finally {
            end.countDown();
            thread.join();
        }
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

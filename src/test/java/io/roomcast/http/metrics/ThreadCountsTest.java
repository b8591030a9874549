package io.roomcast.http.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
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
        Thread thread = new Thread(ThreadCountsTest::sleep, "roomcast-shutdown");
        thread.start();
        try {
            assertEquals(before, ThreadCounts.count().keySet());
        } finally {
            thread.interrupt();
            thread.join();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException e) {
            // The test is over.
        }
    }
}

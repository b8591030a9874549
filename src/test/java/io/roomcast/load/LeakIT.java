package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.ScrapedMetrics;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand members come, talk and go, some with a word and some without, and leave nothing behind. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LeakIT {
    private static final int TOGETHER = 100;
    private static final int ROUNDS = 10;
    /** The least that one forgotten session holds is more than this. */
    private static final long BYTES_EACH = 600;

    private static final long LONGEST_HELD_SECONDS = 15;

    private static final List<String> NOTHING_OF = List.of(
            "roomcast_sessions",
            "roomcast_rooms",
            "roomcast_members",
            "roomcast_requests_waiting",
            "roomcast_lanes_events_waiting",
            "roomcast_lanes_tasks_waiting",
            "roomcast_outbound_waiting_max_bytes");

    /** Pools of the server and of libraries, which make threads as they like. */
    private static final String NOT_OURS = ".*\"(other|server|network)\".*";

    @Test
    void aThousandVisitsLeaveNothing() throws Exception {
        LoadOptions options = new LoadOptions();
        options.rooms = 20;
        options.publishers = 1;
        options.rate = 500;
        options.ramp = 1_000;
        options.size = 100;
        options.threads = 1;
        Tally tally = new Tally();
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Progress progress = new Progress(tally, new ServerView(List.of(), List.of(), Trust.context(false)), silent);
        try (EmbeddedServer node = EmbeddedServer.start(Map.of("roomcast.history.size", "10"))) {
            options.uris = List.of(node.uri().toString());
            try (Fleet fleet = new Fleet(options, Trust.context(false), tally)) {
                visits(fleet, progress, 5); // Pools have their size, and classes are loaded.
                Map<String, Double> threadsBefore = settled(node.uri());
                long heapBefore = heap(0);
                visits(fleet, progress, ROUNDS);
                Map<String, Double> threadsAfter = settled(node.uri());
                long heapAfter = heap(heapBefore + BYTES_EACH * TOGETHER * ROUNDS);

                assertEquals((5 + ROUNDS) * TOGETHER, tally.joined.sum());
                assertTrue(tally.delivered.sum() > 100, "they talked");
                threadsAfter.forEach((purpose, count) -> assertTrue(
                        count <= threadsBefore.getOrDefault(purpose, 0.0) + (purpose.matches(NOT_OURS) ? 2 : 0),
                        () -> purpose + ": " + threadsBefore.get(purpose) + ", then " + count));
                long grown = heapAfter - heapBefore;
                assertTrue(
                        grown < BYTES_EACH * TOGETHER * ROUNDS,
                        () -> "the heap grew by " + grown + " bytes over " + TOGETHER * ROUNDS + " visits");
            }
        }
    }

    private static void visits(Fleet fleet, Progress progress, int rounds) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            fleet.growTo(TOGETHER, progress);
            fleet.publish(true);
            progress.waitFor(100);
            fleet.publish(false);
            if (i % 2 == 0) {
                fleet.shrinkTo(0);
            } else {
                fleet.vanish();
            }
        }
    }

    /** When there is nothing of what shall be nothing. @return the threads by purpose then */
    private static Map<String, Double> settled(URI node) {
        ScrapedMetrics figures =
                ScrapedMetrics.await(node, 60, told -> NOTHING_OF.stream().allMatch(name -> told.get(name) == 0));
        return figures.series().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("roomcast_threads"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * What is reachable, when nothing is held for a while any more (a user who left is kept for the grace, a closing
     * for its time limit): as soon as it is less than {@code enough}, else the least that is seen.
     */
    private static long heap(long enough) throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_HELD_SECONDS);
        long least = Long.MAX_VALUE;
        while (least >= enough && System.nanoTime() - end < 0) {
            // Each collection takes the processor from the threads that have yet to let go.
            Thread.sleep(500); // A pause for them: nothing tells when the last of them has let go.
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}

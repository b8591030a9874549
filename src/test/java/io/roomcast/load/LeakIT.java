package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.EmbeddedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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

    private static final HttpClient HTTP = HttpClient.newHttpClient();

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
                        count <= threadsBefore.getOrDefault(purpose, 0.0) + (purpose.contains("other") ? 2 : 0),
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

    /** Asks, for it can only be asked, until there is nothing of what shall be nothing. @return the threads by purpose then */
    private static Map<String, Double> settled(URI node) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            Map<String, Double> figures = figures(node);
            List<String> left = NOTHING_OF.stream()
                    .filter(name -> figures.get(name) != 0)
                    .map(name -> name + " is " + figures.get(name))
                    .toList();
            if (left.isEmpty()) {
                figures.keySet().removeIf(name -> !name.startsWith("roomcast_threads"));
                return figures;
            }
            assertTrue(System.nanoTime() - end < 0, left::toString);
            Thread.sleep(100);
        }
    }

    private static Map<String, Double> figures(URI node) throws IOException, InterruptedException {
        Map<String, Double> figures = new TreeMap<>();
        HTTP.send(HttpRequest.newBuilder(node.resolve("/metrics")).build(), BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith("roomcast_"))
                .forEach(line -> figures.put(
                        line.substring(0, line.lastIndexOf(' ')),
                        Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
        return figures;
    }

    /**
     * What is reachable, when nothing is held for a while any more (a user who left is kept for the grace, a closing for its time limit): as
     * soon as it is less than {@code enough}, else the least that is seen.
     */
    private static long heap(long enough) throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_HELD_SECONDS);
        long least = Long.MAX_VALUE;
        while (least >= enough && System.nanoTime() - end < 0) {
            Thread.sleep(500);
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}

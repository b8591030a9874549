package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.TestServer;
import io.roomcast.support.workload.CheckedWorkload;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Hostile clients of every kind beside a healthy workload, which must not notice; afterwards nothing is left of them.
 */
class AbuseIT {
    private static final long SEED = 42;
    private static final long SECONDS = 8;
    /** What takes longer than this is noticed. */
    private static final long PATIENCE_SECONDS = 10;

    private static final long WARM_UP_ACKS = 1_000;
    private static final long SETTLING_SECONDS = 60;

    @Test
    void nobodyNoticesAndNothingIsLeft() {
        try (TestServer server = TestServer.openSmall()) {
            run(server, SEED, TimeUnit.SECONDS.toNanos(SECONDS));
        }
    }

    static void run(TestServer server, long seed, long nanos) {
        server.awaitNobody();
        double threads;
        try (CheckedWorkload workload = new CheckedWorkload(user -> server.webSocket("ws?user=" + user), seed)) {
            // A server that has just started is slow in any case.
            workload.awaitAcks(WARM_UP_ACKS, SETTLING_SECONDS);
            // Pools have made by now what they need for work of any amount.
            threads = ownThreads(server.metrics());
            Abuse.goOn(server, seed, nanos, () -> workload.awaitAcks(50, PATIENCE_SECONDS));
            workload.awaitAcks(50, PATIENCE_SECONDS);
            assertEquals(List.of(), workload.violations(PATIENCE_SECONDS));
        }
        server.awaitNobody();
        server.awaitMetric("roomcast_rooms", 0);
        server.awaitMetric("roomcast_members", 0);
        server.awaitMetric("roomcast_outbound_held_bytes", 0);
        server.awaitMetric("roomcast_requests_waiting", 0);
        server.awaitMetric("roomcast_lanes_events_waiting", 0);
        server.awaitMetric("roomcast_lanes_held_bytes", 0);
        ScrapedMetrics.await(server.http(""), SETTLING_SECONDS, figures -> ownThreads(figures) == threads);
    }

    /** Those that Roomcast makes itself; pools of servers grow as they like. */
    private static double ownThreads(ScrapedMetrics figures) {
        return Stream.of("lane", "loop", "timer", "redis")
                .mapToDouble(purpose -> figures.get("roomcast_threads{purpose=\"" + purpose + "\"}"))
                .sum();
    }
}

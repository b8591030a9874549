package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.fault.CheckedWorkload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Hostile clients of every kind beside a healthy workload, which must not notice; afterwards nothing is left of them. */
class AbuseIT {
    private static final long SEED = 42;
    private static final long SECONDS = 8;
    private static final long PATIENCE_SECONDS = 60;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void nobodyNoticesAndNothingIsLeft() throws InterruptedException {
        try (TestServer server = TestServer.open()) {
            run(server, SEED, TimeUnit.SECONDS.toNanos(SECONDS));
        }
    }

    static void run(TestServer server, long seed, long nanos) throws InterruptedException {
        long sessions = figure(server, "roomcast_sessions ");
        long threads;
        try (CheckedWorkload workload = new CheckedWorkload(user -> server.webSocket("ws?user=" + user), seed)) {
            workload.awaitAcks(50, PATIENCE_SECONDS);
            // Pools have made by now what they need for work of any amount.
            threads = ownThreads(server);
            Abuse.goOn(server, seed, nanos);
            workload.awaitAcks(50, PATIENCE_SECONDS);
            assertEquals(List.of(), workload.violations(PATIENCE_SECONDS));
        }
        // Payara hears of some connections that break at once by their silence only, as the heartbeat does.
        Figure.await(sessions, 2 * PATIENCE_SECONDS, () -> figure(server, "roomcast_sessions "));
        if (sessions == 0) {
            Figure.await(0, () -> figure(server, "roomcast_rooms "));
            Figure.await(0, () -> figure(server, "roomcast_members "));
        }
        Figure.await(0, () -> figure(server, "roomcast_outbound_held_bytes "));
        Figure.await(0, () -> figure(server, "roomcast_requests_waiting "));
        Figure.await(0, () -> figure(server, "roomcast_lanes_events_waiting "));
        Figure.await(0, () -> figure(server, "roomcast_lanes_held_bytes "));
        Figure.await(threads, () -> ownThreads(server));
    }

    /** Those that Roomcast makes itself; pools of servers grow as they like. */
    private static long ownThreads(TestServer server) {
        return List.of("lane", "loop", "timer", "redis").stream()
                .mapToLong(purpose -> figure(server, "roomcast_threads{purpose=\"" + purpose + "\"} "))
                .sum();
    }

    private static long figure(TestServer server, String series) {
        try {
            String metrics = HTTP.send(
                            HttpRequest.newBuilder(server.http("metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return metrics.lines()
                    .filter(line -> line.startsWith(series))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length())))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + series + "in\n" + metrics));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

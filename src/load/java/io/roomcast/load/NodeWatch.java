package io.roomcast.load;

import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The CPU of the nodes, as they tell it themselves. It waits for no answer: a node that is slow must not hold up the
 * run. Any thread.
 */
final class NodeWatch {
    private static final CompletableFuture<?> NONE = CompletableFuture.completedFuture(null);

    private final ServerView server;
    /** By process: a node may have several addresses. */
    private final Map<String, CpuTrack> tracks = new ConcurrentHashMap<>();

    /** The last question of each node; complete when its answer has been taken, or when there is none. */
    private final Map<URI, CompletableFuture<?>> asked = new ConcurrentHashMap<>();

    private final long began;

    /** @param began when the run began, in this process's nanoseconds */
    NodeWatch(ServerView server, long began) {
        this.server = server;
        this.began = began;
    }

    /** Asks each node that has no question open. */
    void ask() {
        for (URI endpoint : server.endpoints()) {
            if (asked.getOrDefault(endpoint, NONE).isDone()) {
                double before = now();
                asked.put(endpoint, server.figures(endpoint).whenComplete((figures, failure) -> {
                    OptionalDouble used =
                            figures == null ? OptionalDouble.empty() : figures.value("process_cpu_seconds_total");
                    if (used.isPresent()) {
                        tracks.computeIfAbsent(ServerView.process(endpoint, figures), key -> new CpuTrack())
                                .add((before + now()) / 2, used.getAsDouble());
                    }
                }));
            }
        }
    }

    private double now() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** Cores that all nodes together kept busy in this time, in seconds of the run; NaN where none told. */
    double cores(double from, double to) {
        double[] told = tracks.values().stream()
                .mapToDouble(track -> track.cores(from, to))
                .filter(cores -> !Double.isNaN(cores))
                .toArray();
        return told.length == 0 ? Double.NaN : Arrays.stream(told).sum();
    }

    /** Waits for the answers to all open questions, so many nanoseconds at most. */
    void await(long nanos) throws InterruptedException {
        try {
            CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                    .get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Of a node that does not answer there are no figures.
        }
    }

    /** Whether any node told. */
    boolean isKnown() {
        return !tracks.isEmpty();
    }
}

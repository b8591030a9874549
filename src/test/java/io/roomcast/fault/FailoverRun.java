package io.roomcast.fault;

import io.roomcast.support.redis.RedisProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * How long it takes until everything works again after a node or Redis was killed: two nodes in processes of their own
 * over one Redis. Not part of the tests, but a program that prints the table of {@code docs/performance.md}, where its
 * command is. Argument: rounds, each of which takes forty seconds; 3 by default.
 */
public final class FailoverRun {
    private static final int MEMBERS = 50;
    private static final int STAY_AWAY = 10;
    private static final long PATIENCE_SECONDS = 40;
    private static final long AWAY_SECONDS = 5;

    /** Milliseconds that were measured, by what they are of. */
    private final Map<String, List<Double>> figures = new LinkedHashMap<>();

    private FailoverRun() {}

    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        FailoverRun run = new FailoverRun();
        try (RedisProcess redis = RedisProcess.launch("--appendonly", "yes");
                NodeProcess a = node("node-a", redis).start();
                NodeProcess b = node("node-b", redis).start()) {
            run.killNode(a, b, "warm-up");
            run.figures.clear();
            for (int round = 1; round <= rounds; round++) {
                System.err.println("round " + round + " of " + rounds);
                run.killNode(a, b, "round-" + round);
                run.killRedis(redis, a, b, 0);
                run.killRedis(redis, a, b, AWAY_SECONDS);
            }
        }
        System.out.print(run.table()); // What this program is for.
    }

    private static NodeProcess node(String name, RedisProcess redis) {
        return new NodeProcess(name, Map.of("relay", "redis", "redis.uri", redis.uri()));
    }

    /** Node a is killed; its members go to b at once, but for some who stay away. */
    private void killNode(NodeProcess a, NodeProcess b, String room) {
        try (SteadyPublisher publisher = new SteadyPublisher(room, b::webSocket)) {
            List<MigratingMember> travellers = IntStream.range(0, MEMBERS)
                    .mapToObj(i -> new MigratingMember("member-" + i, room, a::webSocket, b::webSocket))
                    .toList();
            List<MigratingMember> others = IntStream.range(0, STAY_AWAY)
                    .mapToObj(i -> new MigratingMember("away-" + i, room, a::webSocket, a::webSocket))
                    .toList();
            travellers.forEach(traveller -> await(traveller.in()));
            others.forEach(other -> await(other.in()));
            // Among them all goes as ever when the node dies.
            pause(1_000);
            long killed = System.nanoTime();
            a.kill();
            others.forEach(MigratingMember::stop);
            travellers.forEach(traveller -> add(
                    "node killed: a member is on the other node, with all that it missed", killed, traveller.back()));
            for (int i = 0; i < STAY_AWAY; i++) {
                add("node killed: others see that who did not come back has left", killed, publisher.left("away-" + i));
            }
            travellers.forEach(MigratingMember::stop);
        }
        a.start();
    }

    private void killRedis(RedisProcess redis, NodeProcess a, NodeProcess b, long awaySeconds) {
        String how = awaySeconds == 0 ? "Redis killed and started at once" : "Redis away for " + awaySeconds + " s";
        try (SteadyPublisher onA = new SteadyPublisher("redis-" + awaySeconds, a::webSocket);
                SteadyPublisher onB = new SteadyPublisher("redis-" + awaySeconds, b::webSocket)) {
            await(onA.nextAck());
            await(onB.nextAck());
            redis.kill();
            pause(TimeUnit.SECONDS.toMillis(awaySeconds));
            redis.start();
            long there = System.nanoTime();
            for (SteadyPublisher publisher : List.of(onA, onB)) {
                add(how + ": a publish is acknowledged, after Redis accepts connections", there, publisher.nextAck());
            }
            // The next outage begins when nothing is left of this one: breakers are closed, subscriptions are back.
            pause(3_000);
        }
    }

    private void add(String what, long since, CompletableFuture<Long> when) {
        figures.computeIfAbsent(what, any -> new ArrayList<>()).add((await(when) - since) / 1e6);
    }

    private static <T> T await(CompletableFuture<T> what) {
        return what.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private String table() {
        StringBuilder table = new StringBuilder("| what | measured | median | slowest |\n|---|---|---|---|\n");
        figures.forEach((what, all) -> {
            List<Double> sorted = all.stream().sorted().toList();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d times | %,.0f ms | %,.0f ms |%n",
                    what,
                    sorted.size(),
                    (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2,
                    sorted.get(sorted.size() - 1)));
        });
        return table.toString();
    }
}

package io.roomcast.fault;

import io.roomcast.support.workload.Event;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;

/**
 * The fault suite for as long as one likes: faults in an order that a seed decides, under the workload, and the history
 * checked at the end. Not part of the tests; {@code CONTRIBUTING.md} has the command. Arguments: seed, minutes.
 */
public final class FaultRun {

    /** Something that breaks, and is mended again. */
    private record Fault(String name, Runnable action) {}

    private FaultRun() {}

    public static void main(String[] arguments) {
        long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1;
        long minutes = arguments.length > 1 ? Long.parseLong(arguments[1]) : 10;
        Random random = new Random(seed);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        try (Cluster cluster = new Cluster(seed, 100, 10, "--appendonly", "yes", "--appendfsync", "always")) {
            List<Fault> faults = faults(cluster);
            cluster.goOn();
            for (int number = 1; System.nanoTime() - end < 0; number++) {
                Fault fault = faults.get(random.nextInt(faults.size()));
                report(number + ": " + fault.name());
                fault.action().run();
                cluster.goOn();
            }
            cluster.check();
            report(cluster.workload.log().count(Event.Acked.class) + " acknowledged, "
                    + cluster.workload.log().count(Event.Received.class) + " received, no promise broken");
        }
    }

    private static List<Fault> faults(Cluster cluster) {
        return List.of(
                new Fault("Redis is killed and comes back", () -> {
                    cluster.redis.kill();
                    cluster.a.awaitReady(false);
                    cluster.redis.start();
                }),
                new Fault("Redis pauses", () -> {
                    cluster.redis.pause();
                    cluster.b.awaitReady(false);
                    cluster.redis.resume();
                }),
                new Fault("connections to Redis are cut", cluster::killConnections),
                new Fault("subscriptions are cut, again and again", () -> {
                    for (int i = 0; i < 10; i++) {
                        cluster.killSubscriptions();
                        cluster.goOn();
                    }
                }),
                new Fault("scripts are forgotten", () -> cluster.onRedis(Jedis::scriptFlush)),
                new Fault("Redis comes back with older data", () -> cluster.rollBack(cluster::goOn)),
                new Fault("Redis is emptied", () -> cluster.onRedis(Jedis::flushAll)),
                new Fault("Redis is full", cluster::fill),
                new Fault("ZADD is refused", () -> cluster.forbid("zadd")),
                new Fault("PUBLISH is refused", () -> cluster.forbid("publish")),
                new Fault("what node a reads does not come", () -> cluster.deafen(cluster.a, cluster.linesOfA, "read")),
                new Fault("node b hears nothing", () -> cluster.deafen(cluster.b, cluster.linesOfB, "subscribe")),
                new Fault("node b stands still", () -> cluster.standStill(cluster.b)),
                new Fault("node a loses Redis", () -> {
                    cluster.wayOfA.cut();
                    cluster.a.awaitReady(false);
                    cluster.wayOfA.mend();
                }),
                new Fault("node b's way to Redis is slow", () -> {
                    cluster.wayOfB.slow(200);
                    cluster.goOn();
                    cluster.wayOfB.slow(0);
                }),
                new Fault("node a is killed", () -> {
                    cluster.a.kill();
                    cluster.goOn();
                    cluster.a.start();
                }),
                new Fault("node b is stopped", () -> {
                    cluster.b.stop();
                    cluster.goOn();
                    cluster.b.start();
                }));
    }

    private static void report(String line) {
        System.err.println(line);
    }
}

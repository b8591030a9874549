package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.redis.HeldLines;
import io.roomcast.support.redis.RedisProcess;
import io.roomcast.support.workload.Event;
import io.roomcast.support.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Two nodes over one Redis, each node's way to it through proxies of its own, and a workload on both. */
final class Cluster implements AutoCloseable {
    static final int WINDOW = 10_000;
    private static final String LEASES = "roomcast:{!}:leases";
    private static final long PATIENCE_SECONDS = 60;
    /** A lease of 10 s, and something for a busy machine. */
    private static final long PRESENCE_SECONDS = 20;

    final RedisProcess redis;
    final HeldLines linesOfA;
    final HeldLines linesOfB;
    final CuttableProxy wayOfA;
    final CuttableProxy wayOfB;
    final NodeProcess a;
    final NodeProcess b;
    final Workload workload;

    /** @param redisOptions as on the command line of redis-server */
    Cluster(long seed, int rooms, int receiversPerRoom, String... redisOptions) {
        try {
            redis = RedisProcess.launch(redisOptions);
            linesOfA = new HeldLines(redis);
            linesOfB = new HeldLines(redis);
            wayOfA = CuttableProxy.before(URI.create("http://127.0.0.1:" + linesOfA.port()));
            wayOfB = CuttableProxy.before(URI.create("http://127.0.0.1:" + linesOfB.port()));
            a = node("node-a", wayOfA).start();
            b = node("node-b", wayOfB).start();
            workload = new Workload(addresses(), rooms, receiversPerRoom, 5, 50, seed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NodeProcess node(String name, CuttableProxy way) {
        return new NodeProcess(
                name, Map.of("relay", "redis", "redis.uri", "redis://127.0.0.1:" + way.port(), "presence.grace", "1s"));
    }

    List<Function<String, URI>> addresses() {
        return List.of(a::webSocket, b::webSocket);
    }

    /** Waits for more acknowledgements: whatever was broken works again. */
    void goOn() {
        workload.awaitAcks(200, PATIENCE_SECONDS);
    }

    /** As the administrator of Redis. */
    void onRedis(Consumer<Jedis> action) {
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            action.accept(admin);
        }
    }

    /** Cuts what nodes have open to Redis; they connect anew. */
    void killConnections() {
        killSubscriptions();
        onRedis(admin -> admin.clientKill(
                ClientKillParams.clientKillParams().type(ClientType.NORMAL).skipMe(ClientKillParams.SkipMe.YES)));
    }

    void killSubscriptions() {
        onRedis(admin -> admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB)));
    }

    /**
     * Redis is killed and comes back with what it had when this was called; whatever happens during {@code meanwhile}
     * it has lost.
     */
    void rollBack(Runnable meanwhile) {
        onRedis(Jedis::save);
        meanwhile.run();
        redis.kill();
        redis.start();
    }

    /** Nothing comes to a node from Redis on the connection of that purpose, until the node knows. */
    void deafen(NodeProcess node, HeldLines lines, String purpose) {
        lines.hold(purpose);
        node.awaitReady(false);
        lines.release();
        node.awaitReady(true);
    }

    /** The nodes may not use that command, for a while. */
    void forbid(String command) {
        onRedis(admin -> admin.aclSetUser("default", "-" + command));
        a.awaitReady(false);
        onRedis(admin -> admin.aclSetUser("default", "+" + command));
        a.awaitReady(true);
    }

    /** There is no room for more in Redis, for a while. */
    void fill() {
        onRedis(admin -> admin.configSet("maxmemory", "1"));
        a.awaitReady(false);
        onRedis(admin -> admin.configSet("maxmemory", "0"));
        a.awaitReady(true);
    }

    /** A node stands still until the others take it for dead. */
    void standStill(NodeProcess node) {
        node.pause();
        onRedis(admin -> Await.until(node.name() + " is taken for dead", () -> leasesOf(admin, node) == 0));
        workload.log().add(new Event.StoodStill(System.nanoTime()));
        node.resume();
    }

    private static long leasesOf(Jedis admin, NodeProcess node) {
        return admin.zrange(LEASES, 0, -1).stream()
                .filter(lease -> lease.startsWith(node.name() + ":"))
                .count();
    }

    /**
     * Ends the run, and proves that no promise was broken in it, and that nothing is left in Redis when all have gone.
     */
    void check() {
        workload.quiesce(WINDOW, PATIENCE_SECONDS);
        workload.awaitPresence(addresses(), PRESENCE_SECONDS);
        assertEquals(List.of(), workload.violations(WINDOW));
        workload.close();
        onRedis(RedisLeakProbe::awaitNothing);
    }

    @Override
    public void close() {
        workload.close();
        a.close();
        b.close();
        redis.close();
        try {
            wayOfA.close();
            wayOfB.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        linesOfA.close();
        linesOfB.close();
    }
}

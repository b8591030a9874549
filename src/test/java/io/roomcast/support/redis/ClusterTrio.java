package io.roomcast.support.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.Await;
import io.roomcast.support.machine.Ports;
import java.util.List;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.commands.ProtocolCommand;

/** A Redis Cluster of three masters, each in charge of a third of the slots, without replicas. */
public record ClusterTrio(List<RedisProcess> masters, List<Integer> busPorts) implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final ProtocolCommand CLUSTER = () -> "CLUSTER".getBytes(UTF_8);

    public static ClusterTrio launch() {
        List<Integer> busPorts =
                IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
        ClusterTrio cluster =
                new ClusterTrio(busPorts.stream().map(ClusterTrio::launch).toList(), busPorts);
        for (int i = 0; i < 3; i++) {
            cluster.ask(i, "ADDSLOTSRANGE", String.valueOf(SLOTS * i / 3), String.valueOf(SLOTS * (i + 1) / 3 - 1));
            int port = cluster.masters.get(i).port();
            cluster.ask(0, "MEET", "127.0.0.1", String.valueOf(port), String.valueOf(busPorts.get(i)));
        }
        for (int i = 0; i < 3; i++) {
            cluster.awaitWhole(i);
        }
        return cluster;
    }

    /**
     * Has a new server follow a master, to take its place should it die; returns when it has all that the master has.
     */
    public RedisProcess addReplica(int master) {
        int busPort = Ports.free();
        RedisProcess replica = launch(busPort);
        try (Jedis admin = new Jedis("127.0.0.1", replica.port())) {
            admin.sendCommand(
                    CLUSTER,
                    "MEET",
                    "127.0.0.1",
                    String.valueOf(masters.get(master).port()),
                    String.valueOf(busPorts.get(master)));
            String id = ask(master, "MYID");
            Await.until(
                    "the replica knows the master", () -> admin.clusterNodes().contains(id));
            admin.clusterReplicate(id);
            Await.until("the replica follows", () -> admin.info("replication").contains("master_link_status:up"));
            for (int i = 0; i < 3; i++) {
                int each = i;
                Await.until("the others know it", () -> ask(each, "NODES").contains("slave " + id));
            }
        }
        return replica;
    }

    /** Waits until a master's replica has all that was written to it. */
    public void awaitReplicated(int master) {
        String offset = "master_repl_offset:";
        try (Jedis admin = new Jedis("127.0.0.1", masters.get(master).port())) {
            Await.until("the replica is up to date", () -> {
                String info = admin.info("replication");
                String reached = info.lines()
                        .filter(line -> line.startsWith(offset))
                        .map(line -> line.substring(offset.length()))
                        .findFirst()
                        .orElseThrow();
                return info.contains("offset=" + reached + ",");
            });
        }
    }

    private static RedisProcess launch(int busPort) {
        return RedisProcess.launch(
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                String.valueOf(busPort),
                "--cluster-node-timeout",
                "2000",
                "--cluster-require-full-coverage",
                "no");
    }

    private void awaitWhole(int master) {
        Await.until("the cluster is whole", () -> {
            List<?> ranges = (List<?>) send(master, "SLOTS");
            return ranges.size() == 3 && ask(master, "INFO").contains("cluster_state:ok");
        });
    }

    public RedisSettings settings() {
        return RedisSettings.parse("redis://ignored")
                .withCluster(
                        List.of("127.0.0.1:1", "127.0.0.1:" + masters.get(2).port()));
    }

    /** Which of the masters is in charge. */
    public int ownerOf(int slot) {
        int port = masters.get(0).port();
        for (Object range : (List<?>) send(0, "SLOTS")) {
            List<?> parts = (List<?>) range;
            if ((Long) parts.get(0) <= slot && slot <= (Long) parts.get(1)) {
                port = ((Long) ((List<?>) parts.get(2)).get(1)).intValue();
            }
        }
        return masters.stream().map(RedisProcess::port).toList().indexOf(port);
    }

    /** Gives a slot with all its keys to another master, as {@code redis-cli --cluster reshard} does. */
    public void move(int slot, int from, int to) {
        String name = String.valueOf(slot);
        ask(to, "SETSLOT", name, "IMPORTING", ask(from, "MYID"));
        ask(from, "SETSLOT", name, "MIGRATING", ask(to, "MYID"));
        try (Jedis source = new Jedis("127.0.0.1", masters.get(from).port())) {
            for (String key : source.clusterGetKeysInSlot(slot, 1_000)) {
                assertEquals(
                        "OK", source.migrate("127.0.0.1", masters.get(to).port(), key, 0, 5_000), "migrating " + key);
            }
        }
        String owner = ask(to, "MYID");
        ask(to, "SETSLOT", name, "NODE", owner);
        ask(from, "SETSLOT", name, "NODE", owner);
    }

    private String ask(int master, String... words) {
        Object reply = send(master, words);
        return reply instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(reply);
    }

    private Object send(int master, String... words) {
        try (Jedis admin = new Jedis("127.0.0.1", masters.get(master).port())) {
            return admin.sendCommand(CLUSTER, words);
        }
    }

    @Override
    public void close() {
        masters.forEach(RedisProcess::close);
    }
}

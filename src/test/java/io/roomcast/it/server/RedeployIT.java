package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.DrainedClients;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import io.roomcast.support.server.Broker;
import io.roomcast.support.server.LeakProbe;
import io.roomcast.support.server.ServerNode;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The WAR is taken away and brought back ten times while people use it: they are told each time, and nothing stays
 * behind, neither of Roomcast nor of the client of the broker: Kafka, RabbitMQ, and another one on each server.
 */
@Tag("server")
@Tag("own-server")
class RedeployIT {
    /**
     * Class loaders that may be left, however often. Threads of WildFly's own pools keep that of the application for
     * which they were made, as long as they live; the JDK keeps that of the last record whose {@code equals} it linked
     * (the cast that {@code java.lang.runtime.ObjectMethods} remembers).
     */
    private static final long CLASS_LOADERS = 5;

    private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Threads that were told to end may take a moment, and so may what they keep. */
    private static LeakProbe settled(long pid, long classLoaders) throws Exception {
        long end = System.nanoTime() + SETTLING_NANOS;
        LeakProbe left = LeakProbe.in(pid);
        while (!(left.threads().isEmpty() && left.beans().isEmpty() && left.classLoaders() <= classLoaders)
                && System.nanoTime() - end < 0) {
            left = LeakProbe.in(pid);
        }
        return left;
    }

    private static Map<String, String> settings(Broker broker) {
        Map<String, String> settings = new HashMap<>(broker.settings());
        settings.put("roomcast.warmup", "1s");
        settings.put("roomcast.drain.stop-window", "200ms");
        return settings;
    }

    private static String[] options(Broker broker) {
        return Stream.concat(
                        Stream.of("--port=0"),
                        broker.settings().entrySet().stream()
                                .map(key -> "--" + key.getKey().substring("roomcast.".length()) + "=" + key.getValue()))
                .toArray(String[]::new);
    }

    /** A third of the times over each broker. Those whose clients the WAR lacks have another node, which stays. */
    @Test
    void leavesNothingBehind() throws Exception {
        try (Broker broker = Broker.launch(Broker.Kind.NATS, Broker.Kind.REDIS);
                Broker kafka = Broker.launch(Broker.Kind.KAFKA);
                MainProcess overKafka = MainProcess.start(options(kafka));
                Broker rabbit = Broker.launch(Broker.Kind.RABBITMQ);
                MainProcess overRabbit = MainProcess.start(options(rabbit));
                ServerNode node = new ServerNode("redeployed", settings(broker))
                        .withLibraries(kafka.libraries())
                        .withLibraries(rabbit.libraries())) {
            node.start();
            assertTrue(LeakProbe.in(node.pid()).threads().size() > 1, "it would be seen");
            Await.until("a crowd has warmed up the node", () -> node.console().contains("The warm-up took "));
            assertEquals(0, ScrapedMetrics.of(node.uri()).get("roomcast_sessions_opened_total"));
            long left = redeploy(node, 4, null, CLASS_LOADERS);
            node.set(kafka.settings());
            node.deploy();
            left = redeploy(node, 3, overKafka.awaitReady(), oneMore(left));
            node.set(rabbit.settings());
            node.deploy();
            redeploy(node, 3, overRabbit.awaitReady(), oneMore(left));
        }
    }

    /** One more than were left, or than a server usually keeps for a while. */
    private static long oneMore(long left) {
        return Math.min(Math.max(left, 2) + 1, CLASS_LOADERS);
    }

    /**
     * Takes it away so many times, and brings it back in between.
     *
     * @param other address of the other node; null if there is none
     * @param classLoaders how many may be left
     * @return how many are left
     */
    private static long redeploy(ServerNode node, int times, URI other, long classLoaders) throws Exception {
        long found = 0;
        for (int i = 1; i <= times; i++) {
            try (DrainedClients guests = new DrainedClients(node.uri())) {
                if (other != null) {
                    checkHears(other, node.uri());
                }
                guests.talk();
                node.undeploy();
                guests.checkGoodbye();
            }
            LeakProbe left = settled(node.pid(), classLoaders);
            assertEquals(List.of(), left.threads(), left::toString);
            assertEquals(Set.of(), left.beans(), left::toString);
            found = left.classLoaders();
            assertTrue(found <= classLoaders, left::toString);
            if (i < times) {
                node.deploy();
            }
        }
        return found;
    }

    /** What somebody says at one node is heard at the other. */
    private static void checkHears(URI speaking, URI hearing) {
        try (RoomClient bob = RoomClient.enter(hearing, "lobby", "bob");
                RoomClient ann = RoomClient.enter(speaking, "lobby", "ann")) {
            ann.say("{'type':'publish','id':1,'room':'lobby','content':'hello'}");
            assertEquals("hello", bob.next("message").content());
        }
    }
}

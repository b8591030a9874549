package io.roomcast.rabbitmq;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.stream.impl.Client;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.LogFaultsContract;
import io.roomcast.replica.ReplicaNode;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.rabbitmq.RabbitProcess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** What rooms promise when something happens to a RabbitMQ. */
abstract class RabbitFaultsContract extends LogFaultsContract {
    private final String prefix = RabbitTest.prefix();

    @Override
    protected AppendLog connect() {
        return RabbitTest.log(RabbitTest.settings(prefix));
    }

    @Override
    protected BrokerProcess broker() {
        return RabbitTest.rabbit();
    }

    @Override
    protected void delete() throws ExecutionException {
        try (RabbitConnections connections =
                        new RabbitConnections(RabbitTest.settings(prefix), "admin", RabbitTest::thread);
                RabbitConnection admin = connections.open()) {
            Client client = admin.client();
            for (String each : List.of("-0", "-1", "-notes")) {
                client.delete(prefix + each);
            }
        }
    }

    private RabbitSettings through(CuttableProxy proxy) {
        return RabbitTest.settings("localhost:" + proxy.uri().getPort(), null, RabbitProcess.PASSWORD, prefix);
    }

    @Test
    void streamsThatWereMadeAnewAndAreLongerAreFound() throws Exception {
        try (CuttableProxy proxy = CuttableProxy.before(
                        URI.create("http://" + RabbitTest.rabbit().server()));
                ReplicaNode away = node(RabbitTest.log(through(proxy)))) {
            Position before = get(away.relay.subscribe(room));
            publishUntilAcknowledged(away, "a");
            away.listener.awaitCount(room, 1);
            proxy.cut();
            delete();
            try (ReplicaNode other = node()) {
                for (int i = 0; i < 50; i++) {
                    publishUntilAcknowledged(other, "b" + i);
                }
                proxy.mend();
                away.listener.awaitResets(room, 1);
                Position anew = away.listener.resets(room).get(0);
                assertNotEquals(before.epoch(), anew.epoch());
                assertEquals(50, anew.offset());
                assertEquals(new Position(anew.epoch(), 51), publishUntilAcknowledged(other, "c"));
                away.listener.awaitCount(room, 2);
                assertEquals(List.of("a", "c"), away.listener.bodies(room));
            }
        }
    }

    /** Streams that keep little, as they would after a day. */
    private void makeShortStreams() throws Exception {
        try (RabbitConnections connections =
                        new RabbitConnections(RabbitTest.settings(prefix), "admin", RabbitTest::thread);
                RabbitConnection admin = connections.open()) {
            for (String each : List.of("-0", "-1")) {
                assertTrue(admin.client()
                        .create(
                                prefix + each,
                                Map.of("max-length-bytes", "300000", "stream-max-segment-size-bytes", "100000"))
                        .isOk());
            }
        }
    }

    @Test
    void messagesThatRabbitMqHasLetGoOfAreMissed() throws Exception {
        makeShortStreams();
        try (CuttableProxy proxy = CuttableProxy.before(
                        URI.create("http://" + RabbitTest.rabbit().server()));
                ReplicaNode away = node(RabbitTest.log(through(proxy)));
                ReplicaNode other = node();
                CapturedLog said = CapturedLog.of("io.roomcast.rabbitmq")) {
            get(away.relay.subscribe(room));
            publishUntilAcknowledged(other, "a");
            away.listener.awaitCount(room, 1);
            proxy.cut();
            for (int i = 0; i < 60; i++) {
                get(other.relay.publish(room, null, new byte[20_000]));
            }
            proxy.mend();
            away.listener.awaitResets(room, 1);
            assertEquals(
                    1,
                    said.messages(Level.WARNING).stream()
                            .filter(line -> line.contains("has lost messages"))
                            .count(),
                    said.messages(Level.WARNING)::toString);
            assertEquals(
                    List.of(true),
                    trimmed().stream().distinct().sorted().skip(1).toList());
        }
    }

    /** Whether the partitions let go of messages, for a node that begins. */
    private List<Boolean> trimmed() throws Exception {
        CompletableFuture<List<Boolean>> told = new CompletableFuture<>();
        AppendLog log = connect();
        log.follow(new AppendLog.Follower() {
            @Override
            public void began(boolean[] trimmed, long reachMillis) {
                told.complete(List.of(trimmed[0], trimmed[1]));
            }

            @Override
            public void wentBack(int partition, long from) {}

            @Override
            public void appended(int partition, long position, long millis, byte[] record) {}

            @Override
            public void caughtUp() {}

            @Override
            public void received(byte[] note) {}
        });
        List<Boolean> trimmed = told.get(20, TimeUnit.SECONDS);
        log.close();
        return trimmed;
    }

    @Test
    void aLostConnectionLosesNothing() throws Exception {
        try (CuttableProxy proxy = CuttableProxy.before(
                        URI.create("http://" + RabbitTest.rabbit().server()));
                ReplicaNode away = node(RabbitTest.log(through(proxy)));
                ReplicaNode other = node()) {
            get(away.relay.subscribe(room));
            publishUntilAcknowledged(other, "a");
            away.listener.awaitCount(room, 1);
            proxy.cut();
            publishUntilAcknowledged(other, "b");
            proxy.mend();
            publishUntilAcknowledged(other, "c");
            away.listener.awaitCount(room, 3);
            assertEquals(List.of("a", "b", "c"), away.listener.bodies(room));
            assertEquals(List.of(), away.listener.resets(room));
        }
    }

    @Test
    void theNodesHaveAsManyPartitionsAsTheFirstOneMade() {
        RabbitSettings two = RabbitTest.settings(prefix);
        RabbitSettings three = new RabbitSettings(
                two.servers(),
                two.account(),
                null,
                prefix,
                new RabbitSettings.Made(3, 1, Duration.ofHours(3)),
                two.timeout());
        try (ReplicaNode first = node(RabbitTest.log(two));
                ReplicaNode second = node(RabbitTest.log(three))) {
            for (int i = 0; i < 20; i++) {
                RoomName each = new RoomName("room" + i);
                Position stored = get(first.relay.publish(each, null, new byte[1]));
                assertEquals(stored, get(second.relay.position(each)));
            }
        }
    }
}

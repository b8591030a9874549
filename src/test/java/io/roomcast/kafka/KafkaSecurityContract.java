package io.roomcast.kafka;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayFixture;
import io.roomcast.replica.AppendLog;
import io.roomcast.replica.ReplicaNode;
import io.roomcast.replica.ReplicatedRelay;
import io.roomcast.replica.UnusableLog;
import io.roomcast.support.Await;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.RecordingListener;
import io.roomcast.support.Stages;
import io.roomcast.support.kafka.KafkaProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node needs to log in. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class KafkaSecurityContract {
    private KafkaSettings secure(String password) {
        return new KafkaSettings(
                KafkaTest.kafka().secureServers(),
                KafkaTest.topic(),
                1,
                1,
                Duration.ofHours(26),
                Duration.ofSeconds(5),
                KafkaTest.kafka().secureClient(password));
    }

    @Test
    void aNodeLogsInOverTls() {
        AppendLog log = new KafkaAppendLog(secure(KafkaProcess.PASSWORD), "test", KafkaTest::thread, System::nanoTime);
        try (ReplicaNode node = new ReplicaNode(log, "test", 10)) {
            assertEquals(
                    1,
                    get(node.relay.publish(new RoomName("lobby"), null, new byte[1]))
                            .offset());
        }
    }

    @Test
    void aNodeWithAWrongPasswordIsNotServedAndSaysWhy() {
        UnusableLog.assertSays(
                new KafkaAppendLog(secure("wrong"), "test", KafkaTest::thread, System::nanoTime),
                "Authentication failed");
    }

    private Relay relay(AppendLog log) {
        Relay relay = new ReplicatedRelay(
                log,
                ReplicaNode.limits(RelayFixture.PLENTY.everywhere()),
                "test",
                Executors.newSingleThreadScheduledExecutor(),
                System::nanoTime,
                new NodeMetrics());
        relay.start(new RecordingListener());
        return relay;
    }

    /** Without this right, a producer fails for good. */
    @Test
    void aNodeThatMayNotWriteYetIsServedWhenItMay() throws Exception {
        List<AclBinding> rights = List.of(
                right(ResourceType.CLUSTER, "kafka-cluster", AclOperation.IDEMPOTENT_WRITE, AclPermissionType.DENY),
                right(ResourceType.TOPIC, "*", AclOperation.WRITE, AclPermissionType.DENY),
                right(ResourceType.TOPIC, "*", AclOperation.ALL, AclPermissionType.ALLOW));
        AppendLog log = new KafkaAppendLog(secure(KafkaProcess.PASSWORD), "test", KafkaTest::thread, System::nanoTime);
        try (Admin admin = new KafkaClients(KafkaTest.settings(KafkaTest.kafka(), KafkaTest.topic()), "admin").admin();
                CapturedLog said = CapturedLog.of("io.roomcast.kafka")) {
            admin.createAcls(rights).all().get(20, TimeUnit.SECONDS);
            Relay relay = relay(log);
            Await.until("it reads, and cannot write", () -> {
                var unused = relay.probe();
                return said.messages(Level.WARNING).stream()
                        .anyMatch(line -> line.contains("Cluster authorization failed"));
            });
            admin.deleteAcls(rights.stream().map(AclBinding::toFilter).toList())
                    .all()
                    .get(20, TimeUnit.SECONDS);
            Stages.untilAnswered(relay::probe);
            relay.close();
        }
    }

    private AclBinding right(ResourceType type, String name, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:ann", "*", operation, permission));
    }
}

package io.roomcast.rabbitmq;

import io.roomcast.protocol.RoomName;
import io.roomcast.replica.ReplicaNode;
import io.roomcast.support.Stages;
import java.time.Duration;
import java.util.List;

/** A node that publishes once, and ends. Loaded by another class loader, as that of a WAR that is undeployed. */
public final class AppendOnce {
    private AppendOnce() {}

    /** @param prefix of the streams */
    public static void run(String server, String user, String password, String prefix) {
        RabbitSettings settings = RabbitSettings.of(
                List.of(server),
                new RabbitSettings.Account("/", user, password),
                null,
                prefix,
                new RabbitSettings.Made(1, 1, Duration.ofHours(26)),
                Duration.ofSeconds(5));
        try (ReplicaNode node =
                new ReplicaNode(new RabbitAppendLog(settings, "test", Thread::new, System::nanoTime), "test", 10)) {
            Stages.get(node.relay.publish(new RoomName("lobby"), null, new byte[1]));
        }
    }
}

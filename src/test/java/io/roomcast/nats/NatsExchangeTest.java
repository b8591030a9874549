package io.roomcast.nats;

import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.support.nats.NatsProcess;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class NatsExchangeTest extends NodeExchangeContractTest {
    private static NatsProcess nats;

    /** Nodes of another prefix are another cluster. */
    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void startNats() {
        nats = NatsProcess.launch();
    }

    @AfterAll
    static void stopNats() {
        if (nats != null) {
            nats.close();
        }
    }

    @Override
    protected Joined join(String name) {
        NatsNode node =
                new NatsNode(NatsSettings.of(List.of(nats.uri())).withPrefix(prefix), name, Duration.ofSeconds(10), 10);
        NatsNode.awaitConnected(node.relay);
        return new Joined() {
            @Override
            public NodeExchange exchange() {
                return node.relay.exchange();
            }

            @Override
            public void close() {
                node.close();
            }
        };
    }
}

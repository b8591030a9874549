package io.roomcast.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.NodeExchangeContractTest;
import io.roomcast.support.Await;
import io.roomcast.support.Stages;
import io.roomcast.support.nats.NatsProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    /** A route inside a cluster may break between two parts. */
    @Test
    void whatHasLostAPartIsNotTakenForAQuestion() throws IOException, InterruptedException {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        Connection stranger = Nats.connect(nats.uri());
        try (NatsNode node = NatsNode.connected(settings(nats))) {
            node.relay.exchange().start(question -> {
                asked.add(new String(question, StandardCharsets.UTF_8));
                return CompletableFuture.completedFuture(question);
            });
            Subscription beats = stranger.subscribe(prefix + ".x.all");
            Message beat = beats.nextMessage(Duration.ofSeconds(10));
            String subject = prefix + ".x." + beat.getHeaders().getFirst("Rx-From");
            publish(stranger, subject, 10, "rest");
            publish(stranger, subject, 5, "whole");
            assertEquals("whole", asked.poll(10, TimeUnit.SECONDS));
        } finally {
            stranger.close();
        }
    }

    /** @param size of the whole question */
    private static void publish(Connection stranger, String subject, int size, String lastPart) {
        Headers headers = new Headers()
                .put("Rx", "question")
                .put("Rx-From", "stranger")
                .put("Rx-Id", lastPart)
                .put("Rx-Rest", "0")
                .put("Rx-Size", Integer.toString(size));
        stranger.publish(subject, headers, lastPart.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void nodesTalkOverServersThatTakeSmallMessagesOnly() {
        byte[] large = new byte[200 << 10];
        try (NatsProcess small = NatsProcess.launch("max_payload: 65536");
                NatsNode asking = NatsNode.connected(settings(small));
                NatsNode asked = NatsNode.connected(settings(small))) {
            asked.relay.exchange().start(CompletableFuture::completedFuture);
            Await.until("the nodes know each other", () -> {
                NodeExchange.Answers answers = asking.relay
                        .exchange()
                        .ask(large, Duration.ofSeconds(10))
                        .toCompletableFuture()
                        .handle((all, failure) -> all)
                        .join();
                return answers != null
                        && answers.answers().stream().anyMatch(answer -> answer.content().length == large.length);
            });
            asking.relay.signal(new RoomName("lobby"), FrameKind.SIGNAL, large); // It is lost, and harms nobody.
            asking.publish(new RoomName("lobby"), "a");
        }
    }

    private NatsSettings settings(NatsProcess server) {
        return NatsSettings.of(List.of(server.uri())).withPrefix(prefix);
    }

    @Override
    protected Joined join(String name) {
        NatsNode node = new NatsNode(settings(nats), name, Duration.ofSeconds(10), 10);
        Stages.untilAnswered(node.relay::probe);
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

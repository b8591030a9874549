package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.NodeExchange;
import io.roomcast.support.ManualTimer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tickets that one node signs and another reads. */
class SessionTicketsTest {
    private static final UserId ANN = new UserId("ann");

    /** What the nodes have agreed on; null when the relay has lost it. */
    private byte[] agreed;

    private final ManualTimer timer = new ManualTimer();
    private final SessionTickets one = node();
    private final SessionTickets other = node();

    private SessionTickets node() {
        NodeExchange exchange = new NodeExchange() {
            @Override
            public void start(Responder responder) {}

            @Override
            public CompletionStage<Answers> ask(byte[] question, Duration deadline) {
                return CompletableFuture.completedFuture(new Answers(List.of(), List.of()));
            }

            @Override
            public CompletionStage<byte[]> agree(String name, byte[] proposal) {
                agreed = agreed == null ? proposal : agreed;
                return CompletableFuture.completedFuture(agreed);
            }
        };
        RoomcastConfig config = RoomcastConfig.load(key -> Optional.empty(), Set.of());
        return new SessionTickets(config, exchange, new Clocks(timer, timer::nanos));
    }

    private static SessionTickets.Signer signer(SessionTickets node) {
        return node.signer().toCompletableFuture().join();
    }

    @Test
    void nodesAgreeAgainWhenTheRelayHasLostTheSecret() {
        String early = signer(one).sign("id", ANN);
        agreed = null;
        String foreign = signer(other).sign("id", ANN);
        assertThrows(ProtocolException.class, () -> signer(one).read(foreign, ANN));
        timer.advance(TimeUnit.MINUTES.toMillis(1));
        signer(one);
        assertEquals("id", signer(one).read(foreign, ANN).id());
        assertThrows(ProtocolException.class, () -> signer(one).read(early, ANN));
    }

    @Test
    void aRelayThatHasLostTheSecretIsToldItAgain() {
        String early = signer(one).sign("id", ANN);
        agreed = null;
        timer.advance(TimeUnit.MINUTES.toMillis(1));
        signer(one);
        assertEquals("id", signer(other).read(early, ANN).id());
    }
}

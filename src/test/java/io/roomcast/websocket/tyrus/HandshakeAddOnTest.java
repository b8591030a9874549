package io.roomcast.websocket.tyrus;

import io.roomcast.support.EchoEndpoint;
import io.roomcast.support.IdlingServer;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection of the embedded server that has become a WebSocket. */
@Timeout(60)
class HandshakeAddOnTest {

    @AutoClose("shutdownNow")
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @Test
    void mayBeSilentForLongerThanTheServerLetsHttpBe() throws Exception {
        TyrusContainer container = new TyrusContainer(Set.of());
        container.register(EchoEndpoint.config());
        try (IdlingServer server = new IdlingServer((http, listener) ->
                listener.registerAddOn(new HandshakeAddOn(container.getWebSocketEngine(), null, () -> 1_000, timer)))) {
            server.assertServesSilentWebSockets();
        } finally {
            container.stop();
        }
    }
}

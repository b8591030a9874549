package io.roomcast.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.service.BackEndService;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an operator is told when a room cannot be shown. */
class NodeRoomsBeanTest {

    @Test
    void namesTheRelayWhenItDoesNotAnswer() {
        BackEndService backEnd = new BackEndService(
                null, away(Relay.class), away(PresenceStore.class), null, null, null, null, null, null, null);
        NodeRoomsBean rooms = new NodeRoomsBean(null, null, backEnd);
        assertEquals(
                "unavailable: the relay does not answer now; try again",
                assertThrows(IllegalStateException.class, () -> rooms.look("lobby", 1))
                        .getMessage());
    }

    /** Fails each request. */
    private static <T> T away(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        CompletableFuture.failedFuture(new RelayUnavailableException("Redis: connection refused"))));
    }
}

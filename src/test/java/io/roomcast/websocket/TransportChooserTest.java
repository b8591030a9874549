package io.roomcast.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.websocket.transport.ObservableTransport;
import io.roomcast.websocket.transport.OpeningContext;
import io.roomcast.websocket.transport.SessionTransport;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransportChooserTest {
    private final NodeMetrics metrics = new NodeMetrics();
    private final TransportChooser transports =
            new TransportChooser(RoomcastConfig.load(name -> Optional.empty(), List.of()), metrics);

    /** A session of a container that nobody knows. */
    private static Session session() {
        Map<String, Object> properties = new HashMap<>();
        return (Session) Proxy.newProxyInstance(
                TransportChooserTest.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (proxy, method, arguments) -> method.getName().equals("getUserProperties") ? properties : null);
    }

    @Test
    void sessionsOnThePortablePathAreCountedUntilTheyEnd() {
        Session first = session();
        Session second = session();
        assertInstanceOf(SessionTransport.class, transports.choose(first));
        transports.choose(second);
        assertEquals(2, metrics.portableSessions());
        transports.end(first);
        transports.end(first);
        assertEquals(1, metrics.portableSessions());
        transports.end(second);
        assertEquals(0, metrics.portableSessions());
    }

    @Test
    void sessionsOnTheFastPathAreNot() {
        ObservableTransport fast = (ObservableTransport) Proxy.newProxyInstance(
                TransportChooserTest.class.getClassLoader(),
                new Class<?>[] {ObservableTransport.class},
                (proxy, method, arguments) -> null);
        Session session = session();
        assertEquals(
                ObservableTransport.class,
                OpeningContext.call(fast, () -> transports.choose(session))
                        .getClass()
                        .getInterfaces()[0]);
        assertEquals(0, metrics.portableSessions());
        transports.end(session);
        assertEquals(0, metrics.portableSessions());
    }
}

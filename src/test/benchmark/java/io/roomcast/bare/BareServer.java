package io.roomcast.bare;

import java.util.Map;
import java.util.Set;
import org.glassfish.tyrus.server.Server;

/**
 * The embedded server's ground, Tyrus on Grizzly as they come, with an endpoint that does nothing. Argument: port, on loopback. Runs until it is ended. Roomcast's own
 * classes must not be on the class path: they would have CDI make the endpoint.
 */
public final class BareServer {
    private BareServer() {}

    public static void main(String[] arguments) throws Exception {
        new Server("127.0.0.1", Integer.parseInt(arguments[0]), "/", Map.of(), Set.of(BareEndpoint.class)).start();
        Thread.currentThread().join();
    }
}

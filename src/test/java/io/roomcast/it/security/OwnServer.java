package io.roomcast.it.security;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.RemoteConsole;
import io.roomcast.support.server.ServerNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.Map;
import javax.management.MBeanServerConnection;

/**
 * A server with settings of the test's own: the application server that {@code arquillian.launch} names, else the
 * embedded one.
 */
final class OwnServer implements AutoCloseable {
    private final EmbeddedServer embedded;
    private final ServerNode node;
    private MBeanServerConnection beans;

    private OwnServer(EmbeddedServer embedded, ServerNode node) {
        this.embedded = embedded;
        this.node = node;
    }

    /** @param name of a directory for an application server */
    static OwnServer start(String name, Map<String, String> settings) {
        return System.getProperty("arquillian.launch") == null
                ? new OwnServer(EmbeddedServer.start(settings), null)
                : new OwnServer(null, new ServerNode(name, settings).start());
    }

    URI uri() {
        return node == null ? embedded.uri() : node.uri();
    }

    URI at(String path) {
        return uri().resolve(path);
    }

    /** What an application server has written; nothing of the embedded one, which writes where its process does. */
    String console() {
        return node == null ? "" : node.console();
    }

    /** Changes a limit as an operator does it, while the server runs. */
    void limit(String key, String value) {
        try {
            if (beans == null) {
                beans = node == null
                        ? ManagementFactory.getPlatformMBeanServer()
                        : RemoteConsole.of(node.pid()).beans();
            }
            RemoteConsole.setLimit(beans, key, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        } else {
            node.close();
        }
    }
}

package io.roomcast.load;

import java.io.InputStream;
import java.net.URI;
import javax.net.ssl.SSLContext;

/** Takes TLS off for a node, as a load balancer does. */
final class TlsFront implements AutoCloseable {
    private final NodeProxy proxy;

    TlsFront(SSLContext certificate, int nodePort) {
        proxy = new NodeProxy(certificate.getServerSocketFactory(), nodePort, InputStream::transferTo);
    }

    URI uri() {
        return URI.create("wss://127.0.0.1:" + proxy.port() + "/");
    }

    @Override
    public void close() {
        proxy.close();
    }
}

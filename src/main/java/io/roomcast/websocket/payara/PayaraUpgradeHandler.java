package io.roomcast.websocket.payara;

import jakarta.servlet.http.WebConnection;
import org.glassfish.tyrus.servlet.TyrusHttpUpgradeHandler;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;
import org.glassfish.tyrus.spi.Writer;

/**
 * Payara calls this handler when it has answered a handshake; it takes the connection out of HTTP. Tyrus's own handler
 * would read and write through the request as long as the connection lives.
 */
public class PayaraUpgradeHandler extends TyrusHttpUpgradeHandler {
    private PayaraConnection connection;
    private UpgradeInfo upgrade;

    void setConnection(PayaraConnection http) {
        connection = http;
    }

    @Override
    public void preInit(UpgradeInfo info, Writer writer, boolean authenticated) {
        upgrade = info;
    }

    @Override
    public void init(WebConnection http) {
        connection.detach(upgrade, http);
    }

    /** The request has ended, not the connection. */
    @Override
    public void destroy() {
        connection = null;
        upgrade = null;
    }

    /** Ignored: no WebSocket depends on an HTTP session. */
    @Override
    public void sessionDestroyed() {}
}

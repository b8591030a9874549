package io.roomcast.websocket.payara;

import jakarta.servlet.http.WebConnection;
import org.glassfish.tyrus.servlet.TyrusHttpUpgradeHandler;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;
import org.glassfish.tyrus.spi.Writer;

/**
 * Takes the connection out of HTTP when Payara has answered its handshake. Tyrus's own handler would read and write
 * through the request as long as the connection lives.
 */
public class PayaraUpgradeHandler extends TyrusHttpUpgradeHandler {
    private PayaraConnection connection;
    private UpgradeInfo upgrade;

    void setConnection(PayaraConnection payaraConnection) {
        connection = payaraConnection;
    }

    @Override
    public void preInit(UpgradeInfo info, Writer writer, boolean authenticated) {
        upgrade = info;
    }

    @Override
    public void init(WebConnection webConnection) {
        connection.detach(upgrade, webConnection);
    }

    /** Called when the request has ended; the connection lives on. */
    @Override
    public void destroy() {
        connection = null;
        upgrade = null;
    }

    /** Does nothing, because no WebSocket depends on an HTTP session. */
    @Override
    public void sessionDestroyed() {}
}

package io.roomcast.websocket;

import io.roomcast.node.Limits;
import io.roomcast.websocket.payara.ColonPaths;
import io.roomcast.websocket.payara.PayaraHandshake;
import io.roomcast.websocket.transport.ReflectiveLookup;
import io.roomcast.websocket.tyrus.TyrusBufferLimit;
import io.roomcast.websocket.tyrus.TyrusIdleTimer;
import io.roomcast.websocket.tyrus.TyrusInternals;
import io.roomcast.websocket.undertow.UndertowInternals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Everything that Roomcast changes in the WebSockets of its application server. The fast path needs private parts of
 * the server. All of them are looked up before anything is changed, and one line of the log says whether they were
 * found. If some are missing, sessions use the portable path. A failure of one connection does not turn off the fast
 * path for other connections.
 *
 * <p>The methods are called once, by the thread that starts or stops the application.
 */
@ApplicationScoped
public class ServerIntegration {
    private static final Logger LOG = System.getLogger(ServerIntegration.class.getName());
    private static final String UNDERTOW_CONTAINER = "io.undertow.websockets.jsr.ServerWebSocketContainer";
    /** The attribute of the servlet context that holds the result of {@link #prepare}. */
    private static final String HANDSHAKE_ATTRIBUTE = ServerIntegration.class.getName() + ".handshake";

    private TransportChooser transports;
    private Limits limits;

    /** For the container's proxy. */
    protected ServerIntegration() {}

    @Inject
    public ServerIntegration(TransportChooser transports, Limits limits) {
        this.transports = transports;
        this.limits = limits;
    }

    /**
     * Whether the server is Payara or GlassFish, from which Payara descends: its servlet container is Catalina on a
     * Grizzly that the application sees. The name of the server does not matter, because administrators can change it.
     */
    public static boolean isPayaraOrGlassFish(ServletContext application) {
        ClassLoader server = application.getClass().getClassLoader();
        return server != null
                && isVisible("org.apache.catalina.connector.RequestFacade", server)
                && isVisible("org.glassfish.grizzly.http.server.Request", server)
                && isVisible("org.glassfish.grizzly.http.server.Request", ServerIntegration.class.getClassLoader());
    }

    private static boolean isVisible(String type, ClassLoader from) {
        try {
            Class.forName(type, false, from);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** To be called while filters can still be added to the application. */
    public static void prepare(ServletContext application) {
        if (isPayaraOrGlassFish(application)) {
            application.setAttribute(HANDSHAKE_ATTRIBUTE, PayaraHandshake.addTo(application));
        }
    }

    /**
     * To be called before the application has any connection.
     *
     * @return whether the fast path is available
     */
    public boolean start(ServletContext application) {
        Object container = application.getAttribute(ServerContainer.class.getName());
        boolean available = false;
        if (application.getAttribute(HANDSHAKE_ATTRIBUTE) instanceof ReflectiveLookup.Result<?> handshake) {
            available = logFastPath(
                    application.getServerInfo().contains("Payara") ? "Payara" : "GlassFish", handshake.missing());
            ColonPaths.allow(application);
        }
        if (isTyrus(container)) {
            ReflectiveLookup.Result<TyrusInternals> tyrus = ReflectiveLookup.find(() -> TyrusInternals.of(container));
            if (tyrus.found() == null) {
                LOG.log(Level.WARNING, "This Tyrus keeps its timer and the size of its buffers: " + tyrus.missing());
            } else {
                TyrusBufferLimit.followLimit(tyrus.found(), limits);
                TyrusIdleTimer.turnOff(tyrus.found());
            }
        } else if (container != null && container.getClass().getName().equals(UNDERTOW_CONTAINER)) {
            ReflectiveLookup.Result<UndertowInternals> undertow =
                    ReflectiveLookup.find(() -> UndertowInternals.of(container));
            available = logFastPath("Undertow", undertow.missing());
            if (undertow.found() != null) {
                undertow.found().readOnIoThreads(container);
                transports.useUndertow(undertow.found());
            }
        } else {
            available = logFastPath("This server", "neither Tyrus nor Undertow");
        }
        return available;
    }

    /**
     * @param missing what was not found; null if the fast path is available
     * @return whether it is available
     */
    private static boolean logFastPath(String server, String missing) {
        if (missing == null) {
            LOG.log(Level.INFO, server + ": the fast path of WebSockets is available");
        } else {
            LOG.log(
                    Level.WARNING,
                    server + ": the fast path of WebSockets is not available, sessions use the portable path: "
                            + missing);
        }
        return missing == null;
    }

    private static boolean isTyrus(Object container) {
        for (Class<?> type = container == null ? null : container.getClass();
                type != null;
                type = type.getSuperclass()) {
            if (type.getName().startsWith("org.glassfish.tyrus.")) {
                return true;
            }
        }
        return false;
    }

    /** To be called when all connections of the application have ended. Any that is left is closed. */
    public void stop(ServletContext application) {
        transports.closeKept();
        if (application.getAttribute(HANDSHAKE_ATTRIBUTE) instanceof ReflectiveLookup.Result<?> handshake
                && handshake.found() instanceof PayaraHandshake found) {
            found.end();
        }
    }
}

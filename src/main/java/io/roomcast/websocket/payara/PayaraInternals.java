package io.roomcast.websocket.payara;

import io.roomcast.websocket.tyrus.TyrusInternals;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.glassfish.grizzly.http.server.Request;

/** Finds Grizzly's request under a servlet request of Payara. All that is not public to an application is looked up here, once, before anything is served. */
final class PayaraInternals {
    private static final Logger LOG = System.getLogger(PayaraInternals.class.getName());
    private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    private final Class<?> facade;
    private final Method unwrapped;
    private final Method grizzly;
    /** Of Payara's request: whether the thread that serves it is through with it. */
    private final Field served;

    private PayaraInternals(ClassLoader server) throws ReflectiveOperationException {
        this.facade = Class.forName(FACADE, false, server);
        this.unwrapped = facade.getMethod("getUnwrappedCoyoteRequest");
        this.grizzly = unwrapped.getReturnType().getMethod("getCoyoteRequest");
        this.served = TyrusInternals.find(unwrapped.getReturnType(), "afterService");
        if (!Request.class.isAssignableFrom(grizzly.getReturnType())) {
            throw new NoSuchMethodException("its Grizzly is not the one that the application sees");
        }
    }

    /** @return null where this Payara is other than Payara 6: a line in the log says why, and its WebSockets stay as they are */
    static PayaraInternals find(ServletContext application) {
        try {
            return new PayaraInternals(application.getClass().getClassLoader());
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.log(Level.WARNING, "This Payara keeps WebSocket connections in HTTP; what they cost is not bounded", e);
            return null;
        }
    }

    /**
     * For a request that is being served. Payara uses its requests again, and may come with one that it takes for served already (6.2025.10: where the one before was asynchronous, and ended as
     * its thread was leaving it). Such a request would end as soon as its handshake is answered, while others still have it in hand.
     *
     * @return null for a request of another kind
     */
    Request grizzly(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        if (!facade.isInstance(inner)) {
            return null;
        }
        try {
            Object own = unwrapped.invoke(inner);
            served.setBoolean(own, false);
            return (Request) grizzly.invoke(own);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}

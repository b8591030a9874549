package io.roomcast.websocket;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.glassfish.grizzly.http.server.Request;

/** Finds Grizzly's request under a servlet request of Payara. All that is not public to an application is looked up here, once, before anything is served. */
final class PayaraAccess {
    private static final Logger LOG = System.getLogger(PayaraAccess.class.getName());
    private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    private final Class<?> facade;
    private final Method unwrapped;
    private final Method grizzly;

    private PayaraAccess(ClassLoader server) throws ReflectiveOperationException {
        this.facade = Class.forName(FACADE, false, server);
        this.unwrapped = facade.getMethod("getUnwrappedCoyoteRequest");
        this.grizzly = unwrapped.getReturnType().getMethod("getCoyoteRequest");
        if (!Request.class.isAssignableFrom(grizzly.getReturnType())) {
            throw new NoSuchMethodException("its Grizzly is not the one that the application sees");
        }
    }

    /** @return null where this Payara is other than Payara 6: a line in the log says why, and its WebSockets stay as they are */
    static PayaraAccess find(ServletContext application) {
        try {
            return new PayaraAccess(application.getClass().getClassLoader());
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.log(Level.WARNING, "This Payara keeps WebSocket connections in HTTP; what they cost is not bounded", e);
            return null;
        }
    }

    /** @return null for a request of another kind */
    Request grizzly(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        if (!facade.isInstance(inner)) {
            return null;
        }
        try {
            return (Request) grizzly.invoke(unwrapped.invoke(inner));
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}

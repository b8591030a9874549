package io.roomcast.websocket.payara;

import io.roomcast.websocket.transport.ReflectiveLookup;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.glassfish.grizzly.http.server.Request;

/**
 * What Payara 6 hides from applications: Grizzly's request under a servlet request, and some states of Payara's own
 * request object. All names are looked up in the constructor, before any request is served.
 */
final class PayaraInternals {
    private final Class<?> facade;
    private final Method catalinaRequest;
    private final Method grizzlyRequest;
    private final Field afterService;
    private final Field upgrade;
    private final Field upgradeHandler;

    private PayaraInternals(ClassLoader server) throws ReflectiveOperationException {
        facade = Class.forName("org.apache.catalina.connector.RequestFacade", false, server);
        catalinaRequest = facade.getMethod("getUnwrappedCoyoteRequest");
        Class<?> catalina = catalinaRequest.getReturnType();
        grizzlyRequest = catalina.getMethod("getCoyoteRequest");
        afterService = ReflectiveLookup.field(catalina, "afterService");
        upgrade = ReflectiveLookup.field(catalina, "upgrade");
        upgradeHandler = ReflectiveLookup.field(catalina, "httpUpgradeHandler");
        if (!Request.class.isAssignableFrom(grizzlyRequest.getReturnType())) {
            throw new NoSuchMethodException("getCoyoteRequest() returns a class that the application does not see");
        }
    }

    /** @throws ReflectiveOperationException naming what this version of Payara does not have */
    static PayaraInternals of(ServletContext application) throws ReflectiveOperationException {
        return new PayaraInternals(application.getClass().getClassLoader());
    }

    /** @return Payara's own request object, or null for a request that Payara did not make */
    Object catalina(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return facade.isInstance(inner) ? invoke(catalinaRequest, inner) : null;
    }

    Request grizzly(Object catalina) {
        return (Request) invoke(grizzlyRequest, catalina);
    }

    /**
     * Marks a request as being served. Payara reuses request objects and may hand out one that still counts as served
     * (6.2025.10: when the request before it was asynchronous and ended as its thread left it). Such a request would
     * end as soon as its handshake is answered.
     */
    void markInService(Object catalina) {
        try {
            afterService.setBoolean(catalina, false);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Clears the upgrade handler that Payara leaves in a request object, unless the object serves an upgrade again. */
    void clearUpgradeHandler(Object catalina) {
        try {
            if (!upgrade.getBoolean(catalina)) {
                upgradeHandler.set(catalina, null);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object invoke(Method method, Object target) {
        try {
            return method.invoke(target);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}

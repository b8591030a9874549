package io.roomcast.websocket.payara;

import io.roomcast.http.CatalinaRequests;
import io.roomcast.websocket.transport.ReflectiveLookup;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.glassfish.grizzly.http.server.Request;

/**
 * What Payara and GlassFish hide from applications: the Grizzly request of a servlet request, and some fields of Payara's own
 * request object (Catalina's). All names are looked up in the constructor, before any request is served.
 */
final class PayaraInternals {
    private final Class<?> facade;
    private final Method getCatalinaRequest;
    private final Method getGrizzlyRequest;
    private final Field afterService;
    private final Field upgrade;
    private final Field upgradeHandler;

    private PayaraInternals(ClassLoader server) throws ReflectiveOperationException {
        facade = Class.forName(CatalinaRequests.FACADE, false, server);
        getCatalinaRequest = CatalinaRequests.toCatalina(facade);
        Class<?> catalina = getCatalinaRequest.getReturnType();
        getGrizzlyRequest = CatalinaRequests.toGrizzly(catalina);
        afterService = ReflectiveLookup.field(catalina, "afterService");
        upgrade = ReflectiveLookup.field(catalina, "upgrade");
        upgradeHandler = ReflectiveLookup.field(catalina, "httpUpgradeHandler");
    }

    /** @throws ReflectiveOperationException naming what this version of the server does not have */
    static PayaraInternals of(ServletContext application) throws ReflectiveOperationException {
        return new PayaraInternals(application.getClass().getClassLoader());
    }

    /** @return Payara's own request object; null for a request that Payara did not create */
    Object catalinaRequest(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return facade.isInstance(inner) ? invoke(getCatalinaRequest, inner) : null;
    }

    Request grizzlyRequest(Object catalinaRequest) {
        return (Request) invoke(getGrizzlyRequest, catalinaRequest);
    }

    /** Sets the reason phrase of the response to this request. */
    void setReason(Object catalinaRequest, String phrase) {
        grizzlyRequest(catalinaRequest).getResponse().getResponse().setReasonPhrase(phrase);
    }

    /**
     * Marks a request as being served. Payara reuses request objects, and a reused one may still be marked as served.
     * In 6.2025.10 that happens if the earlier request was asynchronous and ended when its thread left it. A request
     * with that mark would end as soon as its handshake is answered.
     */
    void markInService(Object catalinaRequest) {
        try {
            afterService.setBoolean(catalinaRequest, false);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Clears the upgrade handler that Payara leaves in a request object, unless the object serves another upgrade now.
     */
    void clearUpgradeHandler(Object catalinaRequest) {
        try {
            if (!upgrade.getBoolean(catalinaRequest)) {
                upgradeHandler.set(catalinaRequest, null);
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

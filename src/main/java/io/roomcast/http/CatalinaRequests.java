package io.roomcast.http;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.glassfish.grizzly.http.server.Request;

/**
 * The way from a servlet request of Payara or GlassFish to the request of Grizzly below it. Between them is a request
 * object of Catalina, their servlet container. This class cannot be linked on a server without Grizzly.
 */
public final class CatalinaRequests {
    /** The class of the requests that an application gets. */
    public static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    /** Names of the method that leads to Grizzly's request, on Payara and on GlassFish. */
    private static final List<String> TO_GRIZZLY = List.of("getCoyoteRequest", "getGrizzlyRequest");

    private CatalinaRequests() {}

    /** @return the method that leads from the facade to Catalina's request */
    public static Method toCatalina(Class<?> facade) throws NoSuchMethodException {
        return facade.getMethod("getUnwrappedCoyoteRequest");
    }

    /** @return the method that leads from Catalina's request to Grizzly's */
    public static Method toGrizzly(Class<?> catalina) throws NoSuchMethodException {
        return Stream.of(catalina.getMethods())
                .filter(method -> TO_GRIZZLY.contains(method.getName()) && method.getParameterCount() == 0)
                .filter(method -> Request.class.isAssignableFrom(method.getReturnType()))
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(
                        catalina.getName() + " leads to no Grizzly that the application sees"));
    }
}

package io.roomcast.websocket.payara;

import io.roomcast.websocket.transport.ReflectiveLookup;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.util.stream.Stream;

/**
 * Allows a colon in a path on Payara 7 and GlassFish 7. Before they call the application, they ask their authorization
 * service whether the path may be requested. The service takes the path from an attribute of the request, and takes a
 * colon in the path for the end of a pattern. Then the request is answered 503. Without the attribute, the service uses
 * the path that the client sent, and encodes the colon.
 *
 * <p>Such a path is not decoded, so a constraint of an administrator might not match the path. So nothing is changed
 * for an application with constraints.
 */
public final class ColonPaths {
    private static final Logger LOG = System.getLogger(ColonPaths.class.getName());

    private static final String SERVICE = "org.glassfish.exousia.AuthorizationService";

    private ColonPaths() {}

    /** To be called when the application starts, on Payara or GlassFish. */
    public static void allow(ServletContext application) {
        ReflectiveLookup.Result<Boolean> allowed = ReflectiveLookup.find(() -> ignoreAttribute(application));
        if (allowed.found() == null) {
            LOG.log(Level.DEBUG, "the paths of this server are left as they are: " + allowed.missing());
        } else if (!allowed.found()) {
            LOG.log(
                    Level.WARNING,
                    "The application has security constraints: some versions of this server answer 503"
                            + " for a path with a colon");
        }
    }

    /** @return false for an application with constraints */
    private static boolean ignoreAttribute(ServletContext application) throws ReflectiveOperationException {
        Object context = value(value(application, "context"), "context");
        if ((boolean) context.getClass().getMethod("hasConstraints").invoke(context)) {
            return false;
        }
        Object realm = context.getClass().getMethod("getRealm").invoke(context);
        Object manager = realm.getClass()
                .getMethod("getWebSecurityManager", boolean.class)
                .invoke(realm, false);
        Field service = Stream.of(manager.getClass().getDeclaredFields())
                .filter(field -> field.getType().getName().equals(SERVICE))
                .findFirst()
                .orElseThrow(() -> new NoSuchFieldException(SERVICE));
        service.setAccessible(true);
        service.getType()
                .getMethod("setConstrainedUriRequestAttribute", String.class)
                .invoke(service.get(manager), (Object) null);
        return true;
    }

    private static Object value(Object object, String field) throws ReflectiveOperationException {
        return ReflectiveLookup.field(object.getClass(), field).get(object);
    }
}

package io.roomcast.http;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;

/**
 * The body of a request that is answered without it. WildFly's Undertow reads it to its end before it lets go of the thread, for as long as the client
 * takes: some thirty clients that stop in the middle of a body, whoever they are, and nobody is served any more. Here it waits for two seconds, which the
 * answer needs to arrive, and closes. Any thread.
 */
final class UnreadBody {
    private static final Logger LOG = System.getLogger(UnreadBody.class.getName());
    private static final String UNDERTOW = "io.undertow.servlet.spec.HttpServletRequestImpl";
    private static final Integer WAIT_MILLIS = 2_000;
    private static volatile boolean unavailable;

    private UnreadBody() {}

    static boolean isThere(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /** To be called before the answer is written. */
    static void leave(HttpServletRequest request, HttpServletResponse response) {
        // Whatever comes next on the connection is the rest of the body, not a request.
        response.setHeader("Connection", "close");
        ServletRequest own = request;
        while (own instanceof ServletRequestWrapper wrapper) {
            own = wrapper.getRequest();
        }
        if (!unavailable && own.getClass().getName().equals(UNDERTOW)) {
            try {
                waitLess(own);
            } catch (InvocationTargetException e) {
                // Of this connection alone, which may be gone: nobody shall be able to turn it off for all.
                LOG.log(Level.DEBUG, "a connection takes no time limit", e);
            } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
                unavailable = true;
                LOG.log(
                        Level.INFO,
                        "This Undertow hides its connections; clients that stop in the middle hold its threads",
                        e);
            }
        }
    }

    private static void waitLess(ServletRequest request) throws ReflectiveOperationException {
        Object exchange = request.getClass().getMethod("getExchange").invoke(request);
        ClassLoader loader = exchange.getClass().getClassLoader();
        Object connection = exchange.getClass().getMethod("getConnection").invoke(exchange);
        Class<?> option = Class.forName("org.xnio.Option", false, loader);
        Object readTimeout = Class.forName("org.xnio.Options", true, loader)
                .getField("READ_TIMEOUT")
                .get(null);
        Class.forName("io.undertow.server.ServerConnection", false, loader)
                .getMethod("setOption", option, Object.class)
                .invoke(connection, readTimeout, WAIT_MILLIS);
    }
}

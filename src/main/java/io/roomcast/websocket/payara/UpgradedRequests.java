package io.roomcast.websocket.payara;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Payara's own request objects that became WebSocket connections. Payara takes them for other requests when the connection has ended, but forgets
 * to clear who took it over (in 6.2025.10): an object that waits in a thread's cache for its next use would keep the whole application in memory, after it
 * was undeployed. So it is cleared here. There are no more of them than connections were open at one time. Any thread.
 */
@ApplicationScoped
public class UpgradedRequests {
    private static final Logger LOG = System.getLogger(UpgradedRequests.class.getName());

    private final Set<Object> requests = Collections.newSetFromMap(new WeakHashMap<>());

    /** @param request as the server made it, with its connection taken over or not */
    public void add(HttpServletRequest request) {
        try {
            Object own = field(request.getClass(), "request").get(request);
            synchronized (requests) {
                requests.add(own);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "not a request that has to be cleared", e);
        }
    }

    /** To be called when all connections of the application have ended. One that is in use, again or still, is let be. */
    public void release() {
        List<Object> all;
        synchronized (requests) {
            all = List.copyOf(requests);
        }
        for (Object request : all) {
            try {
                if (!field(request.getClass(), "upgrade").getBoolean(request)) {
                    field(request.getClass(), "httpUpgradeHandler").set(request, null);
                }
            } catch (ReflectiveOperationException | RuntimeException e) {
                LOG.log(Level.DEBUG, "a request of the server keeps what it had", e);
            }
        }
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        for (Class<?> from = type; from != null; from = from.getSuperclass()) {
            for (Field field : from.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name);
    }
}

package io.roomcast.websocket.payara;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Payara's request objects that became WebSocket connections. Payara reuses these objects, but does not clear their
 * upgrade handler (6.2025.10). An object in a thread's cache would keep the classes of an undeployed application in
 * memory, so this class clears the handlers. It holds at most as many objects as connections were open at one time. Any
 * thread.
 */
final class UpgradedRequests {
    private final PayaraInternals internals;
    private final Set<Object> requests = Collections.newSetFromMap(new WeakHashMap<>());

    UpgradedRequests(PayaraInternals internals) {
        this.internals = internals;
    }

    /** @param catalinaRequest Payara's own request object */
    void add(Object catalinaRequest) {
        synchronized (requests) {
            requests.add(catalinaRequest);
        }
    }

    /** To be called when all connections of the application have ended. */
    void clear() {
        List<Object> all;
        synchronized (requests) {
            all = List.copyOf(requests);
        }
        all.forEach(internals::clearUpgradeHandler);
    }
}

package io.roomcast.replica;

import io.roomcast.lease.PresenceBook.Renewal;
import io.roomcast.lease.PresenceBook.RenewalState;
import java.util.List;
import java.util.TreeMap;

/**
 * The leases of all nodes, which the first partition has. A lease that is not renewed for its time is lost, by the clock of
 * the broker. Only the thread of the log uses it.
 */
final class Leases {
    private final long leaseMillis;
    /** When each lease was renewed last. */
    private final TreeMap<String, Long> renewed = new TreeMap<>();

    Leases(long leaseMillis) {
        this.leaseMillis = leaseMillis;
    }

    Renewal renew(String lease, boolean isNew, long millis) {
        renewed.values().removeIf(at -> millis - at > leaseMillis);
        boolean isHeld = isNew || renewed.containsKey(lease);
        if (isHeld) {
            renewed.put(lease, millis);
        }
        return new Renewal(isHeld ? RenewalState.HELD : RenewalState.LOST, List.copyOf(renewed.keySet()));
    }

    void end(String lease) {
        renewed.remove(lease);
    }

    boolean has(String lease) {
        return renewed.containsKey(lease);
    }

    /** Whether this is the first of all leases, so that its node does what one node has to do. */
    boolean isFirst(String lease) {
        return !renewed.isEmpty() && renewed.firstKey().equals(lease);
    }
}

package io.roomcast.service.admission;

import io.roomcast.config.Key;
import io.roomcast.config.MetricsKeys;
import io.roomcast.config.Networks;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;

/** Which port has the addresses for operators and programs, and from which networks they can be reached. Immutable. */
final class OperationsRule {
    private enum Area {
        HEALTH,
        METRICS,
        API;

        /** @return null for an address that is for clients */
        static Area of(String resource) {
            return isBelow("/health", resource)
                    ? HEALTH
                    : isBelow("/metrics", resource) ? METRICS : isBelow("/api", resource) ? API : null;
        }

        private static boolean isBelow(String address, String resource) {
            return resource.startsWith(address)
                    && (resource.length() == address.length() || resource.charAt(address.length()) == '/');
        }
    }

    private final RoomcastConfig config;

    OperationsRule(RoomcastConfig config) {
        this.config = config;
    }

    /** Whether nothing has this address at this port. */
    boolean isElsewhere(RequestHead head, Entry entry) {
        Area area = Area.of(head.resource());
        return switch (entry) {
            case ONLY -> false;
            // A load balancer asks where it sends clients.
            case CLIENTS -> area == Area.METRICS || area == Area.API;
            case OPERATIONS -> area == null;
        };
    }

    /**
     * The key that keeps this request out. The other end of the connection must be in a network of the key, and so must
     * be every address that a proxy has passed on.
     *
     * @param remote address of the other end, or null
     * @return null if no key does
     */
    Key<Networks> refusedBy(RequestHead head, String remote) {
        Area area = Area.of(head.resource());
        if (area == null) {
            return null;
        }
        Key<Networks> key = switch (area) {
            case HEALTH -> OperationKeys.HEALTH_NETWORKS;
            case METRICS -> MetricsKeys.NETWORKS;
            case API -> OperationKeys.API_NETWORKS;
        };
        Networks networks = config.get(key);
        return networks.contains(remote) && head.forwardedFor().stream().allMatch(networks::contains) ? null : key;
    }
}

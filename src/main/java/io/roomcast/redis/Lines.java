package io.roomcast.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of this node to what it takes for the same data. A connection that is made to another server than the others cuts them:
 * they may lead to one that was in charge before, stood still perhaps, and would still take messages and tell them. In a Cluster they may be of
 * two shards: the one that a server leaves, and the one that comes for it. Any thread.
 */
final class Lines {
    /** With the run of the server that each leads to. */
    private final Map<Link, String> runs = new HashMap<>();

    /** @param run of the server's process */
    void join(Link link, String run) {
        synchronized (this) {
            runs.keySet().removeIf(other -> other.isCut() || !other.isConnected());
            runs.put(link, run);
        }
        leave(link, false);
    }

    /**
     * Cuts the others.
     *
     * @param all also those to the same server
     */
    void leave(Link link, boolean all) {
        List<Link> left = new ArrayList<>();
        synchronized (this) {
            String run = runs.get(link);
            runs.forEach((other, otherRun) -> {
                if (other != link && (all || !otherRun.equals(run))) {
                    left.add(other);
                }
            });
        }
        left.forEach(Link::cut);
    }
}

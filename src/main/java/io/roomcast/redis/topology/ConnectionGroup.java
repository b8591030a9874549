package io.roomcast.redis.topology;

import io.roomcast.redis.connection.RedisConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * This node's connections to the server of the same data. A new connection to another server cuts the earlier ones:
 * they may lead to a former master that hung, and that would still take messages and publish them. In a Cluster they
 * may belong to two shards: that of the former master and that of the new one. Any thread.
 */
final class ConnectionGroup {
    /** Each with the {@code run_id} of its server's process. */
    private final Map<RedisConnection, String> runs = new HashMap<>();

    /** @param run the {@code run_id} of the server's process */
    void add(RedisConnection connection, String run) {
        synchronized (this) {
            runs.keySet().removeIf(other -> other.isCut() || !other.isConnected());
            runs.put(connection, run);
        }
        cutOthers(connection, false);
    }

    /** @param all whether to cut the connections to the same server, too */
    void cutOthers(RedisConnection connection, boolean all) {
        List<RedisConnection> others = new ArrayList<>();
        synchronized (this) {
            String run = runs.get(connection);
            runs.forEach((other, otherRun) -> {
                if (other != connection && (all || !otherRun.equals(run))) {
                    others.add(other);
                }
            });
        }
        others.forEach(RedisConnection::cut);
    }
}

package io.roomcast.redis.topology;

import io.roomcast.redis.connection.RedisConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * This node's connections to the server of the same data. A new connection to another server cuts the earlier ones:
 * they may lead to a former master that hung, and that would still take messages and publish them. In a Cluster they
 * may belong to two shards: that of the former master and that of the new one. Any thread.
 */
final class ConnectionGroup {
    private final Set<RedisConnection> connections = new HashSet<>();

    /** Its {@link RedisConnection#serverRun()} is known. */
    void add(RedisConnection connection) {
        synchronized (this) {
            connections.removeIf(other -> other.isCut() || !other.isConnected());
            connections.add(connection);
        }
        cutOthers(connection, false);
    }

    /** @param all whether to cut the connections to the same server, too */
    void cutOthers(RedisConnection connection, boolean all) {
        List<RedisConnection> others = new ArrayList<>();
        synchronized (this) {
            for (RedisConnection other : connections) {
                if (other != connection && (all || !other.serverRun().equals(connection.serverRun()))) {
                    others.add(other);
                }
            }
        }
        others.forEach(RedisConnection::cut);
    }
}

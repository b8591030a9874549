package io.roomcast.redis.topology;

import io.roomcast.redis.connection.RedisConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * This node's connections to the servers of the same data. A new connection to another server cuts the earlier
 * connections. These may lead to a former master that hung, and that would still take messages and publish them. In a
 * Cluster, they may belong to the shard of the former master and to the shard of the new one. Any thread may call.
 */
final class ConnectionGroup {
    private final Set<RedisConnection> connections = new HashSet<>();

    /**
     * Adds a connection, and cuts the connections to other servers.
     *
     * @param connection one whose {@link RedisConnection#serverRun()} is set
     */
    void add(RedisConnection connection) {
        synchronized (this) {
            connections.removeIf(other -> other.isCut() || !other.isConnected());
            connections.add(connection);
        }
        cutOthers(connection, false);
    }

    /**
     * Cuts the other connections.
     *
     * @param alsoSameServer whether to cut also the connections to the same server
     */
    void cutOthers(RedisConnection connection, boolean alsoSameServer) {
        List<RedisConnection> others = new ArrayList<>();
        synchronized (this) {
            for (RedisConnection other : connections) {
                if (other != connection && (alsoSameServer || !other.serverRun().equals(connection.serverRun()))) {
                    others.add(other);
                }
            }
        }
        others.forEach(RedisConnection::cut);
    }
}

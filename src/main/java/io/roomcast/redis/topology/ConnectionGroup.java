package io.roomcast.redis.topology;

import io.roomcast.redis.connection.RedisConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * This node's connections to the servers that have, or had, the same data. A new connection to another server cuts the
 * earlier connections. An earlier connection may lead to a former master that hung. Such a master would still take
 * messages and publish them. In a Cluster, the connections may belong to the shard of the former master and to that of
 * the new master. Any thread may call.
 */
final class ConnectionGroup {
    private final Set<RedisConnection> connections = new HashSet<>();

    /**
     * Adds a connection, and cuts the connections to other servers.
     *
     * @param connection its {@link RedisConnection#serverRun()} must be set
     */
    void add(RedisConnection connection) {
        synchronized (this) {
            connections.removeIf(other -> other.isCut() || !other.isConnected());
            connections.add(connection);
        }
        cutOthers(connection, false);
    }

    /**
     * Cuts all other connections to other servers.
     *
     * @param alsoSameServer whether to cut also all other connections to the same server
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

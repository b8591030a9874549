package io.roomcast.redis.connection;

import io.roomcast.redis.connection.RedisSettings.Address;
import redis.clients.jedis.HostAndPort;

/** Finds the server that takes writes now. Asked before each connection. */
public interface MasterLocator {

    /**
     * May block.
     *
     * @throws redis.clients.jedis.exceptions.JedisException if it cannot be found
     */
    HostAndPort find();

    /** The server answered that another one is in charge. Returns at once. */
    default void moved() {}

    static MasterLocator at(Address address) {
        HostAndPort known = new HostAndPort(address.host(), address.port());
        return () -> known;
    }
}

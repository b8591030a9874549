package io.roomcast.redis.connection;

import io.roomcast.redis.connection.RedisSettings.Address;
import redis.clients.jedis.HostAndPort;

/** Finds the server that takes writes now. Called before each connection attempt. Any thread may call. */
public interface MasterLocator {

    /**
     * Finds the server. May block.
     *
     * @throws redis.clients.jedis.exceptions.JedisException if the server cannot be found
     */
    HostAndPort find();

    /** Reports that the server has answered that another server has a hash slot. Returns at once. */
    default void moved() {}

    /** For a server whose address never changes. */
    static MasterLocator at(Address address) {
        HostAndPort fixedAddress = new HostAndPort(address.host(), address.port());
        return () -> fixedAddress;
    }
}

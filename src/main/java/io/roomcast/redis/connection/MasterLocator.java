package io.roomcast.redis.connection;

import io.roomcast.redis.connection.RedisSettings.Address;
import redis.clients.jedis.HostAndPort;

/** Which server takes writes now. Asked before each connection; may block. */
public interface MasterLocator {

    /** @throws redis.clients.jedis.exceptions.JedisException when nobody can tell */
    HostAndPort find();

    /** It answered that another server is in charge. Returns at once. */
    default void moved() {}

    static MasterLocator at(Address address) {
        HostAndPort known = new HostAndPort(address.host(), address.port());
        return () -> known;
    }
}

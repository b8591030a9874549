package io.roomcast.redis.connection;

import java.io.IOException;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A connection whose commands are written and answers read apart, so that many can be on their way at once. One thread may write while
 * another reads.
 */
public final class RedisConnection extends Connection {
    private final HostAndPort address;
    private final boolean opened;

    /** @throws redis.clients.jedis.exceptions.JedisException when the server cannot be reached, or refuses the credentials */
    RedisConnection(HostAndPort address, JedisClientConfig config) {
        super(address, config);
        this.address = address;
        this.opened = true;
    }

    /** Connects once: what was cut stays cut, where Jedis would connect again, without credentials, at the next command. */
    @Override
    public void connect() {
        if (!opened) {
            super.connect();
        } else if (!isConnected()) {
            throw new JedisConnectionException("the connection was cut");
        }
    }

    public HostAndPort address() {
        return address;
    }

    /** Appends to what is sent by the next {@link #flush}, or sooner. */
    public void write(CommandArguments command) {
        sendCommand(command);
    }

    @Override
    public void flush() {
        super.flush();
    }

    /** Waits for the next answer; an error answer is thrown. */
    public Object read() {
        return getUnflushedObject();
    }

    /** Cuts the connection, whoever is using it: a read or write that blocks fails. Any thread. */
    public void cut() {
        try {
            forceDisconnect();
        } catch (IOException e) {
            // It was gone already.
        }
    }
}

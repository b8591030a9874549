package io.roomcast.redis;

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
final class Link extends Connection {
    private final HostAndPort address;
    private final boolean opened;
    private volatile boolean cut;

    /** @throws redis.clients.jedis.exceptions.JedisException when the server cannot be reached, or refuses the credentials */
    Link(HostAndPort address, JedisClientConfig config) {
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

    HostAndPort address() {
        return address;
    }

    /** Appends to what is sent by the next {@link #flush}, or sooner. */
    void write(CommandArguments command) {
        sendCommand(command);
    }

    @Override
    protected void flush() {
        super.flush();
    }

    /** Waits for the next answer; an error answer is thrown. */
    Object read() {
        return getUnflushedObject();
    }

    /** What was read before, and not yet used, may be of a server that is not in charge any more. */
    boolean isCut() {
        return cut;
    }

    /** Cuts the connection, whoever is using it: a read or write that blocks fails. Any thread. */
    void cut() {
        cut = true;
        try {
            forceDisconnect();
        } catch (IOException e) {
            // It was gone already.
        }
    }
}

package io.roomcast.redis.connection;

import java.io.IOException;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A connection to Redis on which commands are written and replies are read separately, so that many commands can be on
 * their way at once. One thread may write while another reads. Methods throw {@code JedisException} if the connection
 * has failed.
 */
public final class RedisConnection extends Connection {
    private final HostAndPort address;
    /** False only during the constructor. */
    private final boolean opened;

    private volatile boolean cut;
    private volatile String serverRun = "";

    /**
     * @throws redis.clients.jedis.exceptions.JedisException if the server cannot be reached, or refuses the credentials
     */
    RedisConnection(HostAndPort address, JedisClientConfig config) {
        super(address, config);
        this.address = address;
        this.opened = true;
    }

    /** Connects only once. Jedis alone would connect again at the next command, and without credentials. */
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

    /**
     * Identifies the run of the server, which is its process from the start to the end. Empty if the run is not known.
     */
    public String serverRun() {
        return serverRun;
    }

    public void setServerRun(String run) {
        serverRun = run;
    }

    /** Buffers a command. It is sent by the next {@link #flush}, or earlier. */
    public void write(CommandArguments command) {
        sendCommand(command);
    }

    @Override
    public void flush() {
        super.flush();
    }

    /** Waits for the next reply. Throws an error reply as an exception. */
    public Object read() {
        return getUnflushedObject();
    }

    /** Whether {@link #cut} was called. A reply that was read before may then come from a former master. Any thread. */
    public boolean isCut() {
        return cut;
    }

    /** Cuts the connection, also while another thread uses it. A blocked read or write then fails. Any thread. */
    public void cut() {
        cut = true;
        try {
            forceDisconnect();
        } catch (IOException e) {
            // The connection was closed already.
        }
    }
}

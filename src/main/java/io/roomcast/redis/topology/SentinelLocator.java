package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.redis.connection.Connector;
import io.roomcast.redis.connection.MasterLocator;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.RedisSettings.Address;
import io.roomcast.redis.connection.RedisSettings.Sentinels;
import java.util.List;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Asks the sentinels for the current master. The sentinel that answered last is asked first. The timeout for each
 * sentinel is an equal share of the timeout for a reply of a server, but at least {@link #MIN_TIMEOUT_MILLIS}. So
 * sentinels that accept connections and do not answer delay the look-up only a little. Any thread may call.
 */
public final class SentinelLocator implements MasterLocator {
    private static final int MIN_TIMEOUT_MILLIS = 250;

    private final Sentinels sentinels;
    private final Connector connector;
    /** Timeout for a connection to a sentinel, and for its reply. */
    private final int timeoutMillis;

    /** The sentinels in the order in which they are asked. */
    private volatile List<Address> ordered;

    public SentinelLocator(Sentinels sentinels, Connector connector) {
        this.sentinels = sentinels;
        this.connector = connector;
        this.ordered = sentinels.addresses();
        this.timeoutMillis = Math.max(connector.timeoutMillis() / Math.max(ordered.size(), 1), MIN_TIMEOUT_MILLIS);
    }

    @Override
    public HostAndPort find() {
        JedisException lastFailure = new JedisConnectionException("no sentinel is configured");
        for (Address sentinel : ordered) {
            try {
                HostAndPort master = ask(sentinel);
                ordered = withFirst(sentinel, ordered);
                return master;
            } catch (JedisException e) {
                lastFailure = e;
            }
        }
        throw new JedisConnectionException("no sentinel knows the master " + sentinels.master(), lastFailure);
    }

    private static List<Address> withFirst(Address first, List<Address> others) {
        return Stream.concat(Stream.of(first), others.stream().filter(other -> !other.equals(first)))
                .toList();
    }

    private HostAndPort ask(Address sentinel) {
        try (RedisConnection connection = connector.openSentinel(sentinel, sentinels.password(), timeoutMillis)) {
            connection.write(new CommandArguments(Protocol.Command.SENTINEL)
                    .add("GET-MASTER-ADDR-BY-NAME")
                    .add(sentinels.master()));
            connection.flush();
            List<?> address = (List<?>) connection.read();
            if (address == null) {
                throw new JedisConnectionException(sentinel + " does not watch " + sentinels.master());
            }
            String host = new String((byte[]) address.get(0), UTF_8);
            return new HostAndPort(host, Integer.parseInt(new String((byte[]) address.get(1), UTF_8)));
        }
    }
}

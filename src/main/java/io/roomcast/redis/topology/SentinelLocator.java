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
 * Asks the sentinels for the current master, and first the sentinel that answered last. Each sentinel gets an equal
 * part of the time that a server has for a reply, but at least {@link #MIN_TIMEOUT_MILLIS}. So sentinels that accept
 * connections and do not answer delay the look-up only a little. Any thread may call.
 */
public final class SentinelLocator implements MasterLocator {
    private static final int MIN_TIMEOUT_MILLIS = 250;

    private final Sentinels sentinels;
    private final Connector connector;
    /** For a connection to each sentinel, and for each reply. */
    private final int timeoutMillis;

    /** The sentinels, first the one that answered last. */
    private volatile List<Address> order;

    public SentinelLocator(Sentinels sentinels, Connector connector) {
        this.sentinels = sentinels;
        this.connector = connector;
        this.order = sentinels.addresses();
        this.timeoutMillis = Math.max(connector.timeoutMillis() / Math.max(order.size(), 1), MIN_TIMEOUT_MILLIS);
    }

    @Override
    public HostAndPort find() {
        JedisException last = new JedisConnectionException("no sentinel is configured");
        for (Address sentinel : order) {
            try {
                HostAndPort master = ask(sentinel);
                order = withFirst(sentinel, order);
                return master;
            } catch (JedisException e) {
                last = e;
            }
        }
        throw new JedisConnectionException("no sentinel knows the master " + sentinels.master(), last);
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

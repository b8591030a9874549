package io.roomcast.redis.connection;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The addresses of Redis, and the credentials.
 *
 * @param servers which servers to connect to
 * @param user or null for Redis's default user
 * @param password or null
 * @param database 0 in a Cluster
 * @param tls whether connections are encrypted; the server's name is checked against its certificate
 * @param trust file of certificates (PEM) that sign the server's certificate, or null for those that Java trusts
 * @param prefix of keys and channels, so that several clusters of nodes can share one Redis
 * @param timeout longest time of a connection attempt, and of a reply
 */
public record RedisSettings(
        Servers servers,
        String user,
        String password,
        int database,
        boolean tls,
        Path trust,
        String prefix,
        Duration timeout) {

    private static final int DEFAULT_PORT = 6379;
    private static final int DEFAULT_SENTINEL_PORT = 26379;

    /** Host and port of a server. */
    public record Address(String host, int port) {

        /**
         * Reads {@code host}, {@code host:port} or {@code [host]:port}.
         *
         * @throws IllegalArgumentException whose message is the expected format
         */
        public static Address parse(String text, int defaultPort) {
            URI uri;
            try {
                uri = URI.create("redis://" + text.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("HOST:PORT", e);
            }
            if (uri.getHost() == null
                    || uri.getRawUserInfo() != null
                    || !uri.getRawPath().isEmpty()) {
                throw new IllegalArgumentException("HOST:PORT");
            }
            return new Address(unbracketed(uri.getHost()), uri.getPort() < 0 ? defaultPort : uri.getPort());
        }

        private static String unbracketed(String host) {
            return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        }
    }

    /** The ways to run Redis. */
    public sealed interface Servers {}

    public record Single(Address address) implements Servers {}

    /**
     * Sentinels, which know the current master. Connections to sentinels use TLS if connections to the master do.
     *
     * @param master name of the master
     * @param password password of the sentinels, or null
     */
    public record Sentinels(String master, List<Address> addresses, String password) implements Servers {}

    /** @param addresses some servers of the Cluster, which name the others */
    public record Cluster(List<Address> addresses) implements Servers {}

    /**
     * Reads {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss} for TLS. User and password are
     * percent-encoded.
     *
     * @throws IllegalArgumentException whose message is the expected format, and never the text, which may contain a
     *     password
     */
    public static RedisSettings parse(String text) {
        String form = "redis://[[user]:password@]host[:port][/database], or rediss:// for TLS";
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalArgumentException(form); // The cause would show the password.
        }
        boolean tls = "rediss".equals(uri.getScheme());
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (!tls && !"redis".equals(uri.getScheme())
                || uri.getHost() == null
                || !path.matches("/?|/[0-9]{1,5}")
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(form);
        }
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        String secret = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int colon = secret.indexOf(':');
        if (!secret.isEmpty() && colon < 0) {
            throw new IllegalArgumentException(form);
        }
        return new RedisSettings(
                new Single(new Address(Address.unbracketed(uri.getHost()), port)),
                colon > 0 ? decoded(secret.substring(0, colon)) : null,
                colon >= 0 ? decoded(secret.substring(colon + 1)) : null,
                path.length() < 2 ? 0 : Integer.parseInt(path.substring(1)),
                tls,
                null,
                "roomcast",
                Duration.ofSeconds(2));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Settings that ask sentinels for the master's address, and ignore the address in the URI. */
    public RedisSettings withSentinels(String master, List<String> addresses, String sentinelPassword) {
        return with(new Sentinels(master, parsed(addresses, DEFAULT_SENTINEL_PORT), sentinelPassword));
    }

    /** @throws IllegalArgumentException for a database other than 0, which a Cluster does not have */
    public RedisSettings withCluster(List<String> addresses) {
        if (database != 0) {
            throw new IllegalArgumentException("a Redis Cluster has database 0 only");
        }
        return with(new Cluster(parsed(addresses, DEFAULT_PORT)));
    }

    public RedisSettings withTrust(Path certificates) {
        return new RedisSettings(servers, user, password, database, tls, certificates, prefix, timeout);
    }

    public RedisSettings withPrefix(String name) {
        return new RedisSettings(servers, user, password, database, tls, trust, name, timeout);
    }

    public RedisSettings withTimeout(Duration time) {
        return new RedisSettings(servers, user, password, database, tls, trust, prefix, time);
    }

    private RedisSettings with(Servers others) {
        return new RedisSettings(others, user, password, database, tls, trust, prefix, timeout);
    }

    private static List<Address> parsed(List<String> addresses, int defaultPort) {
        return addresses.stream()
                .map(address -> Address.parse(address, defaultPort))
                .toList();
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return (tls ? "rediss " : "redis ")
                + (servers instanceof Sentinels known ? known.master() + known.addresses() : servers) + "/" + database;
    }
}

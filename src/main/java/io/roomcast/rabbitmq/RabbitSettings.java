package io.roomcast.rabbitmq;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How to reach RabbitMQ, and what to make there.
 *
 * @param servers of one cluster
 * @param account who this node is
 * @param tls null for connections without encryption
 * @param prefix of the names of all streams
 * @param made what the streams get if they are made
 * @param timeout how long RabbitMQ may take to accept a connection, and to answer
 */
public record RabbitSettings(
        List<Server> servers, Account account, Tls tls, String prefix, Made made, Duration timeout) {
    private static final String TLS_SCHEME = "rabbitmq-stream+tls";
    private static final int PORT = 5552;
    private static final int TLS_PORT = 5551;

    /** Where a server listens. */
    public record Server(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** Who the node is. The password is never shown. */
    public record Account(String virtualHost, String user, String password) {
        @Override
        public String toString() {
            return user + " in " + virtualHost;
        }
    }

    /** @param trust file of certificates (PEM) that sign those of the servers; null for those that Java trusts */
    public record Tls(Path trust) {}

    /**
     * What the streams get.
     *
     * @param partitions of the log
     * @param replicas servers that have each stream
     * @param keep how long RabbitMQ keeps a record, in whole minutes
     */
    public record Made(int partitions, int replicas, Duration keep) {}

    /** @param trust as in {@link Tls}; encrypts connections, as the scheme {@code rabbitmq-stream+tls} does */
    public static RabbitSettings of(
            List<String> servers, Account account, Path trust, String prefix, Made made, Duration timeout) {
        List<URI> uris = servers.stream()
                .map(server -> URI.create(server.contains("://") ? server : "rabbitmq-stream://" + server))
                .toList();
        boolean isTls = trust != null || uris.stream().anyMatch(uri -> TLS_SCHEME.equals(uri.getScheme()));
        List<Server> addresses = uris.stream()
                .map(uri -> new Server(uri.getHost(), uri.getPort() > 0 ? uri.getPort() : isTls ? TLS_PORT : PORT))
                .toList();
        return new RabbitSettings(addresses, account, isTls ? new Tls(trust) : null, prefix, made, timeout);
    }

    String stream(int partition) {
        return prefix + "-" + partition;
    }

    String notesStream() {
        return prefix + "-notes";
    }
}

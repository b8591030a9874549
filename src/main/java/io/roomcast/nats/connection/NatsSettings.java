package io.roomcast.nats.connection;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses of NATS, the credentials, and what its streams keep.
 *
 * @param servers addresses of one cluster, as {@code nats://host:port} or {@code tls://host:port}
 * @param login how this node shows who it is
 * @param tls whether connections are encrypted; the server's name is checked against its certificate
 * @param trust file of certificates (PEM) that sign the server's certificate, or null for those that Java trusts
 * @param prefix of streams and subjects, so that several clusters of nodes can share one NATS
 * @param storage what the streams keep
 * @param timeout longest time of a connection attempt, and of a reply
 */
public record NatsSettings(
        List<String> servers, Login login, boolean tls, Path trust, String prefix, Storage storage, Duration timeout) {
    private static final int DEFAULT_PORT = 4222;

    /** How a node logs in. Values are never shown. */
    public sealed interface Login {}

    /** Without a login. */
    public record Anonymous() implements Login {}

    public record Password(String user, String password) implements Login {
        @Override
        public String toString() {
            return "Password";
        }
    }

    public record Token(String token) implements Login {
        @Override
        public String toString() {
            return "Token";
        }
    }

    /**
     * What the streams keep. All nodes should have the same: a stream that exists is not changed.
     *
     * @param replicas servers that store each message: 1, 3 or 5
     * @param roomMessages most messages that the stream keeps of a room
     * @param age how long a message, and with it the numbering of its room, is kept
     */
    public record Storage(int replicas, int roomMessages, Duration age) {
        /** One server, ten thousand messages, a day and an hour. */
        public static final Storage DEFAULT = new Storage(1, 10_000, Duration.ofHours(25));
    }

    /** Without a login and with the defaults. */
    public static NatsSettings of(List<String> servers) {
        return new NatsSettings(
                addresses(servers),
                new Anonymous(),
                isTls(servers),
                null,
                "roomcast",
                Storage.DEFAULT,
                Duration.ofSeconds(2));
    }

    /**
     * Reads addresses such as {@code host}, {@code nats://host:port} or {@code tls://host:port}.
     *
     * @throws IllegalArgumentException whose message is the expected format
     */
    private static List<String> addresses(List<String> texts) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("at least one nats://host:port");
        }
        List<String> addresses = new ArrayList<>();
        for (String text : texts) {
            addresses.add(address(text));
        }
        return List.copyOf(addresses);
    }

    private static String address(String text) {
        String form = "nats://host:port, or tls://host:port; user, password and token have keys of their own";
        URI uri;
        try {
            uri = new URI(text.contains("://") ? text : "nats://" + text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(form); // The cause could show a password.
        }
        boolean known = "nats".equals(uri.getScheme()) || "tls".equals(uri.getScheme());
        if (!known
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || !uri.getRawPath().isEmpty()
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || uri.getPort() == 0
                || uri.getPort() > 0xFFFF) {
            throw new IllegalArgumentException(form);
        }
        return uri.getScheme() + "://" + uri.getHost() + ":" + (uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    private static boolean isTls(List<String> servers) {
        return servers.stream().anyMatch(server -> server.startsWith("tls://"));
    }

    public NatsSettings withLogin(Login other) {
        return new NatsSettings(servers, other, tls, trust, prefix, storage, timeout);
    }

    /** With certificates instead of those that Java trusts; connections are then encrypted. */
    public NatsSettings withTrust(Path certificates) {
        return new NatsSettings(servers, login, true, certificates, prefix, storage, timeout);
    }

    public NatsSettings withPrefix(String name) {
        return new NatsSettings(servers, login, tls, trust, name, storage, timeout);
    }

    public NatsSettings withStorage(Storage other) {
        return new NatsSettings(servers, login, tls, trust, prefix, other, timeout);
    }

    public NatsSettings withTimeout(Duration time) {
        return new NatsSettings(servers, login, tls, trust, prefix, storage, time);
    }
}

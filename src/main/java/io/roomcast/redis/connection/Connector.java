package io.roomcast.redis.connection;

import io.roomcast.redis.connection.RedisSettings.Address;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.SslOptions;

/**
 * Opens connections, with encryption, credentials and names from the settings. Any thread may call. The methods block.
 */
public final class Connector {
    private final RedisSettings settings;
    private final String node;
    private final SslOptions ssl;

    /**
     * @param node name of this node, which Redis shows for each connection
     * @throws IllegalArgumentException if the trusted certificates cannot be read
     */
    public Connector(RedisSettings settings, String node) {
        this.settings = settings;
        this.node = node.replaceAll("[^!-~]", "_");
        this.ssl = settings.tls() ? ssl(settings.trust()) : null;
    }

    /**
     * Opens a connection to a server.
     *
     * @param purpose word that CLIENT LIST shows after the node's name
     * @param readTimeout timeout of each reply, in milliseconds
     * @throws redis.clients.jedis.exceptions.JedisException if the server cannot be reached, or refuses the credentials
     */
    public RedisConnection open(HostAndPort address, String purpose, int readTimeout) {
        return new RedisConnection(
                address,
                config(purpose, readTimeout, settings.user(), settings.password())
                        .database(settings.database())
                        .build());
    }

    /**
     * Opens a connection to a sentinel, which has no databases and its own password.
     *
     * @param timeoutMillis timeout of the connection attempt, and of each reply
     */
    public RedisConnection openSentinel(Address sentinel, String password, int timeoutMillis) {
        return new RedisConnection(
                new HostAndPort(sentinel.host(), sentinel.port()),
                config("sentinel", timeoutMillis, null, password)
                        .connectionTimeoutMillis(timeoutMillis)
                        .build());
    }

    public int timeoutMillis() {
        return (int) settings.timeout().toMillis();
    }

    private DefaultJedisClientConfig.Builder config(String purpose, int readTimeout, String user, String password) {
        return DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(timeoutMillis())
                .socketTimeoutMillis(readTimeout)
                .user(user)
                .password(password)
                .sslOptions(ssl)
                .clientName("roomcast:" + node + ":" + purpose)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    }

    private static SslOptions ssl(Path trust) {
        if (trust == null) {
            return SslOptions.defaults();
        }
        char[] none = "none".toCharArray(); // Certificates are not secret, but the key store requires a password.
        byte[] store = trustStore(trust, none);
        return SslOptions.builder()
                .trustStoreType("PKCS12")
                .truststore(() -> new ByteArrayInputStream(store), none)
                .build();
    }

    private static byte[] trustStore(Path certificates, char[] password) {
        try (InputStream pem = Files.newInputStream(certificates);
                ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("trusted-" + store.size(), certificate);
            }
            store.store(bytes, password);
            return bytes.toByteArray();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot read the certificates in " + certificates, e);
        }
    }
}

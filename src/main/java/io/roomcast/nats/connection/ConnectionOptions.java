package io.roomcast.nats.connection;

import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Says to the client library how to connect. */
final class ConnectionOptions {
    private static final Duration RECONNECT_WAIT = Duration.ofMillis(250);

    private ConnectionOptions() {}

    /**
     * @param loops threads of the connection, which it keeps for life
     * @param callbacks a single thread, which reports what happens to the connection
     * @param maxQueued most messages that wait to be written; the caller never has more under way, so that it never waits
     * @throws IllegalArgumentException if the trusted certificates cannot be read
     */
    static Options of(
            NatsSettings settings,
            String node,
            ExecutorService loops,
            ScheduledExecutorService timer,
            ExecutorService callbacks,
            int maxQueued,
            ConnectionListener listener,
            ErrorListener errors) {
        Options.Builder options = new Options.Builder()
                .servers(settings.servers().toArray(String[]::new))
                .connectionName("roomcast:" + node)
                .executor(loops)
                .scheduledExecutor(timer)
                .connectExecutor(loops)
                .callbackExecutor(callbacks)
                .connectionTimeout(settings.timeout())
                .socketReadTimeoutMillis(0)
                .pingInterval(settings.timeout())
                .maxPingsOut(2)
                .maxReconnects(-1)
                .reconnectWait(RECONNECT_WAIT)
                .reconnectJitter(RECONNECT_WAIT)
                .reconnectJitterTls(RECONNECT_WAIT)
                .reconnectBufferSize(0) // Nothing is sent late that its caller has given up.
                .maxMessagesInOutgoingQueue(maxQueued)
                .connectionListener(listener)
                .errorListener(errors);
        if (settings.login() instanceof NatsSettings.Password login) {
            options.userInfo(login.user(), login.password());
        } else if (settings.login() instanceof NatsSettings.Token login) {
            options.token(login.token().toCharArray());
        }
        if (settings.tls()) {
            options.sslContext(context(settings.trust()));
        }
        return options.build();
    }

    private static SSLContext context(Path trust) {
        try {
            if (trust == null) {
                return SSLContext.getDefault();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManagerFactory trusting = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusting.init(certificates(trust));
            context.init(null, trusting.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot read the certificates in " + trust, e);
        }
    }

    private static KeyStore certificates(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("trusted-" + store.size(), certificate);
            }
        }
        return store;
    }
}

package io.roomcast.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server of token keys, whose answers are good or bad as the test wants. */
public final class KeyServer implements AutoCloseable {

    /** How it answers. */
    public enum Manner {
        GOOD,
        AMONG_OTHERS,
        ERROR,
        SILENT,
        DRIPPING_HEAD,
        DRIPPING_BODY,
        ENDLESS_HEAD,
        ENDLESS_LINE,
        ENDLESS_PROMISE,
        ENDLESS,
        ENDLESS_CHUNKS,
        PACKED,
        HUNG_UP,
        NO_SET,
        EMPTY_SET,
        NESTED,
        REDIRECTING
    }

    private static final long DROP_MILLIS = 20;

    private static final String OTHERS = """
            {"kty":"AKP","alg":"ML-DSA-44","pub":"AA"},{"kty":"EC","crv":"P-999","x":"AA","y":"AA"},
            {"kty":"EC","crv":"P-256","x":"AA","y":"AA"},{"kty":"RSA"},{"kty":5},{},5,null,[],
            {"kty":"RSA","n":"AA","e":"AQAB","use":5},""";

    private volatile RSAKey key = newKey();
    private final ServerSocket socket;
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Manner manner;

    public KeyServer(Manner manner) {
        this.manner = manner;
        try {
            this.socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/keys";
    }

    public void be(Manner now) {
        manner = now;
    }

    /** The next one has the same name. */
    public void changeKey() {
        key = newKey();
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("one").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many times keys were asked for. */
    public int asked() {
        return asked.get();
    }

    /** Signed with the key of this server. */
    public String signed(JWTClaimsSet.Builder claims) {
        return signed(claims, key.getKeyID());
    }

    /** The same, by a header that does not say with which key. */
    public String signedWithoutName(JWTClaimsSet.Builder claims) {
        return signed(claims, null);
    }

    private String signed(JWTClaimsSet.Builder claims, String name) {
        try {
            JWSHeader header =
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(name).build();
            return Tokens.signed(claims, header, new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                daemon(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            skipHead(client.getInputStream());
            asked.incrementAndGet();
            answer(client);
        } catch (IOException e) {
            // The client has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Socket client) throws IOException, InterruptedException {
        String set = new JWKSet(key.toPublicJWK()).toString();
        switch (manner) {
            case GOOD -> send(client, "200 OK", "", set);
            case AMONG_OTHERS -> send(client, "200 OK", "", set.replace("[", "[" + OTHERS.replace("\n", " ")));
            case ERROR -> send(client, "500 Oh", "", "no");
            case NO_SET -> send(client, "200 OK", "", "<html>Log in first</html>");
            case EMPTY_SET -> send(client, "200 OK", "", "{\"keys\":[]}");
            case NESTED -> send(client, "200 OK", "", "{\"keys\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}");
            case REDIRECTING -> send(client, "302 Found", "Location: " + url() + "\r\n", "");
            case SILENT -> closed.await(1, TimeUnit.MINUTES);
            case DRIPPING_HEAD -> drip(client, "HTTP/1.1 200 OK\r\nX: ");
            case DRIPPING_BODY -> drip(client, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            case ENDLESS_HEAD -> endlessly(client, "HTTP/1.1 200 OK\r\n", "X: x\r\n".repeat(1024));
            case ENDLESS_LINE -> endlessly(client, "HTTP/1.1 200 OK\r\nX: ", "x".repeat(8192));
            case ENDLESS_PROMISE -> endlessly(client, "", "HTTP/1.1 100 Continue\r\n\r\n".repeat(256));
            case ENDLESS -> endlessly(client, "HTTP/1.1 200 OK\r\n\r\n", " ".repeat(8192));
            case ENDLESS_CHUNKS ->
                endlessly(
                        client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;x=y\r\n \r\n".repeat(512));
            case PACKED -> send(client, "200 OK", "Content-Encoding: gzip\r\n", "\u001f\u0000\b\u0000");
            case HUNG_UP -> client.close();
        }
    }

    private static void send(Socket client, String status, String header, String body) throws IOException {
        String head = "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n";
        client.getOutputStream().write((head + header + "\r\n" + body).getBytes(UTF_8));
    }

    private void endlessly(Socket client, String begin, String more) throws IOException {
        client.getOutputStream().write(begin.getBytes(UTF_8));
        while (closed.getCount() > 0) {
            client.getOutputStream().write(more.getBytes(UTF_8));
        }
    }

    private void drip(Socket client, String begin) throws IOException, InterruptedException {
        client.getOutputStream().write(begin.getBytes(UTF_8));
        while (!closed.await(DROP_MILLIS, TimeUnit.MILLISECONDS)) {
            client.getOutputStream().write(' ');
        }
    }

    private static void skipHead(InputStream in) throws IOException {
        int line = 0;
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n' && line == 0) {
                return;
            }
            line = c == '\n' ? 0 : c == '\r' ? line : line + 1;
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "key-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Handshake;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that nobody reads: no thread of a server waits for these readers, or works for them, longer than others notice. */
class UnreadAnswersIT {
    /** More than any server has threads for requests. */
    private static final int CLIENTS = 220;

    private static final int REQUESTS_OF_EACH = 1_000;
    /** As many as a ping may have. */
    private static final int PING_BYTES = 125;

    @AutoClose
    private static TestServer server;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        server = TestServer.open();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"metrics", "api/v1/openapi.yaml", "js/roomcast.js", "health/live", "nothing", "metrics;", "ws"})
    void answersThatNobodyReadsHoldNobodyUp(String path) throws Exception {
        List<SocketChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(asking(path));
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(200, health());
                assertEquals(101, Handshake.to(server.webSocket("ws?user=ann")).status());
            }
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    /** The answers that a server makes by itself count like all that waits for a client, and are few. */
    @Test
    void pongsThatNobodyReadsCount() throws IOException {
        server.awaitMetric("roomcast_outbound_held_bytes", 0);
        byte[] ping = RawWebSocket.frame(RawWebSocket.PING, true, new byte[PING_BYTES]);
        try (SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
            // Each ping goes alone: those that are read together have one pong.
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            URI address = server.webSocket("ws?user=ann");
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()));
            client.write(ByteBuffer.wrap(Handshake.to(address).bytes()));
            client.configureBlocking(false);
            ByteBuffer next = ByteBuffer.wrap(ping);
            Await.until(() -> "the server reads on", 60, () -> {
                for (int i = 0; i < 1_000; i++) {
                    if (!next.hasRemaining()) {
                        next.clear();
                    }
                    if (written(client, next) == 0) {
                        return server.metrics().get("roomcast_outbound_held_bytes") >= PING_BYTES;
                    }
                }
                return false;
            });
            assertTrue(server.metrics().get("roomcast_outbound_held_bytes") <= 2 * (2 + PING_BYTES));
        }
        server.awaitMetric("roomcast_outbound_held_bytes", 0);
    }

    private static int written(SocketChannel client, ByteBuffer bytes) {
        try {
            return client.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int health() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.http("health/live"))
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }

    /** Sends as many requests as its connection takes, and reads none of the answers. */
    private static SocketChannel asking(String path) throws IOException {
        URI base = server.http("");
        ByteBuffer requests = ByteBuffer.wrap(
                ("GET " + base.getPath() + path + " HTTP/1.1\r\nHost: " + base.getAuthority() + "\r\n\r\n")
                        .repeat(REQUESTS_OF_EACH)
                        .getBytes(StandardCharsets.US_ASCII));
        SocketChannel client = SocketChannel.open();
        client.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), base.getPort()));
        client.configureBlocking(false);
        while (requests.hasRemaining() && client.write(requests) > 0) {
            // Until the server takes no more.
        }
        return client;
    }
}

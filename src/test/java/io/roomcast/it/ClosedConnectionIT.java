package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.config.LimitKeys;
import io.roomcast.support.Await;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.RemoteConsole;
import io.roomcast.support.RoomClient;
import io.roomcast.support.ScrapedMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * After its Close frame, or the end of its stream, a connection ends on TCP, too, whoever said so first and however long
 * the client keeps its own side open: otherwise each would hold a file, and count nowhere.
 */
class ClosedConnectionIT {
    private static final int CLIENTS = 100;
    private static final int NORMAL = 1000;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int POLICY = 1008;
    private static final int TOO_LARGE = 1009;
    private static final long END_SECONDS = 30;
    private static final String ROOM = "unread-events";
    private static final String CONTENT = "x".repeat(16_000);
    /** Messages that are published before the first answer is read. */
    private static final int AT_ONCE = 20;
    /** More than WildFly has threads for requests on two cores. */
    private static final int STREAMS = 40;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        // Longer than the time after which a stream is cut. Application servers have their own limits.
        server = ServerProcess.open("--http.answer-timeout=6s");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void whereTheNodeCloses() {
        end("ws?user=ann", TOO_LARGE, client -> {
            client.header(0x81, 10_000_000);
            client.write(new byte[100_000]);
        });
    }

    @Test
    void whereItNeverBecomesASession() {
        end("ws?user=ann&token=x", POLICY, client -> {});
    }

    @Test
    void whereTheClientCloses() {
        end(
                "ws/lobby/ann",
                NORMAL,
                client -> client.send(RawWebSocket.CLOSE, true, new byte[] {NORMAL >> 8, (byte) NORMAL}));
    }

    @Test
    void whereTheClientBreaksTheProtocol() {
        end("ws?user=ann", PROTOCOL_ERROR, client -> client.write(new byte[] {(byte) 0x81, 1, 'x'}));
    }

    /** The streams are sent more than any socket takes, and hold no thread either. */
    @Test
    void whereNobodyReadsAStream() throws Exception {
        RemoteConsole.setLimit(server.beans(), LimitKeys.OUTBOUND_AGE.name(), "2s");
        List<SocketChannel> clients = new ArrayList<>();
        try (RoomClient publisher = RoomClient.enter(server.base(), ROOM, "publisher")) {
            long before = server.openFiles();
            double cutBefore = cutStreams();
            for (int i = 0; i < STREAMS; i++) {
                clients.add(stream("reader-" + i));
            }
            Await.until("the end of the streams", END_SECONDS, () -> {
                fill(publisher);
                return cutStreams() == cutBefore + STREAMS;
            });
            ScrapedMetrics.await(server.base(), END_SECONDS, "roomcast_outbound_held_bytes", 0);
            Await.until("the end of the connections", END_SECONDS, () -> server.openFiles() < before + STREAMS / 2);
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
            RemoteConsole.setLimit(server.beans(), LimitKeys.OUTBOUND_AGE.name(), LimitKeys.OUTBOUND_AGE.defaultText());
        }
    }

    /**
     * Streams that the node has cut because their clients read nothing. Their sessions count for longer: the clients could
     * come back.
     */
    private static double cutStreams() {
        return ScrapedMetrics.of(server.base()).get("roomcast_slow_consumers_total{step=\"closed_stuck\"}");
    }

    private static void fill(RoomClient publisher) {
        for (int i = 0; i < AT_ONCE; i++) {
            publisher.say("{'type':'publish','id':1,'content':'" + CONTENT + "'}");
        }
        for (int i = 0; i < AT_ONCE; i++) {
            // Some are refused, because the node keeps only so much for those that do not read.
            publisher.next(answer -> answer.is("ack") || answer.is("error"), "an answer");
        }
    }

    /** A stream of the events of a room. Its client reads nothing but how it begins. */
    private static SocketChannel stream(String user) throws IOException {
        URI events = server.base().resolve("http/events?rooms=" + ROOM + "&user=" + user);
        SocketChannel client = SocketChannel.open();
        client.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), events.getPort()));
        String request = "GET " + events.getRawPath() + '?' + events.getRawQuery() + " HTTP/1.1\r\nHost: "
                + events.getAuthority() + "\r\n\r\n";
        client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer status = ByteBuffer.allocate("HTTP/1.1 200".length());
        while (status.hasRemaining() && client.read(status) >= 0) {
            // Until the stream has begun.
        }
        assertEquals("HTTP/1.1 200", new String(status.array(), StandardCharsets.US_ASCII));
        return client;
    }

    /** None of the clients closes its side before all of the server's are closed. */
    private static void end(String path, int code, Consumer<RawWebSocket> act) {
        long before = server.openFiles();
        List<RawWebSocket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                RawWebSocket client = RawWebSocket.connect(server.webSocket(path));
                clients.add(client);
                act.accept(client);
                assertEquals(code, client.awaitClose());
            }
            Await.until("the end of the connections", END_SECONDS, () -> server.openFiles() < before + CLIENTS / 2);
        } finally {
            clients.forEach(RawWebSocket::close);
        }
    }
}

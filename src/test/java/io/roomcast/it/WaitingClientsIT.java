package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Handshake;
import io.roomcast.support.Http;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that keep a server waiting: none of its threads waits for them, or only as long as others do not notice, and
 * in the end they are sent away.
 */
class WaitingClientsIT {
    /** More than the server is told to wait, and less than it waits by itself. */
    private static final long END_SECONDS = 40;

    private static final int DRIPPING = 64;

    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.open();
        server.metrics(); // Payara's connections are watched from the first request on.
    }

    @Test
    void whoSaysNothingIsSentAway() throws IOException {
        try (Socket silent = connect()) {
            silent.setSoTimeout((int) Duration.ofSeconds(END_SECONDS).toMillis());
            assertEquals(-1, silent.getInputStream().read());
        }
    }

    @Test
    void soIsWhoNeverComesToAnEnd() throws IOException {
        try (Socket dripping = connect()) {
            dripping.getOutputStream()
                    .write("GET /roomcast/health/live HTTP/1.1\r\nHost: localhost\r\nX: "
                            .getBytes(StandardCharsets.US_ASCII));
            dripping.setSoTimeout(500);
            long end = System.nanoTime() + Duration.ofSeconds(END_SECONDS).toNanos();
            boolean gone = false;
            while (!gone && System.nanoTime() < end) {
                gone = isGone(dripping);
            }
            assertTrue(gone);
        }
    }

    /** More of them than WildFly has threads. They are answered after ten seconds, and go on. */
    @Test
    void bodiesThatDripHoldNobodyUp() throws IOException, InterruptedException {
        String head = "POST " + server.http("http/send").getPath()
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n{";
        List<Socket> dripping = new ArrayList<>();
        Thread dripper = new Thread(() -> drip(dripping));
        try {
            for (int i = 0; i < DRIPPING; i++) {
                Socket client = connect();
                dripping.add(client);
                client.setSoTimeout((int) Duration.ofSeconds(END_SECONDS).toMillis());
                client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            }
            dripper.start();
            for (Socket client : dripping) {
                String status = new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                // WildFly refuses some of those that come at once.
                assertTrue(List.of("HTTP/1.1 408", "HTTP/1.1 503").contains(status), status);
            }
            Http http = new Http(server.http(""), null);
            for (int i = 0; i < 10; i++) {
                assertEquals(200, http.send("GET", "/health/live", null).statusCode());
                assertEquals(101, Handshake.to(server.webSocket("ws?user=ann")).status());
            }
            for (Socket client : dripping) {
                readToTheEnd(client);
            }
        } finally {
            dripper.interrupt();
            dripper.join();
            for (Socket client : dripping) {
                client.close();
            }
        }
    }

    private static void drip(List<Socket> clients) {
        while (!Thread.currentThread().isInterrupted()) {
            for (Socket client : clients) {
                try {
                    client.getOutputStream().write(' ');
                } catch (IOException e) {
                    // The server has ended it.
                }
            }
            Abuse.pause(200);
        }
    }

    private static void readToTheEnd(Socket client) {
        try {
            client.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server waits for more", e);
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("reset"), e.getMessage());
        }
    }

    private static boolean isGone(Socket client) {
        try {
            client.getOutputStream().write('x');
            client.getInputStream().read();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** By itself WildFly gathers a megabyte, for each. */
    @Test
    void headsAreSmall() throws IOException {
        try (Socket talking = connect()) {
            talking.setSoTimeout(5_000);
            String header = "X-%d: " + "x".repeat(1_000) + "\r\n";
            StringBuilder head = new StringBuilder("GET /roomcast/health/live HTTP/1.1\r\nHost: localhost\r\n");
            for (int i = 0; i < 64; i++) {
                head.append(header.formatted(i));
            }
            talking.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
            String answer = new String(talking.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server waits for more", e);
        } catch (IOException e) {
            // It was reset, which is an answer, too.
            assertTrue(e.getMessage().contains("reset") || e.getMessage().contains("pipe"), e.getMessage());
        }
    }

    private static Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.http("").getPort());
    }
}

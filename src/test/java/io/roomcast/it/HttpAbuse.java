package io.roomcast.it;

import io.roomcast.support.Handshake;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The kinds of hostile clients that never get as far as a WebSocket. */
final class HttpAbuse {
    /** All that answers HTTP, and something that is not there. */
    private static final List<String> ADDRESSES = List.of(
            "",
            "metrics",
            "health/ready",
            "js/roomcast.js",
            "api/v1/openapi.yaml",
            "api/v1/asyncapi.yaml",
            "api/v1/broadcast",
            "api/v1/rooms",
            "ws",
            "http/poll",
            "http/send",
            "http/events?rooms=abuse",
            "none");

    private HttpAbuse() {}

    static void unreadAnswers(TestServer server, Random random) throws IOException {
        try (RawConnection connection = RawConnection.cutAfter(server.http(""), 3_000)) {
            StringBuilder requests = new StringBuilder();
            while (requests.length() < 63_000) {
                String address = ADDRESSES.get(random.nextInt(ADDRESSES.size()));
                requests.append(head(server, "GET", address)).append("\r\n");
            }
            while (true) {
                connection.write(requests.toString().getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    static void bodiesWithoutEnd(TestServer server, Random random) throws IOException {
        String address = ADDRESSES.get(random.nextInt(ADDRESSES.size()));
        String body = List.of(
                        "Content-Length: 1000000\r\n\r\n{",
                        "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n",
                        "Transfer-Encoding: chunked\r\n\r\n")
                .get(random.nextInt(3));
        try (RawConnection connection = RawConnection.cutAfter(server.http(""), 3_000)) {
            connection.write((head(server, "POST", address) + body).getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = "1\r\n \r\n".getBytes(StandardCharsets.US_ASCII);
            while (!Thread.interrupted()) {
                connection.write(chunk);
                Abuse.pause(random.nextInt(20));
            }
        }
    }

    static void silentConnections(TestServer server, Random random) throws IOException {
        List<RawConnection> connections = new ArrayList<>();
        byte[] head = head(server, "GET", "metrics").getBytes(StandardCharsets.US_ASCII);
        try {
            for (int i = 0; i < 200; i++) {
                RawConnection connection = new RawConnection(server.http(""));
                connections.add(connection);
                connection.write(head, 0, random.nextInt(head.length));
            }
            Abuse.pause(random.nextInt(2_000));
        } finally {
            for (RawConnection connection : connections) {
                connection.close();
            }
        }
    }

    /** Polls and streams that are opened by the hundred, and dropped or never read. */
    static void droppedPolls(TestServer server, Random random) throws IOException {
        List<RawConnection> connections = new ArrayList<>();
        String body = "{\"rooms\":{\"abuse-" + random.nextInt(100) + "\":{\"epoch\":\"x\",\"offset\":"
                + random.nextInt(1_000_000) + "}},\"waitMs\":20000}";
        try {
            for (int i = 0; i < 200; i++) {
                RawConnection connection = new RawConnection(server.http(""));
                connections.add(connection);
                String user = "?user=abuser-" + random.nextInt(1_000);
                String request = random.nextBoolean()
                        ? head(server, "POST", "http/poll" + user) + "Content-Length: " + body.length() + "\r\n\r\n"
                                + body
                        : head(server, "GET", "http/events" + user + "&rooms=abuse-" + random.nextInt(100)) + "\r\n";
                connection.write(request.getBytes(StandardCharsets.US_ASCII));
                if (random.nextInt(4) == 0) {
                    connection.cut();
                }
            }
            // Half a second and more: the clients that must not notice are in this process, and need some of its time.
            Abuse.pause(500 + random.nextInt(1_000));
        } finally {
            for (RawConnection connection : connections) {
                connection.close();
            }
        }
    }

    static void tornHandshake(TestServer server, Random random) throws IOException {
        byte[] handshake = Handshake.to(server.webSocket("ws")).bytes();
        try (RawConnection connection = new RawConnection(server.http(""))) {
            connection.write(handshake, 0, 1 + random.nextInt(handshake.length - 1));
            if (random.nextBoolean()) {
                connection.cut();
            }
        }
    }

    static void slowloris(TestServer server, Random random) throws IOException {
        byte[] handshake = Handshake.to(server.webSocket("ws"))
                .header("X-Slow", "x".repeat(50))
                .bytes();
        try (RawConnection connection = new RawConnection(server.http(""))) {
            for (int i = 0; i < handshake.length - 1 && !Thread.interrupted(); i += 1 + random.nextInt(8)) {
                connection.write(handshake, i, i + 1);
                Abuse.pause(random.nextInt(40));
            }
        }
    }

    /** Without the empty line that ends it. */
    private static String head(TestServer server, String method, String address) {
        URI uri = server.http(address);
        return method + ' ' + uri.getRawPath() + (uri.getRawQuery() == null ? "" : '?' + uri.getRawQuery())
                + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\n";
    }
}

package io.roomcast.it;

import io.roomcast.support.Handshake;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The kinds of hostile clients that send more than a small heap has room for, should a server keep all of it. */
final class HeapAbuse {
    /**
     * Somewhat more than the 256 MB of {@link TestServer#openSmall}. Little on a server that other tests share: what
     * fills its memory for history stays for an hour.
     */
    private static final long BYTES = TestServer.isRunning() ? 10_000_000 : 270_000_000;

    /** Handshakes that a client begins before it reads the first answer. */
    private static final int AT_ONCE = 50;

    private static final int CONTENT_BYTES = 16_000;
    private static final String CONTENT = "x".repeat(CONTENT_BYTES);
    private static final int ROOMS_OF_ONE = 99;
    /** As many as fit into one WebSocket message. */
    private static final int ROOMS_AT_ONCE = 3;

    /** Less than the last of a kind may take. */
    private static final long PERSISTENCE_SECONDS = 38;

    private HeapAbuse() {}

    /** Messages that a server would take, announced and sent but for their last bytes. */
    static void unendedMessages(TestServer server, Random random) {
        unended(server, random, 65_000, 64_000);
    }

    /** Frames that are too large, and show it only by their header. */
    static void unendedLargeFrames(TestServer server, Random random) {
        unended(server, random, 4_000_000, 258_000);
    }

    private static void unended(TestServer server, Random random, int announced, int sentByEach) {
        byte[] frame = RawWebSocket.frame(RawWebSocket.TEXT, true, new byte[announced]);
        List<RawConnection> clients = new ArrayList<>();
        try {
            for (long sent = 0; sent < BYTES; sent += (long) AT_ONCE * sentByEach) {
                List<RawConnection> next = connect(server, random);
                clients.addAll(next);
                for (RawConnection client : next) {
                    tolerant(() -> {
                        client.readSome();
                        client.write(frame, 0, sentByEach);
                    });
                }
            }
            Abuse.pause(random.nextInt(1_000));
        } finally {
            clients.forEach(client -> tolerant(client::cut));
        }
    }

    /** Handshakes whose answers nobody has waited for yet. */
    private static List<RawConnection> connect(TestServer server, Random random) {
        List<RawConnection> connections = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            tolerant(() -> {
                RawConnection connection = new RawConnection(server.http(""));
                connections.add(connection);
                connection.write(Handshake.to(Abuse.user(server, random)).bytes());
            });
        }
        return connections;
    }

    private interface Attempt {
        void run() throws IOException;
    }

    /** One may be refused, and the next not. */
    private static void tolerant(Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException | RuntimeException | AssertionError e) {
            // That is up to the server.
        }
    }

    /** Rooms with one message each, which would be kept for others. What is refused is tried again for a while. */
    static void manyRooms(TestServer server, Random random) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PERSISTENCE_SECONDS);
        long[] stored = {0};
        while (stored[0] < BYTES && System.nanoTime() - end < 0) {
            tolerant(() -> {
                try (RawWebSocket raw = RawWebSocket.connect(Abuse.user(server, random))) {
                    int more = ROOMS_AT_ONCE;
                    for (int i = 0; more > 0 && i < ROOMS_OF_ONE; i += ROOMS_AT_ONCE) {
                        raw.text(publishes(random));
                        more = stored(raw);
                        stored[0] += (long) more * CONTENT_BYTES;
                    }
                }
            });
        }
    }

    private static String publishes(Random random) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ROOMS_AT_ONCE; i++) {
            String room = "\"room\":\"large-" + random.nextInt(1_000_000) + "\"";
            lines.append("{\"type\":\"join\",").append(room).append("}\n{\"id\":1,");
            lines.append(room).append(",\"content\":\"").append(CONTENT).append("\"}\n");
        }
        return lines.toString();
    }

    /** Reads the answers. @return how many of the messages were stored */
    private static int stored(RawWebSocket raw) {
        int stored = 0;
        for (int answers = 0; answers < ROOMS_AT_ONCE; ) {
            RawWebSocket.Received received = raw.read();
            if (received == null || received.opcode() == RawWebSocket.CLOSE) {
                return 0;
            }
            for (String line : received.text().split("\n", -1)) {
                answers += line.contains("\"id\":1") ? 1 : 0;
                stored += line.contains("\"type\":\"ack\"") ? 1 : 0;
            }
        }
        return stored;
    }
}

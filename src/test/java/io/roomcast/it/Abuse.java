package io.roomcast.it;

import io.roomcast.support.Handshake;
import io.roomcast.support.RawWebSocket;
import io.roomcast.support.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;

/** Kinds of hostile clients. Each lives for a moment, does all that its seed says, and cares for no answer. */
enum Abuse {
    TORN_HANDSHAKE(HttpAbuse::tornHandshake),
    DROPPED_POLLS(HttpAbuse::droppedPolls),
    SLOWLORIS(HttpAbuse::slowloris),
    RANDOM_BYTES((server, random) -> {
        byte[] bytes = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(bytes);
        try (RawConnection connection = new RawConnection(server.http(""))) {
            if (random.nextBoolean()) {
                connection.write(Handshake.to(server.webSocket("ws")).bytes());
                connection.readSome();
            }
            connection.write(bytes);
            connection.cut();
        }
    }),
    ENDLESS_FRAGMENTS((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(user(server, random))) {
            raw.send(random.nextBoolean() ? RawWebSocket.TEXT : RawWebSocket.BINARY, false, new byte[] {'{'});
            byte[] part = "x".repeat(1 + random.nextInt(2_000)).getBytes(StandardCharsets.US_ASCII);
            for (int sent = 0; sent < 200_000; sent += part.length) {
                raw.send(RawWebSocket.CONTINUATION, false, part);
            }
        }
    }),
    PING_FLOOD((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(user(server, random))) {
            ByteArrayOutputStream flood = new ByteArrayOutputStream();
            for (int i = 0; i < 2_000; i++) {
                flood.writeBytes(new byte[] {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0});
            }
            raw.write(flood.toByteArray());
            raw.text("{\"type\":\"ping\"}\n".repeat(1 + random.nextInt(3_000)));
            raw.cut();
        }
    }),
    /** More pings than a heap has room for pongs, of which none is read. */
    UNREAD_PONGS((server, random) -> {
        byte[] ping = RawWebSocket.frame(RawWebSocket.PING, true, new byte[125]);
        ByteBuffer flood = ByteBuffer.allocate(ping.length * 1_000);
        while (flood.hasRemaining()) {
            flood.put(ping);
        }
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
            URI address = user(server, random);
            channel.connect(new InetSocketAddress(address.getHost(), address.getPort()));
            channel.write(ByteBuffer.wrap(Handshake.to(address).bytes()));
            channel.configureBlocking(false);
            for (int sent = 0, idle = 0; sent < 500_000_000 && idle < 200; ) {
                int written = channel.write(flood);
                sent += written;
                idle = written > 0 ? 0 : idle + 1;
                if (!flood.hasRemaining()) {
                    flood.clear();
                }
                if (written == 0) {
                    pause(5);
                }
            }
        }
    }),
    UNENDED_MESSAGES(HeapAbuse::unendedMessages),
    UNENDED_LARGE_FRAMES(HeapAbuse::unendedLargeFrames),
    EMPTY_FRAGMENTS((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(user(server, random))) {
            raw.send(RawWebSocket.TEXT, false, new byte[0]);
            byte[] empty = RawWebSocket.frame(RawWebSocket.CONTINUATION, false, new byte[0]);
            ByteBuffer flood = ByteBuffer.allocate(empty.length * 10_000);
            while (flood.hasRemaining()) {
                flood.put(empty);
            }
            for (int i = 0; i < 100; i++) {
                raw.write(flood.array());
            }
        }
    }),
    /** With the runs of a short suite, 100,000 and more. */
    MANY_JOINS((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(user(server, random))) {
            for (int text = 0; text < 20; text++) {
                StringBuilder joins = new StringBuilder();
                for (int i = 0; i < 1_000; i++) {
                    joins.append("{\"type\":\"join\",\"room\":\"many-")
                            .append(random.nextInt(1_000_000))
                            .append("\"}\n");
                }
                raw.text(joins.toString());
            }
            raw.text("{\"type\":\"ping\",\"id\":1}");
        }
    }),
    /** Names whose hash is the same: Aa and BB have one hash, and so has any text of such pairs. */
    COLLIDING_ROOMS((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(user(server, random))) {
            StringBuilder joins = new StringBuilder();
            for (int i = 0; i < 99; i++) {
                int bits = random.nextInt(1 << 20);
                StringBuilder name = new StringBuilder();
                IntStream.range(0, 20).forEach(bit -> name.append((bits >> bit & 1) == 0 ? "Aa" : "BB"));
                joins.append("{\"type\":\"join\",\"room\":\"").append(name).append("\"}\n");
                joins.append("{\"room\":\"").append(name).append("\",\"content\":\"x\"}\n");
            }
            raw.text(joins.toString());
            raw.read();
        }
    }),
    HALF_OPEN((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(server.room(Abuse.ROOM, somebody(random)), 4_096)) {
            raw.text("{\"content\":\"" + "x".repeat(10_000) + "\"}\n".repeat(3));
            pause(random.nextInt(3_000));
            raw.cut();
        }
    }),
    DEFLATE_BOMB((server, random) -> {
        byte[] bomb = bomb();
        try (RawConnection connection = new RawConnection(server.http(""))) {
            connection.write(Handshake.to(user(server, random))
                    .header("Sec-WebSocket-Extensions", "permessage-deflate")
                    .bytes());
            connection.readSome();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            // RSV1 and text, or binary as roomcast.v1.deflate has it.
            frame.write(random.nextBoolean() ? 0xc1 : 0x82);
            frame.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) bomb.length >>> shift));
            }
            frame.writeBytes(new byte[4]);
            frame.writeBytes(bomb);
            connection.write(frame.toByteArray());
            connection.readSome();
        }
    }),
    FORGED_TOKENS((server, random) -> {
        String header = base64("{\"alg\":\"none\"}");
        String claims = base64("{\"sub\":\"admin\",\"rooms\":{\"*\":[\"read\",\"publish\"]}}");
        for (String token : List.of(header + "." + claims + ".", claims, "x".repeat(30_000), "..", "\u0000")) {
            try (RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws"))) {
                raw.text("{\"type\":\"hello\",\"token\":\"" + token + "\"}");
                raw.text("{\"type\":\"refresh\",\"token\":\"" + token + "\"}");
                raw.read();
            }
        }
        try (RawWebSocket raw = RawWebSocket.connect(server.webSocket("ws?token=" + header))) {
            raw.awaitClose();
        }
    }),
    /** Each costs a byte or two, and before anybody has said who it is. */
    BAD_LINES((server, random) -> {
        String line = List.of("x", "{}", "{\"type\":\"members\"}", "[[[[[[[[").get(random.nextInt(4));
        URI uri = random.nextBoolean() ? server.webSocket("ws") : server.room(Abuse.ROOM, somebody(random));
        try (RawWebSocket raw = RawWebSocket.connect(uri)) {
            for (int message = 0; message < 20; message++) {
                raw.text((line + "\n").repeat(60_000 / (line.length() + 1)));
            }
        }
    }),
    UNREAD_ANSWERS(HttpAbuse::unreadAnswers),
    BODIES_WITHOUT_END(HttpAbuse::bodiesWithoutEnd),
    MANY_ROOMS(HeapAbuse::manyRooms),
    MANY_KEYS((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(server.room(Abuse.ROOM + random.nextInt(100), somebody(random)))) {
            for (int i = 0; i < 50; i++) {
                StringBuilder publishes = new StringBuilder();
                for (int j = 0; j < 100; j++) {
                    String key = String.format("%0120d", random.nextLong() >>> 1);
                    publishes.append("{\"idempotencyKey\":\"").append(key).append("\",\"content\":\"x\"}\n");
                }
                raw.text(publishes.toString());
            }
            raw.read();
        }
    }),
    /** Costs readers whatever it costs to find addresses and markup in it. */
    LONG_TO_DRAW((server, random) -> {
        try (RawWebSocket raw = RawWebSocket.connect(server.room(Abuse.ROOM, somebody(random)))) {
            for (String content : List.of(
                    "https://a.example/" + ")".repeat(15_000),
                    "https://".repeat(1_800),
                    "\u0301".repeat(8_000),
                    "&".repeat(15_000))) {
                raw.text("{\"content\":\"" + content + "\"}");
                raw.read();
            }
        }
    }),
    SILENT_CONNECTIONS(HttpAbuse::silentConnections),
    BAD_INPUT((server, random) -> {
        BadInput input = BadInput.ALL.get(random.nextInt(BadInput.ALL.size()));
        try (RawWebSocket raw = RawWebSocket.connect(server.room(Abuse.ROOM, somebody(random)))) {
            input.sending().accept(raw, Abuse.ROOM);
        }
    });

    /** Where they meet, if anywhere. */
    static final String ROOM = "abused";

    /** What the last of each kind may take. */
    private static final long LAST_SECONDS = 40;

    /** Between two clients of a kind. */
    private static final int MIN_PAUSE_MILLIS = 20;

    private static final int MAX_PAUSE_MILLIS = 500;

    private static final int BOMB_BYTES = 30 << 20;

    private final Client client;

    /** What one client of a kind does. */
    private interface Client {
        void go(TestServer server, Random random) throws IOException;
    }

    Abuse(Client client) {
        this.client = client;
    }

    void go(TestServer server, Random random) throws IOException {
        client.go(server, random);
    }

    /**
     * Runs some of every kind at once, in an order and number that the seed decides, until {@code nanos} have gone by.
     *
     * @param meanwhile runs over and over, until all of them have ended
     */
    static void goOn(TestServer server, long seed, long nanos, Runnable meanwhile) {
        long end = System.nanoTime() + nanos;
        List<Thread> threads = new ArrayList<>();
        for (Abuse kind : values()) {
            Random random = new Random(seed * 31 + kind.name().hashCode());
            Thread thread = new Thread(() -> kind.goOn(server, random, end), "abuse-" + kind);
            thread.start();
            threads.add(thread);
        }
        long patience = end + TimeUnit.SECONDS.toNanos(LAST_SECONDS);
        while (threads.stream().anyMatch(Thread::isAlive) && System.nanoTime() - patience < 0) {
            meanwhile.run();
        }
    }

    /**
     * Works for half of the time, however slow the machine is: otherwise the clients that must not notice would wait for
     * the processor that they share with all these, and not for the server.
     */
    private void goOn(TestServer server, Random random, long end) {
        pause(random.nextInt(MAX_PAUSE_MILLIS));
        while (System.nanoTime() - end < 0) {
            long begun = System.nanoTime();
            try {
                go(server, random);
            } catch (IOException | RuntimeException | AssertionError e) {
                // It was refused, or cut, or not answered: that is up to the server.
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            pause(Math.max(MIN_PAUSE_MILLIS, Math.min(MAX_PAUSE_MILLIS, millis)));
        }
    }

    static URI user(TestServer server, Random random) {
        return server.webSocket("ws?user=" + somebody(random));
    }

    private static String somebody(Random random) {
        return "eve-" + random.nextInt(50);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
            byte[] nothing = new byte[1 << 16];
            for (int i = 0; i < BOMB_BYTES / nothing.length; i++) {
                deflater.write(nothing);
            }
        }
        return bytes.toByteArray();
    }

    /** A client's own pace: one that is never slow is no slowloris. Nothing waits for it. */
    static void pause(long millis) {
        try {
            Thread.sleep(millis); // Between two bytes of a slow client, whose slowness is the case.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

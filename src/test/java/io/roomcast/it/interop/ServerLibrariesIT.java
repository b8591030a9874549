package io.roomcast.it.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.it.http.ApiServer;
import io.roomcast.it.interop.Libraries.Kind;
import io.roomcast.it.interop.Library.Connection;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/protocol.md says, as libraries of others see it. */
@Timeout(120)
class ServerLibrariesIT {
    private static final List<String> V1 = List.of("roomcast.v1");
    /** How libraries say that there was no close, or one without a code. */
    private static final List<Integer> NO_CODE = List.of(1006, 1005, 1000);

    private static final int MISSED = 60;
    private static final boolean ON_WILDFLY = "wildfly".equals(System.getProperty("arquillian.launch"));

    private static final Libraries LIBRARIES = new Libraries();
    private static TestServer server;
    private static Http backEnd;

    private final String room = TestServer.newRoom();
    private final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        server = TestServer.open(Map.of("roomcast.api.key", ApiServer.KEY));
        backEnd = new Http(server.http(""), ApiServer.KEY);
    }

    @AfterAll
    static void stop() {
        LIBRARIES.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void theSubprotocolIsAgreedAndNoCompressionOfMessages(Kind kind) throws Exception {
        Received received = new Received();
        Connection connection = open(kind, rooms(), List.of("other", "roomcast.v1"), received);
        assertEquals("roomcast.v1", connection.subprotocol());
        // The tests' WildFly takes it, as its administrator may choose: there all goes compressed to those who ask.
        assertTrue(connection.extensions().isEmpty() || ON_WILDFLY, connection.extensions());
        connection.close(1000, "");
        assertEquals(1000, received.awaitClose().code());
    }

    @ParameterizedTest
    @EnumSource
    void unknownSubprotocolsAreRefusedWithAStatus(Kind kind) throws Exception {
        for (URI address : List.of(rooms(), server.room(room, user))) {
            Received received = new Received();
            LIBRARIES.get(kind).open(address, List.of("other.v1", "other.v2"), received);
            String report = report(assertThrows(RuntimeException.class, received::awaitOpen));
            assertFalse(report.contains(TimeoutException.class.getName()), report);
            // Node's own tells no more than browsers do.
            assertTrue(kind == Kind.NODE_UNDICI || report.contains("400"), report);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutASubprotocolItIsAPlainClient(Kind kind) throws Exception {
        Received received = new Received();
        Connection connection = open(kind, server.room(room, user), List.of(), received);
        assertEquals("", connection.subprotocol());
        connection.send("{\"content\":\"hi\"}");
        Frame message = received.next("message");
        assertEquals(user + ": hi", message.string("sender") + ": " + message.content());
        connection.close(1000, "");
    }

    /** In either direction, as each side writes it. */
    @ParameterizedTest
    @EnumSource
    void messagesArriveAsTheyWere(Kind kind) throws Exception {
        try (RoomClient peer = RoomClient.enter(server, room, "peer")) {
            Received received = new Received();
            Connection connection = joined(kind, rooms(), received);
            int id = 0;
            for (String content : contents()) {
                connection.send(Messages.publish(room, content, id));
                Frame own = received.next("message");
                assertEquals(content, own.content());
                assertEquals(own, peer.next("message"));
                peer.send(Messages.publish(room, content, id));
                assertEquals(content, received.next("message").content());
                peer.next("message");
                id++;
            }
            connection.close(1000, "");
        }
    }

    private static List<String> contents() {
        return List.of(
                "Grüße",
                "мир 世界 🦊 👩‍👩‍👧",
                "\"quotes\" \\ / <b>&amp;</b>\n\ttwo lines\u2028and a half",
                "é".repeat(8 * 1024));
    }

    @ParameterizedTest
    @EnumSource
    void anAckNamesTheMessage(Kind kind) throws Exception {
        Received received = new Received();
        Connection connection = joined(kind, rooms(), received);
        for (int id = 1; id <= 3; id++) {
            connection.send(Messages.publish(room, "hi", id));
            Frame ack = received.next("ack");
            assertEquals(id, ack.number("id"));
            assertEquals("k" + id, ack.string("idempotencyKey"));
            assertEquals(id, ack.offset());
        }
        connection.send(Messages.publish(room, "hi", 2));
        assertEquals(2, received.next("ack").offset());
        connection.close(1000, "");
    }

    /** Go's encoder and others write some characters as six. */
    @ParameterizedTest
    @EnumSource
    void aLargeMessageMayComeInFragmentsAndEscaped(Kind kind) throws Exception {
        Received received = new Received();
        Connection connection = joined(kind, rooms(), received);
        String content = "<ж>".repeat(3_000);
        String frame =
                Messages.publish(room, content, 1).replace("<", "\\u003c").replace(">", "\\u003e");
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < frame.length(); from += 5_001) {
            parts.add(frame.substring(from, Math.min(frame.length(), from + 5_001)));
        }
        connection.sendParts(parts);
        assertEquals(content, received.next("message").content());
        connection.close(1000, "");
    }

    /** Some libraries take 64 KiB only, unless they are told otherwise. */
    @ParameterizedTest
    @EnumSource
    void theServersMessagesMayBeLarge(Kind kind) throws Exception {
        Received received = new Received();
        Connection connection = joined(kind, rooms(), received);
        for (int id = 1; id <= 20; id++) {
            connection.send(Messages.publish(room, "x".repeat(16 * 1024), id));
            received.next("ack");
        }
        connection.send("{\"type\":\"history\",\"room\":\"" + room + "\"}");
        assertTrue(received.next("history").text().length() > 200 * 1024);
        connection.close(1000, "");
    }

    @ParameterizedTest
    @EnumSource
    void whatWasMissedComesOnceAndInOrder(Kind kind) throws Exception {
        try (RoomClient peer = RoomClient.enter(server, room, "peer");
                CuttableProxy network = CuttableProxy.before(server.http(""))) {
            Received first = new Received();
            joined(kind, through(network), first);
            peer.send(Messages.publish(room, "seen", 0));
            Frame seen = first.next("message");
            network.cut();
            // Mostly 1006. At times WildFly's answer to the end of the stream still arrives, a close without a code.
            int code = first.awaitClose().code();
            assertTrue(NO_CODE.contains(code), "closed with " + code);
            network.mend();
            List<String> missed =
                    IntStream.range(1, MISSED).mapToObj(i -> "missed " + i).toList();
            for (int i = 0; i < missed.size(); i++) {
                peer.send(Messages.publish(room, missed.get(i), i + 1));
                peer.next("ack");
            }
            Received second = new Received();
            Connection again = open(kind, through(network), V1, second);
            again.send("{\"type\":\"join\",\"room\":\"%s\",\"since\":{\"epoch\":\"%s\",\"offset\":%d,\"at\":%d}}"
                    .formatted(room, epoch(), seen.offset(), seen.number("at")));
            assertTrue(second.next("joined").isTrue("recovered"));
            peer.send(Messages.publish(room, "new", MISSED));
            List<String> all = new ArrayList<>();
            for (long offset = seen.offset() + 1; offset <= seen.offset() + MISSED; offset++) {
                Frame message = second.next("message");
                assertEquals(offset, message.offset());
                all.add(message.content());
            }
            assertEquals(missed, all.subList(0, missed.size()));
            assertEquals("new", all.get(missed.size()));
            again.close(1000, "");
        }
    }

    private String epoch() {
        return backEnd.json("GET", "/api/v1/rooms/" + room + "/messages", null).getString("epoch");
    }

    @ParameterizedTest
    @EnumSource
    void whoIsPutOutSeesTheCode(Kind kind) throws Exception {
        Received received = new Received();
        joined(kind, rooms(), received);
        assertEquals(
                200,
                backEnd.send("POST", "/api/v1/users/" + user + "/disconnect", "")
                        .statusCode());
        Received.Closed closed = received.awaitClose();
        assertEquals(4500, closed.code());
        assertTrue(closed.reason().length() > 0, closed.toString());
    }

    @ParameterizedTest
    @EnumSource
    void aMessageThatIsTooLargeEndsTheConnection(Kind kind) throws Exception {
        Received received = new Received();
        Connection connection = open(kind, rooms(), V1, received);
        connection.send("{\"type\":\"hello\"}");
        int frameBytes = received.next("welcome").json().getJsonObject("limits").getInt("frameBytes");
        try {
            connection.send(Messages.publish(room, "x".repeat(frameBytes), 1));
        } catch (RuntimeException e) {
            // The server closed before the library had written all; some libraries tell the sender so.
        }
        assertEquals(1009, received.awaitClose().code());
    }

    @ParameterizedTest
    @EnumSource
    void whoIsTooFastIsToldWhenToGoOn(Kind kind) throws Exception {
        server.limit(LimitKeys.PUBLISH_RATE, "1");
        try {
            Received received = new Received();
            Connection connection = joined(kind, rooms(), received);
            // In one message, so that they come at once.
            connection.send(String.join(
                    "\n",
                    IntStream.range(0, 60)
                            .mapToObj(id -> Messages.publish(room, "hi", id))
                            .toList()));
            Frame error = received.next("error");
            assertEquals("rate_limited", error.string("code"));
            assertTrue(error.number("retryAfterMs") > 0, error.text());
            connection.send("{\"type\":\"ping\",\"id\":7}");
            assertEquals(7, received.next("pong").number("id"));
            connection.close(1000, "");
        } finally {
            server.limit(LimitKeys.PUBLISH_RATE, LimitKeys.PUBLISH_RATE.defaultText());
        }
    }

    @ParameterizedTest
    @EnumSource
    void drainedClientsAreToldWhenToComeBack(Kind kind) throws Exception {
        Received received = new Received();
        joined(kind, rooms(), received);
        try {
            assertEquals(
                    200,
                    backEnd.send("POST", "/api/v1/node/drain", "{\"window\":\"100ms\"}")
                            .statusCode());
            assertTrue(received.next("draining").number("reconnectAfterMs") >= 0);
            assertEquals(4001, received.awaitClose().code());
        } finally {
            backEnd.send("POST", "/api/v1/node/undrain", "");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCodeOfACloseComesBack(Kind kind) throws Exception {
        Received received = new Received();
        Connection connection = joined(kind, rooms(), received);
        connection.close(4321, "done");
        assertEquals(new Received.Closed(4321, "done"), received.awaitClose());
    }

    private URI rooms() {
        return server.webSocket("ws?user=" + user);
    }

    private URI through(CuttableProxy network) {
        return URI.create("ws://localhost:" + network.port() + rooms().getRawPath() + "?user=" + user);
    }

    private static Connection open(Kind kind, URI address, List<String> subprotocols, Received received)
            throws Exception {
        LIBRARIES.get(kind).open(address, subprotocols, received);
        return received.awaitOpen();
    }

    private Connection joined(Kind kind, URI address, Received received) throws Exception {
        Connection connection = open(kind, address, V1, received);
        connection.send("{\"type\":\"join\",\"room\":\"" + room + "\"}");
        assertEquals(user, received.next("joined").string("user"));
        return connection;
    }

    /** All that a library says about a failure. */
    private static String report(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}

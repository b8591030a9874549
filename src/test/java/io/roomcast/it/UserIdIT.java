package io.roomcast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.Handshake;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import jakarta.json.Json;
import java.io.IOException;
import java.net.URLEncoder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids as issuers give them, in every place where a client may write one. */
class UserIdIT {
    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth0|5f7c8ec7",
                "ann+x@example.org",
                "Ann Lee",
                "urn:example:a=c#d",
                "\"quoted\" <b>&",
                "\u5c0f\u9f8d \u00e4 \ud83d\ude00",
                "{a}",
                "-",
            })
    void aPathHasAnId(String id) {
        try (RoomClient one = RoomClient.connect(server.webSocket("ws/" + room + "/" + encoded(id)))) {
            check(one, id);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://id.example/u/1;v=2",
                "urn:example:a?b=c#d",
                "100%",
                "a%2Fb",
                "back\\slash",
                "auth0|5f7c8ec7",
                "a+b c",
                "\u5c0f\u9f8d \u00e4"
            })
    void aQueryHasAnyId(String id) {
        try (RoomClient one = RoomClient.connect(server.webSocket("ws/" + room + "/-?user=" + encoded(id)))) {
            check(one, id);
        }
        try (RoomClient many = RoomClient.connect(server.webSocket("ws?user=" + encoded(id)))) {
            many.say("{'type':'join','room':'" + room + "'}");
            check(many, id);
        }
        try (RoomClient many = RoomClient.connect(server.webSocket("ws"))) {
            many.say(Json.createObjectBuilder()
                    .add("type", "hello")
                    .add("user", id)
                    .build()
                    .toString());
            assertEquals(id, many.next("welcome").string("user"));
            many.say("{'type':'join','room':'" + room + "'}");
            check(many, id);
        }
    }

    /** As the URL standard has it, and as {@code URLSearchParams} in JavaScript writes a query. */
    @Test
    void aPlusInAQueryIsASpace() {
        try (RoomClient one = RoomClient.connect(server.webSocket("ws/" + room + "/-?user=Ann+Lee"))) {
            check(one, "Ann Lee");
        }
        try (RoomClient many = RoomClient.connect(server.webSocket("ws?user=Ann+Lee&user=bob"))) {
            many.say("{'type':'join','room':'" + room + "'}");
            check(many, "Ann Lee");
        }
    }

    /** In open mode, the name is the id. */
    private void check(RoomClient client, String id) {
        Frame joined = client.next("joined");
        assertEquals(id, joined.string("user"));
        assertEquals(id, joined.string("name"));
        client.say("{'room':'" + room + "','content':'hi'}");
        Frame message = client.next("message");
        assertEquals(id, message.string("sender"));
        assertEquals(id, message.string("name"));
        client.say("{'type':'signal','room':'" + room + "','signal':'typing'}");
        Frame signal = client.next("signal");
        assertEquals(id, signal.string("sender"));
        assertEquals(id, signal.string("name"));
        assertEquals("typing", signal.string("signal"));
        client.say("{'type':'members','room':'" + room + "'}");
        assertTrue(client.next("members").json().getJsonArray("users").stream()
                .anyMatch(user -> user.asJsonObject().getString("id").equals(id)
                        && user.asJsonObject().getString("name").equals(id)));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ann", "ann ", "a\u202eb", "a\u200bb", "a\tb", "System", "\u24e2ystem", ".."})
    void whatIsNoIdIsRefused(String id) {
        try (RoomClient one = RoomClient.connect(server.webSocket("ws/" + room + "/-?user=" + encoded(id)))) {
            assertTrue(one.error().matches("bad_request|forbidden"));
            assertEquals(1008, one.awaitClose());
        }
    }

    /** WildFly would end the path there, and take another user. */
    @Test
    void aPathHasNoQuestionMark() throws IOException {
        assertEquals(
                404, Handshake.to(server.webSocket("ws/" + room + "/ann%3Fb")).status());
    }

    @Test
    void anAddressNamesOneUser() {
        try (RoomClient one = RoomClient.connect(server.webSocket("ws/" + room + "/ann?user=bob"))) {
            assertEquals("bad_request", one.error());
            assertEquals(1008, one.awaitClose());
        }
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, UTF_8).replace("+", "%20");
    }
}

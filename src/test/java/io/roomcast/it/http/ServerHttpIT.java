package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.RoomClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the clients of back ends do with HTTP, and what becomes of those that do it badly. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerHttpIT {
    private static final String MESSAGES =
            "api/v1/rooms/http-" + UUID.randomUUID().toString().substring(0, 8) + "/messages";
    private static final String MESSAGE = "{\"sender\":\"billing\",\"content\":\"hi\"}";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String ENTRANCE = JSON + "Authorization: Bearer " + ApiServer.KEY + "\r\n";
    private static final String CHUNKED = ENTRANCE + "Transfer-Encoding: chunked\r\n";
    private static final int TOO_MANY_BYTES = 3 << 20;
    private static final int LARGE_BODIES = 40;
    /** More than any server has threads for requests. */
    private static final int STUCK = 80;

    @AutoClose
    private static ApiServer server;

    @BeforeAll
    static void start() {
        server = ApiServer.open();
    }

    private static RawHttp connect() throws IOException {
        return new RawHttp(server.uri());
    }

    private static String length(int length) {
        return "Content-Length: " + length + "\r\n";
    }

    @Test
    void aClientMayWaitUntilItsBodyIsWanted() throws Exception {
        try (RawHttp client = connect()) {
            for (int i = 0; i < 3; i++) {
                client.head("POST", MESSAGES, ENTRANCE + length(MESSAGE.length()) + "Expect: 100-continue\r\n");
                assertEquals(100, client.answer(true).status());
                client.write(MESSAGE);
                assertEquals(200, client.answer(true).status());
            }
        }
    }

    @Test
    void aBodyMayComeWithoutItsLength() throws Exception {
        try (RawHttp client = connect()) {
            for (int i = 0; i < 3; i++) {
                client.head("POST", MESSAGES, CHUNKED);
                client.chunk(MESSAGE.substring(0, 5));
                client.chunk(MESSAGE.substring(5));
                client.chunk("");
                assertEquals(200, client.answer(true).status());
            }
        }
    }

    /** Where a proxy takes the body for one, and the server for a request, somebody else gets the answer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length : %d",
                "Content-Length\t: %d",
                "Content-Length: +%d",
                "Content-Length:\r\n %d",
                "Content-Length: %d, %1$d",
                "Content-Length: %d\r\nContent-Length: 0",
                "Content-Length: 0x%x",
                "Content\u0000-Length: %d",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding:\r\n chunked",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: chunked\r\nContent-Length: %d",
            })
    void whatIsNoRequestForSureIsNotAnsweredAsOne(String length) throws Exception {
        String hidden = "GET " + server.uri().resolve("health/live").getPath() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        try (RawHttp client = connect()) {
            client.head("GET", "", length.formatted(hidden.length()) + "\r\n");
            client.write(hidden);
            String answers = client.everything();
            assertFalse(answers.contains("\"UP\""), answers);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sender\":\"billing\",\"content\":\"a\u00ff\u00c3(b\"}",
                "{\"sender\":\"billing\",\"content\":\"\u00ed\u00a0\u0080\"}",
                "{\"sender\":\"billing\",\"content\":\"c\"} x{{{",
                "{\"sender\":\"billing\",\"content\":\"c\"}{\"sender\":\"billing\",\"content\":\"d\"}",
                "\u00ef\u00bb\u00bf{\"sender\":\"billing\",\"content\":\"c\"}",
                "[{\"sender\":\"billing\",\"content\":\"c\"}]",
            })
    void whatIsNotOneObjectInUtf8IsNotStored(String bytes) throws Exception {
        try (RawHttp client = connect()) {
            client.head("POST", MESSAGES, ENTRANCE + length(bytes.length()));
            client.writeBytes(bytes);
            RawHttp.Answer answer = client.answer(true);
            assertEquals(400, answer.status());
            assertTrue(answer.body().contains("not one JSON object in UTF-8"), answer.body());
        }
    }

    /** A part of a body that comes later is read by another thread than the part that came with the head. */
    @Test
    void largeBodiesBetweenOtherRequestsAreReadAsTheyWere() throws Exception {
        String message = "{\"sender\":\"billing\",\"content\":\"" + "x".repeat(16_000) + "\"}";
        try (RawHttp client = connect()) {
            for (int i = 0; i < LARGE_BODIES; i++) {
                client.head("GET", "metrics", "");
                assertEquals(200, client.answer(true).status());
                client.head("POST", MESSAGES, ENTRANCE + length(message.length()));
                client.write(message);
                RawHttp.Answer answer = client.answer(true);
                assertEquals(200, answer.status(), answer::body);
            }
        }
    }

    /** As Java's client does with its first request. */
    @Test
    void aBackEndMayOfferHttp2() throws Exception {
        HttpRequest publish = HttpRequest.newBuilder(server.uri().resolve(MESSAGES))
                .header("Authorization", "Bearer " + ApiServer.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(MESSAGE))
                .build();
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(publish, HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer::body);
        }
    }

    @Test
    void oneConnectionCarriesManyRequests() throws Exception {
        try (RawHttp client = connect()) {
            for (int i = 0; i < 10; i++) {
                client.head("POST", MESSAGES, ENTRANCE + length(MESSAGE.length()));
                client.write(MESSAGE);
                assertEquals(200, client.answer(true).status());
                client.head("GET", MESSAGES, ENTRANCE);
                assertTrue(client.answer(true).body().contains("billing"));
                client.head("POST", "api/v1/node/undrain", ENTRANCE);
                assertEquals(200, client.answer(true).status());
                client.head("GET", "health/ready", "");
                assertEquals(200, client.answer(true).status());
                client.head("GET", "api/v1/nowhere", ENTRANCE);
                assertEquals(404, client.answer(true).status());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"index.html", "nothing", "api/v1/node", "api/v1/rooms/news/messages"})
    void whoWaitsForEachAnswerKeepsTheConnection(String path) throws Exception {
        try (RawHttp client = connect()) {
            for (int i = 0; i < 50; i++) {
                client.head("GET", path, ENTRANCE);
                assertNotEquals("close", client.answer(true).headers().get("Connection"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"health/live", "health/ready", "metrics", "api/v1/node", "api/v1/openapi.yaml", "index.html"})
    void headIsGetWithoutTheBody(String path) throws Exception {
        try (RawHttp client = connect()) {
            for (int i = 0; i < 2; i++) {
                client.head("HEAD", path, ENTRANCE);
                assertEquals(200, client.answer(false).status());
                client.head("GET", path, ENTRANCE);
                RawHttp.Answer whole = client.answer(true);
                assertEquals(200, whole.status());
                assertTrue(whole.body().length() > 10, whole.body());
            }
        }
    }

    @Test
    void optionsAndWrongMethodsNameWhatThereIs() throws Exception {
        try (RawHttp client = connect()) {
            client.head("OPTIONS", "api/v1/node/drain", "");
            RawHttp.Answer options = client.answer(true);
            assertEquals(204, options.status());
            assertEquals("GET, HEAD, POST, OPTIONS", options.headers().get("Allow"));
            client.head("DELETE", "api/v1/broadcast", ENTRANCE);
            RawHttp.Answer refused = client.answer(true);
            assertEquals(405, refused.status());
            assertEquals("POST, OPTIONS", refused.headers().get("Allow"));
            client.head("OPTIONS", "health/live", "");
            assertEquals(200, client.answer(true).status());
        }
    }

    @Test
    void bodiesThatNeverEndKeepNobodyElseFromBeingServed() throws Exception {
        List<RawHttp> stuck = new ArrayList<>();
        try {
            for (int i = 0; i < STUCK; i++) {
                RawHttp client = connect();
                stuck.add(client);
                if (i % 4 == 3) {
                    // Nobody reads it here, whoever sends it.
                    client.head("POST", "health/ready", length(TOO_MANY_BYTES));
                } else if (i % 2 == 0) {
                    client.head("POST", MESSAGES, ENTRANCE + length(MESSAGE.length()));
                    client.write(MESSAGE.substring(1));
                } else {
                    client.head("POST", MESSAGES, CHUNKED);
                    client.chunk(MESSAGE.substring(1));
                }
            }
            try (RawHttp client = connect();
                    RoomClient ann = RoomClient.enter(server.uri(), "beside", "ann")) {
                ann.say("{\"type\":\"publish\",\"id\":1,\"content\":\"still here\"}");
                ann.next("ack");
                client.head("GET", "health/ready", "");
                assertEquals(200, client.answer(true).status());
                client.head("POST", MESSAGES, ENTRANCE + length(MESSAGE.length()));
                client.write(MESSAGE);
                assertEquals(200, client.answer(true).status());
            }
            for (RawHttp client : stuck) {
                RawHttp.Answer late = client.answer(true);
                assertTrue(late.status() == 408 || late.status() == 405, late::toString);
            }
        } finally {
            for (RawHttp client : stuck) {
                client.close();
            }
        }
    }

    @Test
    void aBodyThatIsTooLongIsNotRead() throws Exception {
        try (RawHttp client = connect()) {
            client.head("POST", MESSAGES, ENTRANCE + length(TOO_MANY_BYTES));
            RawHttp.Answer refused = client.answer(true);
            assertEquals(413, refused.status());
            assertTrue(refused.body().contains("\"too_large\""), refused.body());
            assertEquals("close", refused.headers().get("Connection"));
        }
        try (RawHttp client = connect()) {
            client.head("POST", MESSAGES, CHUNKED);
            String piece = "x".repeat(64 * 1024);
            for (int sent = 0; sent <= 2 << 20; sent += piece.length()) {
                client.chunk(piece);
            }
            assertEquals(413, client.answer(true).status());
        }
    }

    @Test
    void whoIsRefusedNeedNotSendTheBody() throws Exception {
        for (String wrong : List.of(JSON, JSON + "Authorization: Bearer wrong\r\n")) {
            try (RawHttp client = connect()) {
                client.head("POST", MESSAGES, wrong + length(TOO_MANY_BYTES));
                RawHttp.Answer refused = client.answer(true);
                assertEquals(401, refused.status());
                assertEquals("close", refused.headers().get("Connection"));
            }
        }
    }
}

package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunked bodies on the embedded server; other servers read them as they like. */
@Tag("embedded")
class ChunkedBodyIT {
    private static final String CHUNKED = "Content-Type: application/json\r\nAuthorization: Bearer " + ApiServer.KEY
            + "\r\nTransfer-Encoding: chunked\r\n";
    private static final String MESSAGES = "api/v1/rooms/chunks/messages";
    private static final String MESSAGE = "{\"sender\":\"billing\",\"content\":\"%s\"}";
    private static final String HIDDEN = "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    @AutoClose
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start(Map.of("roomcast.api.key", ApiServer.KEY));
    }

    private static String tiny(String text) {
        StringBuilder chunks = new StringBuilder();
        text.chars().forEach(c -> chunks.append("1\r\n").append((char) c).append("\r\n"));
        return chunks.toString();
    }

    @Test
    void tinyChunksAndTrailersAreFine() throws IOException {
        try (RawHttp client = new RawHttp(server.uri())) {
            for (int i = 0; i < 3; i++) {
                client.head("POST", MESSAGES, CHUNKED);
                client.write(tiny(MESSAGE.formatted("x".repeat(900))) + "0\r\nA: b\r\n\r\n" + HIDDEN);
                RawHttp.Answer answer = client.answer(true);
                assertEquals(200, answer.status(), answer::body);
                assertTrue(client.answer(true).body().contains("\"UP\""));
            }
        }
    }

    @Test
    void bytesMayComeOneByOne() throws IOException {
        try (RawHttp client = new RawHttp(server.uri())) {
            client.head("POST", MESSAGES, CHUNKED);
            String body = MESSAGE.formatted("hi");
            for (char each : (Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n").toCharArray()) {
                client.write(String.valueOf(each));
            }
            assertEquals(200, client.answer(true).status());
        }
    }

    @Test
    void tooManyTinyChunksAreRefused() throws IOException {
        refused("POST", MESSAGES, tiny(MESSAGE.formatted("x".repeat(1_000))) + "0\r\n\r\n");
        refused("POST", "http/send?user=ann", tiny("y".repeat(1_001)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2\n{}\r\n0\r\n\r\n",
                "2\r\n{}\n0\r\n\r\n",
                "2\r\n{}XX0\r\n\r\n",
                "2\r\n{}0\r\n\r\n",
                "2\r\n{}XX\r\n0\r\n\r\n",
                "2\r\n{}\r\n0\n\n",
                "2\r\n{}\r\n0\r\r\n",
                " 2\r\n{}\r\n0\r\n\r\n",
                "2 \r\n{}\r\n0\r\n\r\n",
                "2;a=b\r\n{}\r\n0\r\n\r\n",
                "\r\n{}\r\n0\r\n\r\n",
                "zz\r\n{}\r\n0\r\n\r\n",
                "000000002\r\n{}\r\n0\r\n\r\n",
                "2\r\n{}\r\n0\r\nX y\r\n\r\n",
                "2\r\n{}\r\n0\r\nA: b\nC: d\r\n\r\n",
                "2\r\n{}\r\n0\r\n",
            })
    void whatProxiesReadOtherwiseIsRefused(String body) throws IOException {
        for (String path : List.of(MESSAGES, "http/poll?user=ann", "http/send?user=ann", "", "health/live")) {
            refused("POST", path, body);
            onceOnly(path, body);
        }
    }

    /** Whole, with a request behind it that the node must not see. */
    private static void refused(String method, String path, String body) throws IOException {
        try (RawHttp client = new RawHttp(server.uri())) {
            // In one piece.
            client.write(method + " /" + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + CHUNKED + "\r\n" + body + HIDDEN);
            String answers = client.untilTheEnd();
            assertTrue(answers.startsWith("HTTP/1.1 400 Bad Request\r\n"), () -> path + ' ' + body + answers);
            assertEquals(2, answers.split("HTTP/1\\.1 ", -1).length, answers);
        }
    }

    /** In parts: somebody may be waiting for the body already, or have answered without it. */
    private static void onceOnly(String path, String body) throws IOException {
        try (RawHttp client = new RawHttp(server.uri())) {
            client.write("POST /" + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + CHUNKED + "\r\n1\r\n ");
            client.write("\r\n");
            client.write(body + HIDDEN);
            String answers = client.untilTheEnd();
            assertTrue(answers.startsWith("HTTP/1.1 40"), () -> path + ' ' + body + answers);
            assertEquals(2, answers.split("HTTP/1\\.1 ", -1).length, answers);
            assertFalse(answers.contains("\"UP\""), answers);
        }
    }
}

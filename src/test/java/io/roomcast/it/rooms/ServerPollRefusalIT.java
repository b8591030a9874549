package io.roomcast.it.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.it.http.ApiServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.PollClient;
import io.roomcast.support.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for rooms over HTTP that are refused, and who may read why. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerPollRefusalIT {
    @AutoClose
    private static TestServer server;

    private String room;
    private PollClient ann;

    @BeforeAll
    static void start() {
        server = TestServer.open(Map.of("roomcast.api.key", ApiServer.KEY));
    }

    @BeforeEach
    void enter() {
        room = TestServer.newRoom();
        ann = new PollClient(server.http(""), "ann").room(room);
    }

    /** A poll that waits is told, and the next one is to go to another node. */
    @Test
    void aNodeThatDrainsTakesNoPoll() {
        // In no room, so that nothing else ends its poll.
        PollClient bob = new PollClient(server.http(""), "bob");
        bob.poll(20_000);
        CompletableFuture<HttpResponse<String>> poll = bob.pollAsync(20_000);
        server.awaitMetric("roomcast_sessions_transport{transport=\"poll\"}", 1);
        Http operator = new Http(server.http(""), ApiServer.KEY);
        assertEquals(
                200,
                operator.send("POST", "/api/v1/node/drain", "{\"window\":\"1h\"}")
                        .statusCode());
        try {
            assertEquals(
                    List.of("draining"),
                    bob.take(PollClient.join(poll)).stream().map(Frame::type).toList());
            assertEquals(503, operator.sendPlain("GET", "/health/ready", null).statusCode());
            String page = "http://" + server.http("").getAuthority();
            HttpResponse<String> next = new Http(server.http(""), null)
                    .sendWith(List.of("Origin", page), "POST", "/http/poll?user=bob", bob.body(0));
            PollClient.refusal(503, "busy", next);
            assertEquals("1", next.headers().firstValue("Retry-After").orElse(""));
            assertEquals(
                    page,
                    next.headers().firstValue("Access-Control-Allow-Origin").orElse(""),
                    "the page may read why");
        } finally {
            assertEquals(
                    200, operator.send("POST", "/api/v1/node/undrain", null).statusCode());
        }
        assertEquals("joined", ann.poll(20_000).get(1).type());
    }

    @Test
    void pagesOfThisServerMayAskAndOthersMayNot() {
        Http http = new Http(server.http(""), null);
        String own = "http://" + server.http("").getAuthority();
        HttpResponse<String> asked = http.sendWith(
                List.of("Origin", own, "Access-Control-Request-Method", "POST"), "OPTIONS", "/http/poll", null);
        assertEquals(204, asked.statusCode());
        assertEquals(
                own, asked.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertTrue(asked.headers()
                .firstValue("Access-Control-Allow-Headers")
                .orElse("")
                .contains("Authorization"));
        HttpResponse<String> foreign =
                http.sendWith(List.of("Origin", "https://evil.example"), "OPTIONS", "/http/poll", null);
        assertTrue(foreign.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        assertEquals(
                403,
                http.sendWith(List.of("Origin", "https://evil.example"), "POST", "/http/poll", ann.body(0))
                        .statusCode());
        assertEquals(
                403,
                http.sendWith(List.of("Origin", "https://evil.example"), "GET", "/http/events?rooms=a", null)
                        .statusCode());
    }

    /** As a picture or a link of such a page would ask, with the login of the person who looks at it. */
    @ParameterizedTest
    @CsvSource({"cross-site, 403", "same-site, 403", "same-origin, 200", "none, 200"})
    void aPageOfAnotherSiteGetsNoStreamEither(String site, int status) throws Exception {
        java.net.http.HttpRequest request = java.net.http.HttpRequest.newBuilder(
                        server.http("http/events?user=ann&rooms=" + room))
                .header("Sec-Fetch-Site", site)
                .build();
        HttpResponse<java.io.InputStream> answer =
                java.net.http.HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var body = answer.body()) {
            assertEquals(status, answer.statusCode());
            if (status == 403) {
                assertEquals(
                        "forbidden",
                        Http.read(new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                                .getString("code"));
            }
        }
    }

    /** A body of a poll, or the query of a stream; status and code of its refusal. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "poll|not JSON|400|bad_request",
                "poll|[]|400|bad_request",
                "poll|{}|400|bad_request",
                "poll|{\"rooms\":[]}|400|bad_request",
                "poll|{\"rooms\":\"lobby\"}|400|bad_request",
                "poll|{\"rooms\":{\"a b\":null}}|400|bad_request",
                "poll|{\"rooms\":{\"lobby\":1}}|400|bad_request",
                "poll|{\"rooms\":{\"lobby\":{\"epoch\":1,\"offset\":1}}}|400|bad_request",
                "poll|{\"rooms\":{\"lobby\":{\"epoch\":\"x\"}}}|400|bad_request",
                "poll|{\"rooms\":{\"lobby\":{\"epoch\":\"x\",\"offset\":-1}}}|400|bad_request",
                "poll|{\"rooms\":{\"lobby\":{\"epoch\":\"x\",\"offset\":1e99}}}|400|bad_request",
                "poll|{\"rooms\":{\"lobby\":{\"epoch\":\"x\",\"offset\":1,\"at\":\"now\"}}}|400|bad_request",
                "poll|{\"rooms\":{\"lobby\":{\"presence\":\"no\"}}}|400|bad_request",
                "poll|{\"rooms\":{},\"waitMs\":\"soon\"}|400|bad_request",
                "poll|{\"rooms\":{},\"session\":7}|400|bad_request",
                "poll|{\"rooms\":{},\"session\":\"forged\"}|401|session_invalid",
                "send|` `|400|bad_request",
                "events|rooms=|400|bad_request",
                "events|rooms=a,,b|400|bad_request",
                "events|rooms=a&lastEventId=nonsense|400|bad_request",
                "events|rooms=a&lastEventId=YSBiIGMgZA|400|bad_request",
                "events|rooms=a&session=forged|401|session_invalid",
                "events|rooms=a&token=x|400|bad_request"
            })
    void whatIsNoRequestIsRefused(String address, String input, int status, String code) {
        Http http = new Http(server.http(""), null);
        HttpResponse<String> refused = address.equals("events")
                ? http.sendPlain("GET", "/http/events?user=ann&" + input, null)
                : http.sendPlain("POST", "/http/" + address + "?user=ann", input);
        assertEquals(status, refused.statusCode(), refused.body());
        assertEquals(code, Http.read(refused.body()).getString("code"));
        assertEquals(
                "application/problem+json",
                refused.headers().firstValue("Content-Type").orElse("").split(";", -1)[0]);
    }

    @Test
    void tooMuchIsRefusedAndOtherMethodsAndAddressesToo() {
        Http http = new Http(server.http(""), null);
        assertEquals(
                413,
                http.sendPlain("POST", "/http/poll?user=ann", "x".repeat(70_000))
                        .statusCode());
        assertEquals(
                413,
                http.sendPlain("POST", "/http/send?user=ann", "{}\n".repeat(101))
                        .statusCode());
        assertEquals(405, http.sendPlain("GET", "/http/poll?user=ann", null).statusCode());
        assertEquals(405, http.sendPlain("POST", "/http/events?user=ann", "").statusCode());
        assertEquals(404, http.sendPlain("GET", "/http/else", null).statusCode());
    }

    /** Before they are read: each costs something. */
    @Test
    void anIdOfAnEventWithMoreRoomsThanASessionMayHaveIsRefused() {
        Http http = new Http(server.http(""), null);
        String query = "/http/events?user=ann&rooms=a&lastEventId=";
        PollClient.refusal(429, "too_many_rooms", http.sendPlain("GET", query + "x" + ".x".repeat(1_000), null));
        PollClient.refusal(
                429, "too_many_rooms", http.sendPlain("GET", "/http/events?rooms=a" + ",a".repeat(1_000), null));
    }

    /** A position that the room cannot have is no error: the client is told that nothing was recovered. */
    @Test
    void positionsOfNonsenseRecoverNothing() {
        Http http = new Http(server.http(""), null);
        for (String position :
                List.of("{\"epoch\":\"nonsense\",\"offset\":3}", "{\"epoch\":\"x\",\"offset\":9007199254740991}")) {
            String answer = http.sendPlain(
                            "POST", "/http/poll?user=ann", "{\"rooms\":{\"" + room + "\":" + position + "}}")
                    .body();
            assertTrue(answer.contains("\"recovered\":false"), answer);
        }
    }
}

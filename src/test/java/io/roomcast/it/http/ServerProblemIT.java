package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Http;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every error of ours is a problem of RFC 9457 for programs, and a line for people. */
class ServerProblemIT {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AutoClose
    private static ApiServer server;

    @BeforeAll
    static void start() {
        server = ApiServer.open();
    }

    private static HttpResponse<String> send(String method, String path, String accept) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.uri() + path))
                .timeout(Duration.ofSeconds(8))
                .method(method, BodyPublishers.noBody());
        if (accept != null) {
            request.header("Accept", accept);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static String type(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", "");
    }

    private static void assertProblem(int status, String code, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals("application/problem+json", type(response));
        JsonObject problem = Http.read(response.body());
        assertEquals("urn:roomcast:error:" + code, problem.getString("type"));
        assertEquals(status, problem.getInt("status"));
        assertEquals(code, problem.getString("code"));
        assertTrue(
                !problem.getString("title").isBlank()
                        && !problem.getString("detail").isBlank(),
                response::body);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, api/v1/nowhere, 401, unauthenticated",
        "GET, api/v1/rooms, 401, unauthenticated",
        "GET, api, 404, not_found",
        "GET, api/, 404, not_found",
        "GET, api/v2/rooms, 404, not_found",
        "GET, api/v1/a%2Fb, 404, not_found",
        "GET, api/v1//rooms, 404, not_found",
        "GET, health/nowhere, 404, not_found",
        "POST, health/ready, 405, method_not_allowed",
        "DELETE, metrics, 405, method_not_allowed",
        "GET, metrics/x, 404, not_found",
        "BREW, metrics, 501, not_implemented",
    })
    void programsGetAProblem(String method, String path, int status, String code) throws Exception {
        assertProblem(status, code, send(method, path, null));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ws, 426, upgrade_required",
        "GET, ws/lobby, 404, not_found",
        "GET, v/nowhere.js, 404, not_found",
        "GET, js/nowhere.js, 404, not_found",
        "POST, js/roomcast.js, 405, method_not_allowed",
    })
    void peopleGetALineUnlessTheyAskForJson(String method, String path, int status, String code) throws Exception {
        HttpResponse<String> line = send(method, path, null);
        assertEquals(status, line.statusCode());
        assertEquals("text/plain", type(line));
        assertEquals(line.body().length() - 1, line.body().indexOf('\n'), line.body());
        assertProblem(status, code, send(method, path, "application/json"));
    }

    @Test
    void aMethodThatIsNotAllowedIsToldWhichAre() throws Exception {
        assertEquals(
                "GET, HEAD, OPTIONS",
                send("POST", "metrics", null).headers().firstValue("Allow").orElse("none"));
    }

    @Test
    void aRequestWithoutAHostIsAProblemToo() throws IOException {
        try (RawHttp client = new RawHttp(server.uri())) {
            client.write("GET " + server.uri().getPath()
                    + "api/v1/rooms HTTP/1.1\r\nHost: a b\r\nAccept: application/json\r\n\r\n");
            String answer = client.untilTheEnd();
            // Undertow answers some of these itself.
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(
                    System.getProperty("wildfly.home") != null || answer.contains("urn:roomcast:error:bad_request"),
                    answer);
        }
    }
}

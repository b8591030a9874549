package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.server.ServerNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * MicroProfile Health, which the WildFly of these tests is built without: there the deployment is what is seen of it.
 */
@Tag("server")
@Tag("own-server")
@Tag("payara")
class PayaraHealthIT {
    private static final String KEY = "a-key-of-the-operator";
    private static ServerNode node;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() {
        node = new ServerNode("health", Map.of("roomcast.api.key", KEY)).start();
    }

    @AfterAll
    static void stop() {
        node.kill();
    }

    @Test
    void theServersOwnHealthEndpointTellsOfRoomcast() throws Exception {
        told("/health/live", 200, "UP");
        told("/health/ready", 200, "UP");
        operate("drain");
        assertTrue(told("/health/ready", 503, "DOWN").contains("\"reason\":\"draining\""));
        told("/health/live", 200, "UP");
        operate("undrain");
        told("/health/ready", 200, "UP");
    }

    private String told(String probe, int code, String status) throws IOException, InterruptedException {
        HttpResponse<String> health = send(request(node.uri().resolve(probe)));
        String body = health.body();
        assertEquals(code, health.statusCode(), body);
        assertTrue(body.contains("{\"name\":\"roomcast\",\"status\":\"" + status + "\""), body);
        return body;
    }

    private void operate(String operation) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request(node.uri().resolve("api/v1/node/" + operation))
                .header("Authorization", "Bearer " + KEY)
                .POST(BodyPublishers.noBody()));
        assertEquals(200, answer.statusCode(), answer.body());
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}

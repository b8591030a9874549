package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MicroProfile Health, which the WildFly of these tests is built without: there the deployment is what is seen of it. */
@Tag("server")
@Tag("payara")
class PayaraHealthIT {

    @ParameterizedTest
    @ValueSource(strings = {"/health/live", "/health/ready"})
    void theServersOwnHealthEndpointTellsOfRoomcast(String probe) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(System.getProperty("roomcast.uri")).resolve(probe))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> health = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, BodyHandlers.ofString());
        assertEquals(200, health.statusCode(), health.body());
        assertTrue(health.body().contains("\"roomcast\""), health.body());
    }
}

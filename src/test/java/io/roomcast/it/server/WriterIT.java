package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.roomcast.support.server.ServerNode;
import io.roomcast.support.server.WriterServlet;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server adds servlets of its own to the application, such as those of Payara for metrics. They may answer with a
 * writer. Only on WildFly: the tests' Payara has the test classes on its own class path, so it finds no servlets in the
 * WAR that are of these classes.
 */
@Tag("server")
@Tag("wildfly")
@Tag("own-server")
class WriterIT {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AutoClose
    private static ServerNode server;

    @BeforeAll
    static void start() {
        server = new ServerNode("writer", Map.of())
                .withServlet(WriterServlet.class)
                .start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "close", "flush"})
    void answersWithAWriterArrive(String then) throws Exception {
        HttpResponse<String> answer = get(then);
        assertEquals(200, answer.statusCode());
        assertEquals("written", answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "only-error", "reset-error"})
    void errorsAfterAWriterArrive(String then) throws Exception {
        HttpResponse<String> answer = get(then);
        assertEquals(410, answer.statusCode());
        assertFalse(answer.body().contains("written"), answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = "reset-stream")
    void whatReplacesItArrives(String then) throws Exception {
        HttpResponse<String> answer = get(then);
        assertEquals(200, answer.statusCode());
        assertEquals("streamed", answer.body());
    }

    private HttpResponse<String> get(String then) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(server.uri().resolve("writer?" + then)).build();
        return HTTP.send(request, BodyHandlers.ofString());
    }
}

package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server adds servlets of its own to the application, such as Payara's for metrics. They may answer with a writer. */
@Tag("server")
class WriterIT {
    private final URI base = URI.create(System.getProperty("roomcast.uri"));

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
                HttpRequest.newBuilder(base.resolve("writer?" + then)).build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, BodyHandlers.ofString());
    }
}

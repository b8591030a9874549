package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.config.HttpKeys;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread of Payara serves all that one connection has sent together, and nobody else meanwhile: so it is not much. */
@Tag("server")
@Tag("payara")
class ServerPipelineIT {
    private static final int FEW = Integer.parseInt(HttpKeys.PIPELINED.defaultText());

    @ParameterizedTest
    @ValueSource(strings = {"index.html", "metrics", "nothing", "api/v1/openapi.yaml", "api/v1/rooms", "api/v1/node"})
    void endsAfterAFewAnswers(String path) throws IOException {
        try (ApiServer server = ApiServer.open();
                RawHttp client = new RawHttp(server.uri())) {
            client.write(("GET " + server.uri().resolve(path).getPath()
                            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ApiServer.KEY + "\r\n\r\n")
                    .repeat(10 * FEW));
            String answers = client.untilTheEnd();
            assertEquals(FEW, found("HTTP/1\\.1 \\d", answers), answers);
            assertEquals(1, found("(?i)\r\nconnection: close\r\n", answers));
        }
    }

    /** Payara answers these itself, with a stack trace in its log for most. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET %s HTTP/1.1\r\nHost: a:-1",
                "GET %s HTTP/1.1\r\nHost:",
                "GET %s HTTP/1.1\r\nHost: :80",
                "GET http://a:-1%s HTTP/1.1\r\nHost: a",
                "GET %s HTTP/1.0\r\nConnection: keep-alive\r\nHost: a:-1",
                "GET %s%%zz HTTP/1.1\r\nHost: a",
                "GET /elsewhere HTTP/1.1\r\nHost: a:-1",
                "POST %s HTTP/1.1\r\nContent-Length: 0\r\nHost: a:-1",
                "TRACE %s HTTP/1.1\r\nHost: a"
            })
    void endsAfterOneThatIsForNoApplication(String head) throws IOException {
        try (ApiServer server = ApiServer.open();
                RawHttp first = new RawHttp(server.uri());
                RawHttp client = new RawHttp(server.uri())) {
            first.head("GET", "health/live", "");
            assertEquals(200, first.answer(true).status());
            client.write((String.format(head, server.uri().getPath()) + "\r\n\r\n").repeat(10 * FEW));
            String answers = client.untilTheEnd();
            assertEquals(1, found("HTTP/1\\.[01] \\d", answers), answers);
        }
    }

    private static long found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }
}

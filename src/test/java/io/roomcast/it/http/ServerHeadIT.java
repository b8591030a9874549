package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What Payara's limit for the head of a request leaves alone, though it watches the whole listener: bodies, and the
 * connections of other applications.
 */
@Tag("server")
@Tag("payara")
class ServerHeadIT {
    @Test
    void aBodyDoesNotCount() throws IOException, InterruptedException {
        String body = "       {\"sender\":\"ann\",\"content\":\"hi\"}";
        try (ApiServer server = ApiServer.open();
                RawHttp client = new RawHttp(server.uri())) {
            watch(client);
            client.write("POST " + server.uri().getPath() + "api/v1/rooms/slow/messages HTTP/1.1\r\n");
            pause(7);
            client.write("Host: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer " + ApiServer.KEY
                    + "\r\nContent-Length: " + body.length() + "\r\n\r\n");
            for (int i = 0; i < 7; i++) {
                client.write(body.substring(i, i + 1));
                pause(1);
            }
            client.write(body.substring(7));
            assertEquals(200, client.answer(true).status());
        }
    }

    @Test
    void anotherApplicationMayKeepItsConnection() throws IOException, InterruptedException {
        try (ApiServer server = ApiServer.open();
                RawHttp client = new RawHttp(server.uri())) {
            watch(client);
            for (int i = 0; i < 4; i++) {
                client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                client.answer(true);
                pause(4);
            }
        }
    }

    /** Payara's listener is watched from the first request for Roomcast on. */
    private static void watch(RawHttp client) throws IOException {
        client.head("GET", "index.html", "");
        assertEquals(200, client.answer(true).status());
    }

    /** The client's own pace: only a client that takes longer than the limit can show that the limit spares it. */
    private static void pause(int seconds) throws InterruptedException {
        Thread.sleep(Duration.ofSeconds(seconds).toMillis()); // The slowness of the client is the case.
    }
}

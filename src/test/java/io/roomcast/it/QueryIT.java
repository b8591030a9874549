package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.security.Handshake;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A handshake whose query is no URI's gets an answer, not a connection that ends without a word. */
class QueryIT {

    @ParameterizedTest
    @CsvSource({
        "user=ann&x=%C3%A4, 101",
        "a=%, 400",
        "since=%zz, 400",
        "a={}, 400",
        "a=|^, 400",
        "a=\u00ff\u00fe, 400",
    })
    void aHandshakeIsAnswered(String query, int status) throws IOException {
        try (TestServer server = TestServer.open()) {
            assertEquals(
                    status,
                    Handshake.to(server.room(TestServer.newRoom(), "ann"))
                            .query(query)
                            .status());
        }
    }
}

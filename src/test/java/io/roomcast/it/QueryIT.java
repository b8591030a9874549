package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Handshake;
import io.roomcast.support.TestServer;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A handshake with a query that no URI may have is answered. Otherwise its connection would end without an answer. */
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

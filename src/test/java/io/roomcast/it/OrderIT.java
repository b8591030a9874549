package io.roomcast.it;

import io.roomcast.config.LimitKeys;
import io.roomcast.support.OrderedAnswers;
import io.roomcast.support.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What concerns a room is answered in the order in which it was asked. */
class OrderIT {
    private static final long SEED = 35;

    @Test
    void answersDoNotOvertakeEachOther() {
        try (TestServer server = TestServer.open()) {
            // What a slow machine delivers late is not refused here.
            server.limit(LimitKeys.LAG, "0");
            OrderedAnswers.check(List.of(user -> server.webSocket("ws?user=" + user)), SEED);
        }
    }
}

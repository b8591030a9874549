package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.support.CapturedLog;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerLogTest {
    private final Logger server = Logger.getLogger("jakarta.enterprise.web.core");
    private CapturedLog written;

    @BeforeEach
    void listen() {
        server.setUseParentHandlers(false);
        written = CapturedLog.of(server.getName());
    }

    @AfterEach
    void listenNoMore() {
        written.close();
        server.setUseParentHandlers(true);
    }

    @Test
    void whatStrangersBringAboutIsWrittenNowAndThenAsLongAsTheApplicationIsThere() {
        ServerLog log = new ServerLog();
        log.limit(true);
        refuseRequests();
        assertEquals(1, written.messages(Level.ALL).size());
        log.restore();
        assertNull(server.getFilter());
        refuseRequests();
        assertEquals(1 + 10, written.messages(Level.ALL).size());
    }

    private void refuseRequests() {
        for (int i = 0; i < 10; i++) {
            IllegalStateException cause = new IllegalStateException("Host header a:-1");
            cause.setStackTrace(new StackTraceElement[0]);
            server.log(Level.SEVERE, "An exception or error occurred in the container", cause);
        }
    }
}

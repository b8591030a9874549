package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerLogTest {
    private final Logger server = Logger.getLogger("jakarta.enterprise.web.core");
    private final List<LogRecord> written = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            written.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        server.setUseParentHandlers(false);
        server.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        server.removeHandler(handler);
        server.setUseParentHandlers(true);
    }

    @Test
    void whatStrangersBringAboutIsWrittenNowAndThenAsLongAsTheApplicationIsThere() {
        ServerLog log = new ServerLog();
        log.limit();
        refuseRequests();
        assertEquals(1, written.size());
        log.restore();
        assertNull(server.getFilter());
        refuseRequests();
        assertEquals(1 + 10, written.size());
    }

    private void refuseRequests() {
        for (int i = 0; i < 10; i++) {
            IllegalStateException cause = new IllegalStateException("Host header a:-1");
            cause.setStackTrace(new StackTraceElement[0]);
            server.log(Level.SEVERE, "An exception or error occurred in the container", cause);
        }
    }
}

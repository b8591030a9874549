package io.roomcast.it.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Http;
import io.roomcast.support.machine.Ports;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node answers at the very moment at which it says that it is ready. */
@Tag("embedded")
class ReadyIT {
    private static final String KEY = "a-key-of-sixteen-or-more";

    /** Asks the node before whoever logs goes on. */
    private static final class Asking extends Handler {
        private final Http api;
        private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();

        private Asking(URI uri) {
            this.api = new Http(uri, KEY);
        }

        @Override
        public void publish(LogRecord line) {
            if (line.getMessage().equals("The node is ready")) {
                answers.add(api.send("GET", "/health/ready", null).statusCode());
                answers.add(api.send("GET", "/api/v1/nodes", null).statusCode());
                answers.add(api.send("GET", "/api/v1/users/x/erase", null).statusCode());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void aNodeThatIsReadyAnswers() throws IOException {
        int port = Ports.free();
        Asking asking = new Asking(URI.create("http://127.0.0.1:" + port + "/"));
        Logger logger = Logger.getLogger("io.roomcast.service.operations.Readiness");
        logger.addHandler(asking);
        try (EmbeddedServer server =
                EmbeddedServer.start(Map.of("roomcast.port", String.valueOf(port), "roomcast.api.key", KEY))) {
            assertEquals(port, server.port());
            assertEquals("[200, 200, 404]", asking.answers.toString());
        } finally {
            logger.removeHandler(asking);
        }
    }
}

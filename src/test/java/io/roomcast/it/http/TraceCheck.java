package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.roomcast.support.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The logs of the embedded server and of WildFly, which must have no stack trace when this is closed. */
final class TraceCheck implements AutoCloseable {
    private static final Path WILDFLY_LOG =
            Path.of(System.getProperty("wildfly.home", ""), "standalone/log/server.log");
    private static final Pattern TRACE = Pattern.compile("(?m)^\\s+at \\w");

    private final CapturedLog log = CapturedLog.of("");
    private final long logged;

    TraceCheck() throws IOException {
        logged = Files.exists(WILDFLY_LOG) ? Files.size(WILDFLY_LOG) : 0;
    }

    @Override
    public void close() throws IOException {
        log.close();
        assertFalse(log.hasTraces());
        if (Files.exists(WILDFLY_LOG)) {
            String lines = Files.readString(WILDFLY_LOG).substring((int) logged);
            assertFalse(TRACE.matcher(lines).find(), lines);
        }
    }
}

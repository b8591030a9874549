package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.redis.Certificates;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The load tester against a node behind TLS, with a certificate that nobody vouches for. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadTesterTlsIT {
    @TempDir
    private Path directory;

    @Test
    void everyDeliveryComesThroughTls() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start();
                TlsFront front = new TlsFront(Certificates.make(directory).context(), node.port())) {
            LoadRun run = LoadRun.with(
                    "--uri=" + front.uri(),
                    "--report=" + directory.resolve("picture.html"),
                    "--insecure",
                    "--connections=100",
                    "--rooms=5",
                    "--rate=200",
                    "--size=16384",
                    "--warmup=200ms",
                    "--hold=2s");
            assertEquals(LoadTester.RIGHT, run.exit(), run.printed());
            assertTrue(run.printed().contains("connections  100 of 100"), run.printed());
            assertTrue(run.printed().contains("every delivery right"), run.printed());
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start();
                TlsFront front = new TlsFront(Certificates.make(directory).context(), node.port())) {
            LoadRun run = LoadRun.with("--uri=" + front.uri(), "--connections=1", "--rooms=1");
            assertEquals(LoadTester.NOT_RUN, run.exit(), run.printed());
            assertTrue(run.printed().contains("--insecure"), run.printed());
        }
    }
}

package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.EmbeddedServer;
import io.roomcast.redis.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The load tester against a node behind TLS, with a certificate that nobody vouches for. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadTesterTlsIT {
    @TempDir
    private Path directory;

    private String printed;

    private int run(TlsFront front, String... arguments) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of("--uri", front.uri().toString()));
        all.addAll(List.of("--report", directory.resolve("picture.html").toString()));
        all.addAll(List.of(arguments));
        int exit = LoadTester.run(all.toArray(String[]::new), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        printed = bytes.toString(StandardCharsets.UTF_8);
        return exit;
    }

    @Test
    void everyDeliveryComesThroughTls() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start();
                TlsFront front = new TlsFront(Certificates.make(directory).context(), node.port())) {
            int exit = run(
                    front,
                    "--insecure",
                    "--connections=100",
                    "--rooms=5",
                    "--rate=200",
                    "--size=16384",
                    "--warmup=200ms",
                    "--hold=2s");
            assertEquals(LoadTester.RIGHT, exit, printed);
        }
        assertTrue(printed.contains("connections  100 of 100"), printed);
        assertTrue(printed.contains("every delivery right"), printed);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        try (EmbeddedServer node = EmbeddedServer.start();
                TlsFront front = new TlsFront(Certificates.make(directory).context(), node.port())) {
            int exit = run(front, "--connections=1", "--rooms=1");
            assertEquals(LoadTester.NOT_RUN, exit, printed);
        }
        assertTrue(printed.contains("--insecure"), printed);
    }
}

package io.roomcast.service.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.node.Threads;
import io.roomcast.support.ManualExecutor;
import io.roomcast.support.ManualTimer;
import io.roomcast.support.Stages;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An export has one last line, whatever happens. */
class ExportTest {
    private final ArchiveThread thread =
            new ArchiveThread(new Threads(new ManualExecutor(), new ManualTimer(), Thread::new));

    @Test
    void endsAlsoWhenTheNodeStops() {
        Export export = new Export(
                thread, () -> CompletableFuture.completedFuture(true), RecordLine.head(1), out -> 0, () -> {});
        assertEquals("{\"type\":\"export\",\"version\":1,\"at\":1}\n", next(export));
        thread.close();
        assertEquals("{\"type\":\"end\",\"messages\":0,\"complete\":false,\"error\":\"unavailable\"}\n", next(export));
        assertNull(Stages.get(export.next()));
    }

    private static String next(Export export) {
        return new String(Stages.get(export.next()), StandardCharsets.UTF_8);
    }
}

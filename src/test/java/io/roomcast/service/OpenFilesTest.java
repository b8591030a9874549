package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OpenFilesTest {

    @Test
    void someFilesAreKeptBack() {
        assertEquals(19_500, OpenFiles.sessions(20_000));
        assertEquals(854, OpenFiles.sessions(1_024));
        assertEquals(Long.MAX_VALUE, OpenFiles.sessions(-1));
    }

    @Test
    void whoIsRefusedNeedsAFileToo() {
        for (long files : new long[] {1_000, 1_024, 4_096, 20_000}) {
            long connections = OpenFiles.connections(files, 90);
            assertTrue(OpenFiles.sessions(files) + 30 < connections, files + ": " + connections);
            assertTrue(connections < files - 90);
        }
        assertEquals(Long.MAX_VALUE, OpenFiles.connections(-1, 90));
    }

    @Test
    void theSystemTellsHowManyThereAre() {
        assertTrue(OpenFiles.sessions() < Long.MAX_VALUE);
        assertTrue(OpenFiles.connections() < Long.MAX_VALUE);
    }
}

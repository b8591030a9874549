package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FileDescriptorsTest {

    @Test
    void someFilesAreKeptBack() {
        assertEquals(19_500, FileDescriptors.sessions(20_000));
        assertEquals(854, FileDescriptors.sessions(1_024));
        assertEquals(Long.MAX_VALUE, FileDescriptors.sessions(-1));
    }

    @Test
    void whoIsRefusedNeedsAFileToo() {
        for (long files : new long[] {1_000, 1_024, 4_096, 20_000}) {
            long connections = FileDescriptors.connections(files, 90);
            assertTrue(FileDescriptors.sessions(files) + 30 < connections, files + ": " + connections);
            assertTrue(connections < files - 90);
        }
        assertEquals(Long.MAX_VALUE, FileDescriptors.connections(-1, 90));
    }

    @Test
    void theSystemTellsHowManyThereAre() {
        assertTrue(FileDescriptors.sessions() < Long.MAX_VALUE);
        assertTrue(FileDescriptors.connections() < Long.MAX_VALUE);
    }
}

package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OpenFilesTest {

    @Test
    void someFilesAreKeptBack() {
        assertEquals(19_500, OpenFiles.sessions(20_000));
        assertEquals(896, OpenFiles.sessions(1_024));
        assertEquals(Long.MAX_VALUE, OpenFiles.sessions(-1));
    }

    @Test
    void theSystemTellsHowManyThereAre() {
        assertTrue(OpenFiles.sessions() < Long.MAX_VALUE);
    }
}

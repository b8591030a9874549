package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CpuTrackTest {
    private final CpuTrack track = new CpuTrack();

    @Test
    void nothingIsKnownFromOneReading() {
        assertEquals(Double.NaN, track.cores(0, 1));
        track.add(1, 5);
        assertEquals(Double.NaN, track.cores(0, 2));
    }

    @Test
    void betweenReadingsItIsUsedEvenly() {
        track.add(1, 5);
        track.add(2, 5.5);
        track.add(4, 8.5);
        assertEquals(0.5, track.cores(1, 2), 1e-9);
        assertEquals(1, track.cores(1.5, 2.5), 1e-9);
        assertEquals(3.5 / 3, track.cores(0, 100), 1e-9, "as far as is known");
        assertEquals(Double.NaN, track.cores(5, 6), "unknown");
    }

    @Test
    void anAnswerThatWasOvertakenIsLeftOut() {
        track.add(1, 5);
        track.add(3, 7);
        track.add(2, 9);
        assertEquals(1, track.cores(1, 3), 1e-9);
    }
}

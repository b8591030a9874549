package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SvgPlotTest {
    private static Phase phase(String name, double from, double to) {
        Phase phase = new Phase(name, from);
        phase.add(to, 5, 10, 20, new Histogram(3));
        return phase;
    }

    @Test
    void phasesAreMarkedAndNamedWhereThereIsRoom() {
        String svg = new SvgPlot("Title", "ms", new double[] {0, 50, 100}, "s")
                .phases(List.of(phase("warm-up", 0, 1), phase("hold", 1, 100)))
                .line("p50", new double[] {1, 2, 3})
                .svg();
        assertTrue(svg.contains("<title>warm-up</title>"), svg);
        assertFalse(svg.contains(">warm-up</text>"), "it would cover the next: " + svg);
        assertTrue(svg.contains(">hold</text>"), svg);
    }

    @Test
    void namesOfLinesAreText() {
        String svg = new SvgPlot("Title", "", new double[] {0, 1}, "s")
                .line("<b>a reason that is too long for the margin", new double[] {1, 2})
                .svg();
        assertFalse(svg.contains("<b>"), svg);
        assertTrue(svg.contains("&lt;b&gt;a reason that is…"), svg);
    }

    @Test
    void whatIsNotKnownIsNotDrawn() {
        String svg = new SvgPlot("Title", "", new double[] {0, 1, 2}, "s")
                .line("cores", new double[] {Double.NaN, 1, 2})
                .svg();
        assertFalse(svg.contains("NaN"), svg);
    }

    @Test
    void aPhaseHasItsOwnRates() {
        Phase phase = phase("hold", 10, 12);
        assertEquals(5, phase.publishedEach());
        assertEquals(10, phase.deliveredEach());
    }
}

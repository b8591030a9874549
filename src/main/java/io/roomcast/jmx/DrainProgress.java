package io.roomcast.jmx;

import io.roomcast.service.operations.Drain;

/**
 * A {@link Drain.Progress} for MXBeans. An MXBean converts an object with getters to composite data, which every
 * console can read. Some JDKs look at the components of a record, and some only at its getters. So each record here has
 * a getter for each component. It cannot inherit one: JDKs that look at components would refuse it.
 */
public record DrainProgress(String state, int planned, int remaining, long windowMillis, long elapsedMillis) {

    static DrainProgress of(Drain.Progress progress) {
        return new DrainProgress(
                progress.state().name(),
                progress.planned(),
                progress.remaining(),
                progress.windowMs(),
                progress.elapsedMs());
    }

    public String getState() {
        return state;
    }

    public int getPlanned() {
        return planned;
    }

    public int getRemaining() {
        return remaining;
    }

    public long getWindowMillis() {
        return windowMillis;
    }

    public long getElapsedMillis() {
        return elapsedMillis;
    }
}

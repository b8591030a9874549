package io.roomcast.jmx;

import io.roomcast.service.operations.Drain;

/**
 * A {@link Drain.Progress} for MXBeans. An MXBean converts an object with getters to composite data, which every console
 * can read. In JDKs before 21, MXBeans do not convert records without getters.
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

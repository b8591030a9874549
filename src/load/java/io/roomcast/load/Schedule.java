package io.roomcast.load;

/**
 * When messages are due: evenly apart, from a beginning on. Times are nanoseconds of one clock. It does not lose or gain
 * time where the distance is no whole number. Used by one thread.
 */
final class Schedule {
    private final double apart;
    private final long began;
    private long taken;

    /** @param rate messages a second, above 0 */
    Schedule(double rate, long began) {
        this.apart = 1e9 / rate;
        this.began = began;
    }

    /** When the next message is due. */
    long next() {
        return began + (long) (taken * apart);
    }

    /** Goes on to the message after it. @return when the message was due */
    long take() {
        long due = next();
        taken++;
        return due;
    }
}

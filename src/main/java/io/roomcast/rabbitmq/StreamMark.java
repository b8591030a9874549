package io.roomcast.rabbitmq;

import java.security.SecureRandom;
import java.time.Duration;

/**
 * What makes a stream known again. RabbitMQ gives streams no id, and does not tell their arguments. But it keeps numbers for
 * readers, by name, in the stream itself: as long as the stream, and longer than its records. A mark is such a number. A
 * stream that was deleted and made anew has another one, or none.
 *
 * @param random different for each stream
 * @param partitions of the whole log
 * @param keepMinutes how long a record is kept
 */
record StreamMark(long random, int partitions, int keepMinutes) {
    /** The name of the reader whose place in the stream is the mark. */
    static final String READER = "roomcast";

    private static final int KEEP_BITS = 20;
    private static final int PARTITIONS_BITS = 8;
    private static final int RANDOM_BITS = 34;
    /** No stream has so many records: RabbitMQ forgets places that the stream has let go of. */
    private static final long HIGH = 1L << (RANDOM_BITS + PARTITIONS_BITS + KEEP_BITS);

    static StreamMark make(int partitions, Duration keep) {
        long random = new SecureRandom().nextLong() & mask(RANDOM_BITS);
        return new StreamMark(random, partitions, (int) keep.toMinutes());
    }

    long number() {
        return HIGH | random << (PARTITIONS_BITS + KEEP_BITS) | (long) partitions << KEEP_BITS | keepMinutes;
    }

    /** @return null if no node has written the number */
    static StreamMark of(long number) {
        int partitions = (int) (number >> KEEP_BITS & mask(PARTITIONS_BITS));
        int keepMinutes = (int) (number & mask(KEEP_BITS));
        return number < HIGH || partitions == 0 || keepMinutes == 0
                ? null
                : new StreamMark(number >> (PARTITIONS_BITS + KEEP_BITS) & mask(RANDOM_BITS), partitions, keepMinutes);
    }

    private static long mask(int bits) {
        return (1L << bits) - 1;
    }

    long keepMillis() {
        return Duration.ofMinutes(keepMinutes).toMillis();
    }
}

package io.roomcast.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** When the clients of Kafka are to be made anew. */
class ConfirmationsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong read = new AtomicLong(10);
    private final Confirmations confirmations = new Confirmations(nanos::get, partition -> read.get());

    private void stored(long position) {
        confirmations.stored(
                1, new RecordMetadata(new TopicPartition("log", 1), position, 0, 0, 0, 0), confirmations.nextToRead(1));
    }

    private boolean isBrokenAfter(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        return confirmations.isBroken();
    }

    @Test
    void whatIsStoredIsReadSoon() {
        stored(10);
        assertFalse(isBrokenAfter(9));
        read.set(11);
        assertFalse(isBrokenAfter(9));
        stored(11);
        assertFalse(isBrokenAfter(9));
        stored(12);
        assertTrue(isBrokenAfter(2), "the first one is not read");
        confirmations.clear();
        assertFalse(isBrokenAfter(20));
    }

    @Test
    void nothingIsStoredWhereSomethingWasRead() {
        stored(10);
        assertFalse(isBrokenAfter(0));
        stored(9);
        stored(7);
        assertTrue(isBrokenAfter(0));
        assertEquals(Map.of(1, 7L), confirmations.storedAgain());
    }

    /** Kafka knows that it has the record already, and does not tell where. */
    @Test
    void aRepetitionWithoutAPositionSaysNothing() {
        stored(-1);
        assertFalse(isBrokenAfter(20));
    }

    @Test
    void aProducerThatTakesNothingIsReplaced() {
        confirmations.failed();
        assertTrue(isBrokenAfter(0));
    }
}

package io.roomcast.kafka;

import io.roomcast.replica.SendQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Sends records to Kafka, with one producer after the other. A record that Kafka has not stored within twice the timeout
 * fails, and is not sent any more. Kafka's producer, which blocks, has a thread of its own; this thread completes the
 * records.
 */
final class KafkaSender implements SendQueue.Sink {
    private static final Logger LOG = System.getLogger(KafkaSender.class.getName());

    private final KafkaSettings settings;
    private final Confirmations confirmations;
    private volatile KafkaProducer<byte[], byte[]> producer;
    /** What was said last; null after a success. */
    private volatile String lastFailure;

    KafkaSender(KafkaSettings settings, Confirmations confirmations) {
        this.settings = settings;
        this.confirmations = confirmations;
    }

    /** @param made null while Kafka cannot be used; what becomes of the records of the one before is not said any more */
    void use(KafkaProducer<byte[], byte[]> made) {
        producer = made;
    }

    /** The producer makes batches itself. A record that waits for it must not be late when its turn comes. */
    @Override
    public int maxBatch() {
        return 1;
    }

    @Override
    public void send(List<SendQueue.Sending> records) {
        records.forEach(this::send);
    }

    private void send(SendQueue.Sending next) {
        KafkaProducer<byte[], byte[]> current = producer;
        if (current == null) {
            next.fail("Kafka cannot be reached");
            return;
        }
        boolean isNote = next.partition() == SendQueue.NOTES;
        String topic = isNote ? settings.notesTopic() : settings.topic();
        int partition = isNote ? 0 : next.partition();
        long before = isNote ? 0 : confirmations.nextToRead(partition);
        try {
            var unused =
                    current.send(new ProducerRecord<>(topic, partition, null, next.record()), (stored, failure) -> {
                        if (failure == null) {
                            lastFailure = null;
                            if (!isNote) {
                                confirmations.stored(partition, stored, before);
                            }
                            next.stored().complete(null);
                        } else {
                            if (current == producer) {
                                report(failure);
                            }
                            next.fail("Kafka has not stored it: " + failure.getMessage());
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            // What concerns this record only is told to the callback.
            if (current == producer) {
                confirmations.failed();
                report(e);
            }
            throw e;
        }
    }

    /**
     * Says once what does not pass by itself, such as a missing right. A record that was given up leaves a hole in the
     * producer's sequence, which the records after it meet; the producer then begins another one.
     */
    private void report(Exception failure) {
        String why = String.valueOf(failure.getMessage());
        boolean passes = failure instanceof RetriableException || failure instanceof OutOfOrderSequenceException;
        if (!passes && !why.equals(lastFailure)) {
            lastFailure = why;
            LOG.log(Level.WARNING, "Kafka does not store records: {0}", why);
        }
    }
}

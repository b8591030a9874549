package io.roomcast.kafka;

import io.roomcast.replica.SendQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Sends records to Kafka. A record that Kafka has not stored within twice the timeout fails, and is not sent any more.
 * Kafka's producer, which blocks, has a thread of its own; this thread completes the records.
 */
final class KafkaSender implements SendQueue.Sink {
    private static final Logger LOG = System.getLogger(KafkaSender.class.getName());

    private final KafkaSettings settings;
    private final KafkaProducer<byte[], byte[]> producer;
    /** What was said last; null after a success. Only the producer's thread uses it. */
    private String lastFailure;

    KafkaSender(KafkaSettings settings, KafkaProducer<byte[], byte[]> producer) {
        this.settings = settings;
        this.producer = producer;
    }

    @Override
    public void send(List<SendQueue.Sending> records) {
        records.forEach(this::send);
    }

    private void send(SendQueue.Sending next) {
        boolean isNote = next.partition() == SendQueue.NOTES;
        String topic = isNote ? settings.notesTopic() : settings.topic();
        int partition = isNote ? 0 : next.partition();
        var unused = producer.send(new ProducerRecord<>(topic, partition, null, next.record()), (stored, failure) -> {
            if (failure == null) {
                lastFailure = null;
                next.stored().complete(null);
            } else {
                report(failure);
                next.fail("Kafka has not stored it: " + failure.getMessage());
            }
        });
    }

    /** Says once what does not pass by itself, such as a missing right. */
    private void report(Exception failure) {
        String why = String.valueOf(failure.getMessage());
        if (!(failure instanceof RetriableException) && !why.equals(lastFailure)) {
            lastFailure = why;
            LOG.log(Level.WARNING, "Kafka does not store records: {0}", why);
        }
    }
}

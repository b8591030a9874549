package io.roomcast.kafka;

import java.time.Duration;
import java.util.Map;

/**
 * How to reach Kafka, and what to make there.
 *
 * @param servers {@code host:port,...}
 * @param topic name of the topic of the log; that of the notes has {@code -notes} after it
 * @param partitions of the log, if the topic is made
 * @param replicas of both topics, if they are made
 * @param keep how long Kafka keeps a record, if the topic is made
 * @param timeout how long Kafka may take for an answer
 * @param further settings of Kafka's clients, such as those of TLS and of logins
 */
public record KafkaSettings(
        String servers,
        String topic,
        int partitions,
        int replicas,
        Duration keep,
        Duration timeout,
        Map<String, String> further) {

    String notesTopic() {
        return topic + "-notes";
    }
}

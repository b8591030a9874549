package io.roomcast.kafka;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The two topics: that of the log, and that of the notes, which nobody reads later. Its methods block. */
final class KafkaTopics {
    private static final Logger LOG = System.getLogger(KafkaTopics.class.getName());
    private static final int MAX_MESSAGE_BYTES = 4 << 20;
    /** Bytes that Kafka adds to a record. */
    private static final int OVERHEAD_BYTES = 1_024;

    private static final String STORED_TIME = "LogAppendTime";
    private static final String NOTES_MILLIS =
            Long.toString(Duration.ofMinutes(1).toMillis());
    private static final String SEGMENT_MILLIS =
            Long.toString(Duration.ofHours(1).toMillis());
    private static final int LOOKS = 20;
    private static final long LOOK_MILLIS = 100;
    private static final Duration LEAST = Duration.ofHours(2);

    /**
     * What Kafka says of the topic of the log.
     *
     * @param id of the topic; another topic of the same name has another one
     * @param reachMillis how long a record is kept
     * @param maxBytes of a record
     */
    record Found(Uuid id, int partitions, long reachMillis, int maxBytes) {}

    private final KafkaSettings settings;
    private final Admin admin;

    KafkaTopics(KafkaSettings settings, Admin admin) {
        this.settings = settings;
        this.admin = admin;
    }

    /**
     * Makes the topics that do not exist.
     *
     * @throws ExecutionException if Kafka does not answer, or refuses
     * @throws IllegalStateException if the topic cannot be used
     */
    Found prepare() throws ExecutionException, InterruptedException {
        create(new NewTopic(settings.topic(), Optional.of(settings.partitions()), replicas())
                .configs(configs(Long.toString(settings.keep().toMillis()), SEGMENT_MILLIS)));
        create(new NewTopic(settings.notesTopic(), Optional.of(1), replicas())
                .configs(configs(NOTES_MILLIS, NOTES_MILLIS)));
        TopicDescription description = find(settings.topic());
        for (int i = 0; i < LOOKS && description == null; i++) {
            // The server that answers may not have heard of it yet.
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            description = find(settings.topic());
        }
        if (description == null) {
            throw new IllegalStateException("topic " + settings.topic() + " of Kafka was made, and is not there");
        }
        return checked(description, config(settings.topic()));
    }

    /** Where the partitions of the log end, and under which leaders. */
    List<ListOffsetsResult.ListOffsetsResultInfo> ends(List<TopicPartition> log)
            throws ExecutionException, InterruptedException {
        ListOffsetsResult asked =
                admin.listOffsets(log.stream().collect(Collectors.toMap(each -> each, each -> OffsetSpec.latest())));
        List<ListOffsetsResult.ListOffsetsResultInfo> ends = new ArrayList<>();
        for (TopicPartition each : log) {
            ends.add(asked.partitionResult(each).get());
        }
        return ends;
    }

    private Optional<Short> replicas() {
        return Optional.of((short) settings.replicas());
    }

    private Map<String, String> configs(String retention, String segment) {
        return Map.of(
                "cleanup.policy",
                "delete",
                "message.timestamp.type",
                STORED_TIME,
                "retention.ms",
                retention,
                "retention.bytes",
                "-1",
                "segment.ms",
                segment,
                "max.message.bytes",
                Integer.toString(MAX_MESSAGE_BYTES),
                "min.insync.replicas",
                Integer.toString(settings.replicas() > 2 ? 2 : 1));
    }

    private void create(NewTopic topic) throws ExecutionException, InterruptedException {
        if (find(topic.name()) != null) {
            return;
        }
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** The id of the topic of the log; null if there is none. */
    Uuid id() throws ExecutionException, InterruptedException {
        TopicDescription found = find(settings.topic());
        return found == null ? null : found.topicId();
    }

    private TopicDescription find(String topic) throws ExecutionException, InterruptedException {
        try {
            return describe(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    private TopicDescription describe(String topic) throws ExecutionException, InterruptedException {
        return admin.describeTopics(Set.of(topic)).topicNameValues().get(topic).get();
    }

    private Config config(String topic) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).values().get(resource).get();
    }

    private static Found checked(TopicDescription topic, Config config) {
        long retention = Long.parseLong(config.get("retention.ms").value());
        String why = null;
        if (!STORED_TIME.equals(config.get("message.timestamp.type").value())) {
            why = "message.timestamp.type=" + STORED_TIME;
        } else if (!"delete".equals(config.get("cleanup.policy").value())) {
            why = "cleanup.policy=delete";
        } else if (!"-1".equals(config.get("retention.bytes").value())) {
            why = "retention.bytes=-1";
        } else if (retention >= 0 && retention < LEAST.toMillis()) {
            why = "a retention.ms of two hours or more";
        }
        if (why != null) {
            throw new IllegalStateException("topic " + topic.name() + " of Kafka must have " + why);
        }
        int replicas = topic.partitions().get(0).replicas().size();
        if (replicas > 2 && "1".equals(config.get("min.insync.replicas").value())) {
            LOG.log(
                    Level.WARNING,
                    "topic {0} of Kafka has min.insync.replicas=1: an acknowledged message may be on one server only",
                    topic.name());
        }
        int maxBytes = Integer.parseInt(config.get("max.message.bytes").value());
        return new Found(
                topic.topicId(),
                topic.partitions().size(),
                retention < 0 ? Duration.ofDays(7).toMillis() : retention,
                maxBytes - OVERHEAD_BYTES);
    }
}

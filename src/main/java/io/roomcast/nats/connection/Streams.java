package io.roomcast.nats.connection;

import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The streams of all nodes. Makes those that are missing, and warns of those that an operator or another node made
 * otherwise. Then appends a message for the time by the server's clock.
 */
public final class Streams {
    private static final Logger LOG = System.getLogger(Streams.class.getName());

    /** How long the presence of a room is kept after its last change or confirmation. */
    public static final Duration PRESENCE_AGE = Duration.ofMinutes(10);

    /** On clusters of servers of earlier versions, rooms lost their order, or nothing was acknowledged. */
    private static final String LEAST_WITH_REPLICAS = "2.15.0";

    private final JetStream jetStream;
    private final Subjects subjects;
    private final NatsSettings.Storage storage;
    private final ServerClock clock;
    private final String node;
    private final Duration leaseTime;

    /**
     * @param node name of this node that no other has, as part of a subject
     * @param leaseTime time after which a lease of presence expires
     */
    public Streams(
            JetStream jetStream,
            Subjects subjects,
            NatsSettings.Storage storage,
            ServerClock clock,
            String node,
            Duration leaseTime) {
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.storage = storage;
        this.clock = clock;
        this.node = node;
        this.leaseTime = leaseTime;
    }

    /** Makes the streams, and sets the clock. To be called while the connection is prepared. */
    public CompletionStage<Void> prepare() {
        if (storage.replicas() > 1 && !jetStream.isVersion(LEAST_WITH_REPLICAS)) {
            return CompletableFuture.failedFuture(new RelayUnavailableException(
                    "streams with replicas need NATS " + LEAST_WITH_REPLICAS + " or later"));
        }
        return create(
                        subjects.messages(),
                        new Config(subjects.messages(), subjects.prefix() + ".m.>", "file", storage.replicas())
                                .with("max_msgs_per_subject", storage.roomMessages())
                                .with("max_age", storage.age().toNanos())
                                .with("duplicate_window", Duration.ofMinutes(5).toNanos())
                                .with("allow_rollup_hdrs", true)
                                .republish(subjects.prefix() + ".m.>", subjects.prefix() + ".l.>", false))
                .thenCompose(done -> create(
                        subjects.presence(),
                        new Config(subjects.presence(), subjects.prefix() + ".p.>", "memory", storage.replicas())
                                .with("max_msgs_per_subject", 1)
                                .with("max_age", PRESENCE_AGE.toNanos())
                                .republish(subjects.prefix() + ".p.>", subjects.prefix() + ".l.>", true)))
                .thenCompose(done -> create(
                        subjects.leases(),
                        new Config(subjects.leases(), subjects.prefix() + ".k.>", "memory", storage.replicas())
                                .with("max_msgs_per_subject", 1)
                                .with("max_age", leaseTime.toNanos())))
                .thenCompose(done -> create(
                        subjects.agreements(),
                        new Config(subjects.agreements(), subjects.agreement(">"), "file", storage.replicas())
                                .with("max_msgs_per_subject", 1)))
                .thenCompose(done -> jetStream.appendWhilePreparing(
                        subjects.stored("!" + node), new Headers().put("Nats-Rollup", "sub")))
                .thenCompose(sequence -> jetStream.atWhilePreparing(subjects.messages(), sequence))
                .thenAccept(record -> {
                    if (record != null) {
                        clock.set(record.millis());
                    }
                });
    }

    private CompletionStage<Void> create(String stream, Config config) {
        return jetStream.create(stream, config.json()).thenAccept(answer -> {
            String differences = config.differences(JsonValueUtils.readObject(answer, "config"));
            if (!differences.isEmpty()) {
                LOG.log(Level.WARNING, "the stream {0} is kept as it is: {1}", stream, differences);
            }
        });
    }

    /** The configuration of a stream. */
    private static final class Config {
        private final Map<String, Object> members = new TreeMap<>();
        private String republish = "";

        Config(String name, String subject, String storage, int replicas) {
            members.put("name", name);
            members.put("subject", subject);
            members.put("storage", storage);
            members.put("num_replicas", (long) replicas);
            members.put("allow_direct", true);
        }

        Config with(String name, long value) {
            members.put(name, value);
            return this;
        }

        Config with(String name, boolean value) {
            members.put(name, value);
            return this;
        }

        Config republish(String from, String to, boolean headersOnly) {
            republish = ",\"republish\":{\"src\":\"" + from + "\",\"dest\":\"" + to + "\",\"headers_only\":"
                    + headersOnly + "}";
            return this;
        }

        String json() {
            StringBuilder json = new StringBuilder("{\"retention\":\"limits\",\"discard\":\"old\"");
            members.forEach((name, value) -> {
                if (name.equals("subject")) {
                    json.append(",\"subjects\":[\"").append(value).append("\"]");
                } else if (value instanceof String) {
                    json.append(",\"")
                            .append(name)
                            .append("\":\"")
                            .append(value)
                            .append('"');
                } else {
                    json.append(",\"").append(name).append("\":").append(value);
                }
            });
            return json.append(republish).append('}').toString();
        }

        /** The numbers that the stream has otherwise, as text; empty if there are none. */
        String differences(JsonValue actual) {
            StringBuilder text = new StringBuilder();
            members.forEach((name, value) -> {
                if (value instanceof Long expected) {
                    long found = JsonValueUtils.readLong(actual, name, 0);
                    if (found != expected) {
                        text.append(text.isEmpty() ? "" : ", ")
                                .append(name)
                                .append(" is ")
                                .append(found)
                                .append(", not ")
                                .append(expected);
                    }
                }
            });
            return text.toString();
        }
    }
}

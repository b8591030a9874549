package io.roomcast.metrics;

import java.util.Map;

/**
 * All counters of a node, with the names that {@code /metrics}, StatsD and the JMX console show. They count from the
 * start of the node. A new counter needs one line here, and one call of {@link NodeMetrics#increment} or
 * {@link NodeMetrics#add} at the event.
 *
 * <p>Counts by close code, error code or limit are not here: {@link NodeMetrics} keeps a map for each of the three.
 */
public enum Counter {
    SESSIONS_OPENED("roomcast.sessions.opened", "Sessions opened"),
    ACCEPTS_FAILED(
            "roomcast.accepts.failed", "Connections that could not be accepted, for want of files (embedded server)"),
    FRAMES_RECEIVED("roomcast.frames.received", "Frames from clients"),
    BYTES_RECEIVED("roomcast.received.bytes", "Bytes of WebSocket messages from clients, refused ones too"),

    MESSAGES_STORED("roomcast.messages.stored", "Messages that were published here and acknowledged"),
    MESSAGES_DELIVERED("roomcast.messages.delivered", "Messages handed to members, each counted for each member"),
    MESSAGES_REPLAYED("roomcast.messages.replayed", "Messages of the history sent to members that came back"),
    MESSAGES_DROPPED(
            "roomcast.messages.dropped", "Messages that a member's queue did not take: it was full, or is closed"),
    NOTICES_DROPPED(
            "roomcast.notices.dropped",
            "Presence and signals not handed to members: a member's queue was full or closed, or the room lagged"),
    BYTES_DELIVERED("roomcast.delivered.bytes", "Bytes handed to members"),
    BATCHES("roomcast.batches", "Batches that lanes made"),
    MESSAGES_BATCHED(
            "roomcast.messages.batched",
            "Messages in those batches, each counted once on every node that has members of its room"),
    LANE_OVERFLOWS(
            "roomcast.rooms.lags",
            "Times that a room left messages to the history because too many waited for its members"),
    RECOVERIES_COMPLETE("roomcast.recoveries", Help.RECOVERIES, "outcome", "recovered"),
    RECOVERIES_INCOMPLETE("roomcast.recoveries", Help.RECOVERIES, "outcome", "incomplete"),
    MEMBERS_BEHIND("roomcast.members.behind", "Members that were told to fetch messages that are not sent to them"),

    QUEUE_NOTICES_DROPPED("roomcast.slow.consumers", Help.SLOW, "step", "notice_dropped"),
    QUEUE_MESSAGES_FORGOTTEN("roomcast.slow.consumers", Help.SLOW, "step", "message_forgotten"),
    QUEUE_BEHIND_SENT("roomcast.slow.consumers", Help.SLOW, "step", "behind_sent"),
    QUEUE_CLOSED_STUCK("roomcast.slow.consumers", Help.SLOW, "step", "closed_stuck"),
    QUEUE_CLOSED_OVERFLOW("roomcast.slow.consumers", Help.SLOW, "step", "closed_overflow"),

    GAPS_SEEN("roomcast.relay.gaps", Help.GAPS, "stage", "seen"),
    GAPS_REPAIRED("roomcast.relay.gaps", Help.GAPS, "stage", "repaired"),
    GAPS_LOST("roomcast.relay.gaps", Help.GAPS, "stage", "lost"),
    MESSAGES_REPAIRED(
            "roomcast.relay.messages.repaired",
            "Messages that were read again, because the relay had not delivered them"),
    FOREIGN_ENVELOPES("roomcast.relay.foreign.envelopes", "Deliveries in the format of another version, read again"),
    RELAY_RECONNECTS("roomcast.relay.reconnects", "Connections to the relay made anew"),
    PROBES_FAILED("roomcast.relay.probes.failed", "Probes that did not come back through the relay in time");

    private final String series;
    private final String help;
    private final Map<String, String> labels;

    Counter(String series, String help) {
        this(series, help, Map.of());
    }

    Counter(String series, String help, String label, String value) {
        this(series, help, Map.of(label, value));
    }

    Counter(String series, String help, Map<String, String> labels) {
        this.series = series;
        this.help = help;
        this.labels = labels;
    }

    /**
     * The name with dots; Prometheus shows underscores and {@code _total}. Counters that differ only in a label have
     * the same name.
     */
    public String series() {
        return series;
    }

    public String help() {
        return help;
    }

    /** At most one label with its value. */
    public Map<String, String> labels() {
        return labels;
    }

    /** Help texts that several counters of one series share. */
    private static final class Help {
        static final String RECOVERIES = "Members that came back with a position";
        static final String SLOW = "What was done about clients that read too slowly, gentle steps first";
        static final String GAPS = "Holes in what the relay delivered to this node";

        private Help() {}
    }
}

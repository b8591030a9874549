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
    HANDSHAKES_OPENED("roomcast.handshakes", Help.HANDSHAKES, "outcome", "opened"),
    HANDSHAKES_MALFORMED("roomcast.handshakes", Help.HANDSHAKES, "outcome", "malformed"),
    HANDSHAKES_FOREIGN("roomcast.handshakes", Help.HANDSHAKES, "outcome", "origin"),
    HANDSHAKES_UNAUTHENTICATED("roomcast.handshakes", Help.HANDSHAKES, "outcome", "unauthenticated"),
    HANDSHAKES_FULL("roomcast.handshakes", Help.HANDSHAKES, "outcome", "full"),
    HANDSHAKES_OVERLOADED("roomcast.handshakes", Help.HANDSHAKES, "outcome", "overloaded"),
    HANDSHAKES_DRAINING("roomcast.handshakes", Help.HANDSHAKES, "outcome", "draining"),
    HTTP_POLLS("roomcast.http.requests", Help.OVER_HTTP, "address", "poll"),
    HTTP_SENDS("roomcast.http.requests", Help.OVER_HTTP, "address", "send"),
    HTTP_EVENTS("roomcast.http.requests", Help.OVER_HTTP, "address", "events"),
    SESSIONS_OPENED("roomcast.sessions.opened", "Sessions opened"),
    ACCEPTS_FAILED(
            "roomcast.accepts.failed",
            "Connections that the embedded server could not accept because no file was left"),
    FRAMES_RECEIVED("roomcast.frames.received", "Frames from clients, bad ones too"),
    BYTES_RECEIVED("roomcast.received.bytes", "Bytes of all WebSocket messages from clients, refused ones too"),

    MESSAGES_STORED("roomcast.messages.stored", "Publishes that were acknowledged here, repeated ones too"),
    MESSAGES_DELIVERED("roomcast.messages.delivered", "Messages handed to members, each counted for each member"),
    MESSAGES_REPLAYED("roomcast.messages.replayed", "Messages of the history sent to members that came back"),
    MESSAGES_DROPPED(
            "roomcast.messages.dropped",
            "Messages that were not put into a member's queue because it was full or closed"),
    NOTICES_DROPPED(
            "roomcast.notices.dropped",
            "Presence and signals that members were not sent: the queue was full or closed, or the room was "
                    + "overloaded. A signal that its publisher's node drops counts once for each member of the room "
                    + "there"),
    BYTES_DELIVERED("roomcast.delivered.bytes", "Bytes handed to members"),
    BATCHES("roomcast.batches", "Batches; a batch is the messages that a room delivers in one go"),
    MESSAGES_BATCHED(
            "roomcast.messages.batched",
            "Messages in batches, each once on every node that has members of its room, wherever it was published"),
    LANE_OVERFLOWS(
            "roomcast.rooms.lags",
            "How often a room left messages to the history because too many waited for its members"),
    RECOVERIES_COMPLETE("roomcast.recoveries", Help.RECOVERIES, "outcome", "recovered"),
    RECOVERIES_INCOMPLETE("roomcast.recoveries", Help.RECOVERIES, "outcome", "incomplete"),
    MEMBERS_BEHIND("roomcast.members.behind", "Members told to fetch what could not be delivered"),

    QUEUE_NOTICES_DROPPED("roomcast.slow.consumers", Help.SLOW, "step", "notice_dropped"),
    QUEUE_MESSAGES_FORGOTTEN("roomcast.slow.consumers", Help.SLOW, "step", "message_forgotten"),
    QUEUE_BEHIND_SENT("roomcast.slow.consumers", Help.SLOW, "step", "behind_sent"),
    QUEUE_CLOSED_STUCK("roomcast.slow.consumers", Help.SLOW, "step", "closed_stuck"),
    QUEUE_CLOSED_OVERFLOW("roomcast.slow.consumers", Help.SLOW, "step", "closed_overflow"),

    GAPS_SEEN("roomcast.relay.gaps", Help.GAPS, "stage", "seen"),
    GAPS_REPAIRED("roomcast.relay.gaps", Help.GAPS, "stage", "repaired"),
    GAPS_LOST("roomcast.relay.gaps", Help.GAPS, "stage", "lost"),
    MESSAGES_REPAIRED(
            "roomcast.relay.messages.repaired", "Messages read again because the relay had not delivered them"),
    UNKNOWN_ENVELOPES("roomcast.relay.foreign.envelopes", "Deliveries in the format of another version, read again"),
    ARCHIVE_STORED(
            "roomcast.archive.stored",
            "Messages that the archive has committed; divided by the commits, how many share one"),
    ARCHIVE_FAILED("roomcast.archive.failed", "Commits of messages, and checks, that the archive could not do"),
    ARCHIVE_DELETED("roomcast.archive.deleted", "Messages that the archive has deleted because they were too old"),
    ARCHIVE_ERASED("roomcast.archive.erased", "Messages that the archive has erased because somebody asked for it"),
    ARCHIVE_MISSED(
            "roomcast.archive.missed",
            "Messages that the relay had dropped before they could be copied to the archive"),
    ROOMS_RESTORED("roomcast.archive.rooms", Help.LOST_ROOMS, "outcome", "restored"),
    ROOMS_ENDED("roomcast.archive.rooms", Help.LOST_ROOMS, "outcome", "ended"),
    RELAY_RECONNECTS("roomcast.relay.reconnects", "New connections to the relay in place of lost ones"),
    PROBES_FAILED("roomcast.relay.probes.failed", "Probes that did not come back through the relay in two seconds");

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
        static final String HANDSHAKES =
                "WebSocket handshakes by outcome: opened, or refused with a status or with a close right behind it. The "
                        + "outcome full is a limit on sessions, overloaded are too many handshakes at once";
        static final String OVER_HTTP = "Requests for rooms over plain HTTP that were served";
        static final String RECOVERIES = "Members that came back with a position";
        static final String SLOW =
                "Steps against slow clients. message_forgotten counts messages that a full queue replaced by a gap; "
                        + "behind_sent counts the frames that tell clients of it";
        static final String GAPS =
                "Holes in what the relay delivered to this node; a hole is repaired, or lost for good";

        static final String LOST_ROOMS =
                "Rooms that the relay did not have any more, and that the archive knows: restored goes on in the same epoch, "
                        + "ended begins anew";

        private Help() {}
    }
}

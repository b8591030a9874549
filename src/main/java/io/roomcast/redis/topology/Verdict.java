package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.redis.connection.Envelope;
import java.util.Arrays;
import java.util.List;

/**
 * A reply of {@code lineage.lua}.
 *
 * @param details the further parts of the reply, which depend on the state
 */
record Verdict(State state, long lineage, String dataId, List<String> details) {
    static final String OTHER_VERSION_TEXT = "this node speaks version " + Envelope.VERSION
            + " of the protocol between nodes, but these nodes use the same Redis and roomcast.redis.prefix with another version;"
            + " stop them, or set another prefix for this node: ";

    /** The state of the data in a reply of {@code lineage.lua}, which explains the states. */
    enum State {
        /** The data may be used. */
        USABLE("open"),
        /** This node must compare its rooms with the data, and then call with {@code vouch}. */
        MUST_COMPARE("vouch"),
        /** This node must wait for other nodes, which have not compared their rooms yet. */
        MUST_WAIT("wait"),
        /** Nodes of another version use the data. */
        OTHER_VERSION("foreign");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** @param text the word in the reply of {@code lineage.lua} */
        static State of(String text) {
            return Arrays.stream(values())
                    .filter(state -> state.text.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(text));
        }
    }

    static Verdict of(Object reply) {
        List<String> parts = ((List<?>) reply)
                .stream().map(part -> new String((byte[]) part, UTF_8)).toList();
        return new Verdict(
                State.of(parts.get(0)), Long.parseLong(parts.get(1)), parts.get(2), parts.subList(3, parts.size()));
    }

    /** How many starts of nodes the data contain. Only for {@link State#USABLE}. */
    long startCount() {
        return Long.parseLong(details.get(0));
    }

    /** The run of Redis. Only for {@link State#USABLE}. */
    String run() {
        return details.get(1);
    }

    /** Whether the mark was written. A full Redis refuses the mark, but can still be read. */
    boolean markWritten() {
        return details.contains("marked");
    }

    /** This node's mark in the data; 0 if there is none. Only for {@link State#MUST_COMPARE}. */
    long ownMark() {
        return Long.parseLong(details.get(0));
    }

    /** Why the data may not be used. Only for the other states. */
    String refusal() {
        if (state == State.OTHER_VERSION) {
            return OTHER_VERSION_TEXT + String.join(", ", details.subList(1, details.size()));
        }
        return "Redis was restarted or failed over; this node waits for the reports of other nodes: "
                + String.join(", ", details);
    }
}

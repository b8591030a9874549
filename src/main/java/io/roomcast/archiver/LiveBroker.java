package io.roomcast.archiver;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Lives.Data;
import io.roomcast.relay.Lives.Placed;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A broker in whose data the lives of nodes are known, so that it carries out only what living nodes publish. Any thread
 * may call. No method blocks. Stages complete on a thread that must not block, and fail with
 * {@link io.roomcast.relay.RelayUnavailableException}.
 */
public interface LiveBroker {
    /** What became of a life. */
    enum Admitted {
        ADMITTED,
        /** The broker has other data than those that were named. */
        OTHER_DATA,
        /** Others took the life for dead. */
        EXPELLED
    }

    /** What became of a room without a numbering. */
    enum Begun {
        /** It has the numbering that was given, or a new one. */
        BEGUN,
        /** Somebody else was earlier. */
        PRESENT,
        /** The broker has other data than those that were named. */
        OTHER_DATA
    }

    /** The name of this node, which no other start of any node has. */
    String life();

    /** The data that this node has used last; empty if it has used none. */
    Optional<Data> data();

    /** Looks soon whether the broker still has the same data. */
    void look();

    /**
     * Admits publishes of a life with this number or a higher one. Others are refused from now on. Takes effect after all
     * that this node has sent before.
     */
    CompletionStage<Admitted> admit(String life, long number, Data data);

    /**
     * Refuses all that a life publishes from now on, and will not admit it again.
     *
     * @return false if the broker has other data
     */
    CompletionStage<Boolean> expel(String life, Data data);

    /** A life ends: it publishes nothing more. */
    CompletionStage<Boolean> end(String life, Data data);

    /** The names of nodes, as {@link #life}, that the broker has seen for so long. */
    CompletionStage<Set<String>> living(Duration time);

    /**
     * Begins the numbering of a room that has none.
     *
     * @param data those in which the archive was asked
     * @param placed the numbering; null for a new one
     * @param keys positions of recent messages, by the keys with which they were published
     */
    CompletionStage<Begun> begin(RoomName room, Data data, Placed placed, Map<String, Position> keys);
}

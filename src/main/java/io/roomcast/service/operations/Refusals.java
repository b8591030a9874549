package io.roomcast.service.operations;

import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.LogText;
import io.roomcast.node.Node;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;

/**
 * Counts what this node refuses, and keeps the last refusals, as many as {@code roomcast.refusals.kept} says. A newer
 * refusal replaces the oldest. Any thread; no method blocks.
 */
@ApplicationScoped
public class Refusals {
    private NodeMetrics metrics;
    private Clocks clocks;
    private Node node;
    private ShownAddresses addresses;
    private LimitWarnings limitWarnings;
    /** A ring: the refusal with the number n is at n modulo the length. */
    private AtomicReferenceArray<Refusal> kept;

    private final AtomicLong next = new AtomicLong();

    /** For the container's proxy. */
    protected Refusals() {}

    @Inject
    public Refusals(
            NodeMetrics metrics,
            Clocks clocks,
            Node node,
            ShownAddresses addresses,
            LimitWarnings limitWarnings,
            RoomcastConfig config) {
        this.metrics = metrics;
        this.clocks = clocks;
        this.node = node;
        this.addresses = addresses;
        this.limitWarnings = limitWarnings;
        this.kept = new AtomicReferenceArray<>(config.get(OperationKeys.REFUSALS_KEPT));
    }

    /**
     * Counts a refused request of a session.
     *
     * @param room room that the request named, or null
     * @param limit name of the key of the limit that was reached, or null
     */
    public void inSession(ClientSession session, RoomName room, String code, String text, String limit) {
        limitWarnings.inSession(limit, session, room);
        count(
                code,
                text,
                "session",
                session.id(),
                session.user(),
                room,
                session.arrival().address());
    }

    /**
     * Counts a refused connection.
     *
     * @param outcome counter of the outcome; null if the request was no WebSocket handshake
     * @param user user whom the connection names, or null
     * @param room room that the connection names, or null
     * @param remote address of the client, or null
     */
    public void atHandshake(Counter outcome, String code, String text, UserId user, RoomName room, String remote) {
        atHandshake(outcome, code, text, user, room, remote, null);
    }

    /**
     * As {@link #atHandshake(Counter, String, String, UserId, RoomName, String)}.
     *
     * @param limit name of the key of the limit that was reached, or null
     */
    public void atHandshake(
            Counter outcome, String code, String text, UserId user, RoomName room, String remote, String limit) {
        limitWarnings.atHandshake(limit, user, room, addresses.shown(remote));
        if (outcome != null) {
            metrics.increment(outcome);
        }
        count(code, text, "handshake", null, user, room, addresses.shown(remote));
    }

    /**
     * Counts a refused request of the server API.
     *
     * @param room room that the request names, or null
     * @param remote address of the caller, or null
     * @param limit name of the key of the limit that was reached, or null
     */
    public void inApi(String code, String text, RoomName room, String remote, String limit) {
        limitWarnings.inApi(limit, room, addresses.shown(remote));
        count(code, text, "api", null, null, room, addresses.shown(remote));
    }

    private void count(
            String code, String text, String via, String session, UserId user, RoomName room, String address) {
        metrics.refused(code);
        if (kept.length() > 0) {
            Refusal refusal = new Refusal(
                    clocks.wall().millis(),
                    node.name(),
                    code,
                    LogText.of(text),
                    via,
                    session,
                    user == null ? null : user.value(),
                    room == null ? null : room.value(),
                    address);
            kept.set((int) (next.getAndIncrement() % kept.length()), refusal);
        }
    }

    /** The last refusals to which {@code wanted} applies, the newest first. */
    public List<Refusal> last(int limit, Predicate<Refusal> wanted) {
        List<Refusal> last = new ArrayList<>();
        long newest = next.get() - 1;
        long oldest = Math.max(0, newest - kept.length() + 1);
        for (long number = newest; number >= oldest && last.size() < limit; number--) {
            Refusal refusal = kept.get((int) (number % kept.length()));
            if (refusal != null && wanted.test(refusal)) {
                last.add(refusal);
            }
        }
        return last;
    }
}

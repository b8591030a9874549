package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.UserName;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions of this node. Any thread. */
@ApplicationScoped
public class Sessions {
    private final ConcurrentHashMap<String, RoomSession> open = new ConcurrentHashMap<>();
    private ServerFrameWriter writer;
    private NodeMetrics metrics;
    private OutboundLimits limits;

    /** For the container's proxy. */
    protected Sessions() {}

    @Inject
    public Sessions(ServerFrameWriter writer, NodeMetrics metrics, RoomcastConfig config) {
        this.writer = writer;
        this.metrics = metrics;
        this.limits = new OutboundLimits(
                config.get(Keys.OUTBOUND_BYTES), config.get(Keys.OUTBOUND_AGE).toNanos());
    }

    /** @param identity null for a session that has yet to show its token */
    RoomSession open(Transport transport, Address address, Identity identity) {
        OutboundQueue queue = new OutboundQueue(transport, limits, !address.plain(), System::nanoTime);
        RoomSession session = new RoomSession(Node.randomId(9), address, identity, queue, writer);
        session.heard(System.nanoTime());
        open.put(session.id(), session);
        metrics.sessionOpened();
        return session;
    }

    /** @return false when that was done before */
    boolean remove(RoomSession session, int closeCode) {
        if (!open.remove(session.id(), session)) {
            return false;
        }
        session.queue().release();
        metrics.sessionClosed(closeCode);
        return true;
    }

    public Collection<RoomSession> all() {
        return open.values();
    }

    public int count() {
        return open.size();
    }

    /** Somebody who gave no name. */
    static UserName guest() {
        return new UserName("guest-"
                + Node.randomId(6)
                        .replaceAll("[^A-Za-z0-9]", "x")
                        .substring(0, 6)
                        .toLowerCase(Locale.ROOT));
    }
}

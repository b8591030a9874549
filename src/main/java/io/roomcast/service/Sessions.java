package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.RoomName;
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

    /**
     * @param user null for a guest
     * @param home the room of a connection to {@code /ws/{room}/{user}}, else null
     * @param plain whether the client may know nothing but room, sender and content
     */
    RoomSession open(Transport transport, UserName user, RoomName home, boolean plain) {
        OutboundQueue queue = new OutboundQueue(transport, limits, !plain, System::nanoTime);
        UserName name = user == null ? guest() : user;
        RoomSession session = new RoomSession(Node.randomId(9), name, home, plain, queue, writer);
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

    /** The open session with this id, or null. */
    public RoomSession find(String id) {
        return open.get(id);
    }

    public Collection<RoomSession> all() {
        return open.values();
    }

    public int count() {
        return open.size();
    }

    private static UserName guest() {
        return new UserName("guest-"
                + Node.randomId(6)
                        .replaceAll("[^A-Za-z0-9]", "x")
                        .substring(0, 6)
                        .toLowerCase(Locale.ROOT));
    }
}

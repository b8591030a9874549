package io.roomcast.service;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.Content;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.ServerFrameWriter.MessageBody;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a back end can ask for, that is no member of any room and is trusted with all of them. Any thread; nothing blocks. */
@ApplicationScoped
public class BackEnd {
    private static final int ROSTER_NAMES = 1_000;

    private Relay relay;
    private PresenceStore presence;
    private ServerFrameWriter writer;
    private SessionRegistry sessions;
    private NodeMetrics metrics;
    private Limits limits;

    /** For the container's proxy. */
    protected BackEnd() {}

    @Inject
    public BackEnd(
            Relay relay,
            PresenceStore presence,
            ServerFrameWriter writer,
            SessionRegistry sessions,
            NodeMetrics metrics,
            Limits limits) {
        this.relay = relay;
        this.presence = presence;
        this.writer = writer;
        this.sessions = sessions;
        this.metrics = metrics;
        this.limits = limits;
    }

    /**
     * Says something in a room, whoever is there.
     *
     * @param sender as members see it
     * @param key makes it repeatable, or null; back ends share their keys, and share none with users
     */
    public CompletionStage<Position> publish(RoomName room, UserName sender, Content content, String key) {
        limits.requireSize(content);
        byte[] body = writer.body(
                new MessageBody(room.value(), sender.value(), content.text(), System.currentTimeMillis(), key));
        long started = System.nanoTime();
        // No user's key begins with this: a user's name is not empty.
        String relayKey = key == null ? null : '\n' + key;
        return relay.publish(room, relayKey, body).whenComplete((position, failure) -> {
            metrics.record(Latency.PUBLISH, System.nanoTime() - started);
            if (failure == null) {
                metrics.increment(Counter.MESSAGES_STORED);
            }
        });
    }

    /** Messages after an offset; where that is -1, those before the other, of which 0 is the end. */
    public CompletionStage<HistoryPage> history(RoomName room, long after, long before, int limit) {
        return after >= 0 ? relay.historyAfter(room, after, limit) : relay.historyBefore(room, before, limit);
    }

    /** Who is in the room, on any node. */
    public CompletionStage<PresenceStore.Roster> members(RoomName room) {
        return presence.roster(room, ROSTER_NAMES);
    }

    /** Closes all sessions that the user has on this node; clients do not come back by themselves. @return how many */
    public int disconnect(UserName user) {
        List<ClientSession> theirs = sessions.all().stream()
                .filter(session -> user.equals(session.user()))
                .toList();
        theirs.forEach(session -> session.queue().close(CloseCode.KICKED, "disconnected by an administrator"));
        return theirs.size();
    }
}

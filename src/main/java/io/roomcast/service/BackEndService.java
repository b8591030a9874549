package io.roomcast.service;

import io.roomcast.node.Limits;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.Content;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What back ends and operators can ask for, over HTTP and JMX. They are members of no room and may act in all of them; the callers check
 * permissions. Any thread; nothing blocks.
 */
@ApplicationScoped
public class BackEndService {
    /** Names in a list of members, at most. */
    static final int ROSTER_NAMES = 1_000;

    private Publisher publisher;
    private Relay relay;
    private PresenceStore presence;
    private SessionRegistry sessions;
    private RoomJoins joins;
    private Limits limits;

    /** For the container's proxy. */
    protected BackEndService() {}

    @Inject
    public BackEndService(
            Publisher publisher,
            Relay relay,
            PresenceStore presence,
            SessionRegistry sessions,
            RoomJoins joins,
            Limits limits) {
        this.publisher = publisher;
        this.relay = relay;
        this.presence = presence;
        this.sessions = sessions;
        this.joins = joins;
        this.limits = limits;
    }

    /**
     * Publishes a message in a room, whoever is there.
     *
     * @param sender as members see it
     * @param key makes the publish repeatable, or null; back ends share their keys, and share none with users
     * @throws io.roomcast.protocol.ProtocolException {@code too_large}
     */
    public CompletionStage<Position> publish(RoomName room, UserName sender, Content content, String key) {
        limits.requireSize(content);
        return publisher.publishForBackEnd(room, sender, content, key);
    }

    /**
     * A page of a room's messages.
     *
     * @param after the offset before the page; -1 to use {@code before}
     * @param before the offset behind the page; 0 for the newest messages
     */
    public CompletionStage<HistoryPage> history(RoomName room, long after, long before, int limit) {
        return after >= 0 ? relay.historyAfter(room, after, limit) : relay.historyBefore(room, before, limit);
    }

    /** Who is in the room, on any node. */
    public CompletionStage<PresenceStore.Roster> members(RoomName room) {
        return presence.roster(room, ROSTER_NAMES);
    }

    /** Closes all sessions of the user on this node (4500): clients do not come back by themselves. @return how many */
    public int disconnect(UserName user) {
        List<ClientSession> theirs = sessions.all().stream()
                .filter(session -> user.equals(session.user()))
                .toList();
        theirs.forEach(session -> session.queue().close(CloseCode.KICKED, "disconnected by an administrator"));
        return theirs.size();
    }

    /**
     * Takes every session of this node out of the room; each is sent {@code left}. A session whose address names the room is closed (4500).
     *
     * @return how many were in it
     */
    public int closeRoom(RoomName room) {
        int count = 0;
        for (ClientSession session : sessions.all()) {
            if (session.membership(room) != null) {
                joins.putOut(session, room, () -> true, () -> {
                    if (room.equals(session.boundRoom())) {
                        session.queue().closeWhenDrained(CloseCode.KICKED, "the room was closed by an administrator");
                    }
                });
                count++;
            }
        }
        return count;
    }
}

package io.roomcast.service;

import io.roomcast.node.Author;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.RoomSettings;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Payload;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchPage;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Serves the requests of back ends and operators, over HTTP and JMX. These callers are members of no room, and may act
 * in every room. The HTTP API and JMX check their permissions. Any thread; no method blocks.
 */
@ApplicationScoped
public class BackEndService {
    private static final Logger LOG = System.getLogger(BackEndService.class.getName());
    /** Most names in a list of members. */
    static final int ROSTER_NAMES = 1_000;

    private Publisher publisher;
    private Relay relay;
    private PresenceStore presence;
    private SessionRegistry sessions;
    private RoomJoins joins;
    private LeasedSessions leases;
    private Expulsions expulsions;
    private Limits limits;
    private RoomSettings settings;
    private Searching searching;

    /** For the container's proxy. */
    protected BackEndService() {}

    @Inject
    public BackEndService(
            Publisher publisher,
            Relay relay,
            PresenceStore presence,
            SessionRegistry sessions,
            RoomJoins joins,
            LeasedSessions leases,
            Expulsions expulsions,
            Limits limits,
            RoomSettings settings,
            Searching searching) {
        this.publisher = publisher;
        this.relay = relay;
        this.presence = presence;
        this.sessions = sessions;
        this.joins = joins;
        this.leases = leases;
        this.expulsions = expulsions;
        this.limits = limits;
        this.settings = settings;
        this.searching = searching;
    }

    /**
     * Publishes a message in a room, even if the room has no members.
     *
     * @param sender sender that the members see, a user or anything else
     * @param idempotencyKey null if the publish is never repeated; all back ends share one set of keys, which
     *     is separate from the keys of users
     * @throws io.roomcast.protocol.ProtocolException {@code too_large}
     */
    public CompletionStage<Position> publish(RoomName room, User sender, Payload payload, String idempotencyKey) {
        limits.requireSize(payload);
        return publisher.publishForBackEnd(room, sender, payload, idempotencyKey);
    }

    /**
     * Publishes several messages in a room, in order and in one step: all, or those before the first that is refused.
     *
     * @param sender as for {@link #publish}
     * @return what is stored, and why the next message is not; fails if nothing is stored
     * @throws io.roomcast.protocol.ProtocolException {@code too_large}, if there are too many, or the first is too
     *     large
     */
    public CompletionStage<Relay.Prefix> publishAll(RoomName room, User sender, ClientFrame.PublishAll several) {
        limits.requireBatch(several.given());
        Beginning beginning = new Beginning(several.messages(), several.refusal());
        beginning.cutBefore(message -> limits.requireSize(message.payload()));
        return publisher.publishAllForBackEnd(room, sender, beginning);
    }

    /**
     * Reads a page of a room's messages.
     *
     * @param before position before which the page ends, or null
     * @param after position after which the page begins, or null; with neither, the page has the newest messages
     * @param limit most messages of the page
     * @return fails with {@code renumbered} if the position is of an old epoch
     */
    public CompletionStage<HistoryPage> history(RoomName room, Position before, Position after, int limit) {
        return HistoryReads.read(relay, room, before, after, limit);
    }

    /**
     * Looks for messages by their words.
     *
     * @param search its rooms are empty for all rooms
     * @return fails with {@code not_implemented} if nothing is kept that can be searched
     */
    public CompletionStage<SearchPage> search(ClientFrame.Search search) {
        return searching.search(search, search.rooms().isEmpty() ? null : search.rooms());
    }

    /** The users in the room, on all nodes. */
    public CompletionStage<PresenceStore.Roster> members(RoomName room) {
        return presence.roster(room, ROSTER_NAMES);
    }

    /**
     * Closes all sessions of the user on this node (4500). After this code, clients do not reconnect by themselves.
     *
     * @return number of closed sessions
     */
    public int disconnect(UserId user, Author author) {
        List<ClientSession> ofUser = sessions.all().stream()
                .filter(session -> user.equals(session.user()))
                .toList();
        expulsions.disconnected(user);
        ofUser.forEach(this::kick);
        LOG.log(
                Level.INFO,
                "User " + LogText.of(user.value()) + " was disconnected (sessions: " + ofUser.size() + "), by "
                        + author.text());
        return ofUser.size();
    }

    /**
     * Closes the session with this id (4500), if this node has the session.
     *
     * @return number of closed sessions: 1 or 0
     */
    public int disconnect(String sessionId, Author author) {
        ClientSession session = sessions.find(sessionId);
        expulsions.disconnected(sessionId);
        if (session == null) {
            return 0;
        }
        kick(session);
        LOG.log(
                Level.INFO,
                "A session of user "
                        + (session.user() == null
                                ? "nobody yet"
                                : LogText.of(session.user().value())) + " was disconnected, by " + author.text());
        return 1;
    }

    private void kick(ClientSession session) {
        if (session.isOverHttp()) {
            leases.disconnect(session);
        } else {
            session.queue().close(CloseCode.KICKED, LeasedSessions.KICKED_TEXT);
        }
    }

    /** What holds in the room on this node, and which keys say so. */
    public List<RoomSettings.Shown> settings(RoomName room) {
        return settings.shown(room);
    }

    /** The epoch of the room, and the offset of its last message; 0 if there is none. */
    public CompletionStage<Position> position(RoomName room) {
        return relay.position(room);
    }

    /**
     * Removes every session of this node from the room. Each of these sessions is sent {@code left}. If the URL of a
     * session names the room, the session is closed (4500).
     *
     * @return number of sessions that were in the room
     */
    public int closeRoom(RoomName room, Author author) {
        expulsions.removed(room, null);
        int count = empty(room, session -> true, "the room was closed by an administrator");
        LOG.log(
                Level.INFO,
                "Room " + LogText.of(room.value()) + " was closed (sessions that left: " + count + "), by "
                        + author.text());
        return count;
    }

    /**
     * Removes the sessions of a user on this node from the room, as {@link #closeRoom} removes all.
     *
     * @return number of sessions that were in the room
     */
    public int remove(RoomName room, UserId user, Author author) {
        expulsions.removed(room, user);
        int count = empty(room, session -> user.equals(session.user()), "removed from the room by a moderator");
        LOG.log(
                count == 0 ? Level.DEBUG : Level.INFO,
                "User " + LogText.of(user.value()) + " was removed from room " + LogText.of(room.value())
                        + " (sessions that left: " + count + "), by " + author.text());
        return count;
    }

    private int empty(RoomName room, Predicate<ClientSession> which, String text) {
        int count = 0;
        for (ClientSession session : sessions.all()) {
            if (session.isOverHttp()) {
                count += which.test(session) && leases.remove(session, room) ? 1 : 0;
            } else if (session.membership(room) != null && which.test(session)) {
                joins.removeFromRoom(session, room, () -> true, () -> {
                    if (room.equals(session.urlRoom())) {
                        session.queue().closeWhenFlushed(CloseCode.KICKED, text);
                    }
                });
                count++;
            }
        }
        return count;
    }
}

package io.roomcast.service;

import io.roomcast.node.Author;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.NodeStarted;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.cluster.Cluster;
import io.roomcast.service.cluster.ClusterAnswer;
import io.roomcast.service.cluster.Topic;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What operators do on all nodes at once, and what they see of a room or of limits there. Any thread; no blocking. */
@ApplicationScoped
public class ClusterOperations {
    /** The name or id of what is asked for. */
    public record Subject(String name, String author) {}

    /** A user in a room. */
    public record Visitor(String room, String user, String author) {}

    /** To how many sessions the operation applied on a node. */
    public record Affected(int sessions) {}

    /**
     * A room on one node.
     *
     * @param members sessions in the room
     * @param eventsWaiting messages, joins and leaves that wait for the lane of the room
     * @param bytesWaiting bytes of these messages
     * @param waitingMs how long the oldest of these events has been waiting, in milliseconds
     */
    public record RoomThere(int members, int eventsWaiting, long bytesWaiting, long waitingMs) {}

    /** A limit and its new value. With the key null, nothing is changed. */
    public record LimitChange(String key, String value, String author) {}

    /** The limits of a node by their keys: counts, bytes and milliseconds. */
    public record LimitsThere(Map<String, Long> limits) {}

    private static final Topic<Subject, Affected> DISCONNECT_USER =
            new Topic<>("disconnect-user", Subject.class, Affected.class);
    private static final Topic<Subject, Affected> DISCONNECT_SESSION =
            new Topic<>("disconnect-session", Subject.class, Affected.class);
    private static final Topic<Subject, Affected> CLOSE_ROOM = new Topic<>("close-room", Subject.class, Affected.class);
    private static final Topic<Visitor, Affected> REMOVE = new Topic<>("remove", Visitor.class, Affected.class);
    private static final Topic<Subject, RoomThere> ROOM = new Topic<>("room", Subject.class, RoomThere.class);
    private static final Topic<LimitChange, LimitsThere> LIMITS =
            new Topic<>("limits", LimitChange.class, LimitsThere.class);

    private Cluster cluster;
    private BackEndService backEnd;
    private RoomRegistry rooms;
    private Limits limits;

    /** For the container's proxy. */
    protected ClusterOperations() {}

    @Inject
    public ClusterOperations(Cluster cluster, BackEndService backEnd, RoomRegistry rooms, Limits limits) {
        this.cluster = cluster;
        this.backEnd = backEnd;
        this.rooms = rooms;
        this.limits = limits;
    }

    void onNodeStarted(@Observes NodeStarted event) {
        cluster.serve(
                DISCONNECT_USER,
                user -> new Affected(backEnd.disconnect(new UserId(user.name()), authorOf(user.author()))));
        cluster.serve(
                DISCONNECT_SESSION,
                session -> new Affected(backEnd.disconnect(session.name(), authorOf(session.author()))));
        cluster.serve(
                CLOSE_ROOM,
                room -> new Affected(backEnd.closeRoom(new RoomName(room.name()), authorOf(room.author()))));
        cluster.serve(
                REMOVE,
                visitor -> new Affected(backEnd.remove(
                        new RoomName(visitor.room()), new UserId(visitor.user()), authorOf(visitor.author()))));
        cluster.serve(ROOM, room -> roomHere(new RoomName(room.name())));
        cluster.serve(LIMITS, this::changeHere);
    }

    /** Closes all sessions of the user (4500), as {@link BackEndService#disconnect(UserId, Author)} does on a node. */
    public CompletionStage<ClusterAnswer<Affected>> disconnect(UserId user, Author author) {
        return cluster.ask(DISCONNECT_USER, new Subject(user.value(), author.text()));
    }

    /** Closes the session with this id (4500), whatever node has it. */
    public CompletionStage<ClusterAnswer<Affected>> disconnect(String sessionId, Author author) {
        return cluster.ask(DISCONNECT_SESSION, new Subject(sessionId, author.text()));
    }

    /** Takes all members out of the room, as {@link BackEndService#closeRoom} does on one node. */
    public CompletionStage<ClusterAnswer<Affected>> closeRoom(RoomName room, Author author) {
        return cluster.ask(CLOSE_ROOM, new Subject(room.value(), author.text()));
    }

    /** Takes a user out of the room, as {@link BackEndService#remove} does on one node. */
    public CompletionStage<ClusterAnswer<Affected>> remove(RoomName room, UserId user, Author author) {
        return cluster.ask(REMOVE, new Visitor(room.value(), user.value(), author.text()));
    }

    /** What each node has of the room. */
    public CompletionStage<ClusterAnswer<RoomThere>> room(RoomName room) {
        return cluster.ask(ROOM, new Subject(room.value(), null));
    }

    /** The limits of all nodes. */
    public CompletionStage<ClusterAnswer<LimitsThere>> limits() {
        return cluster.ask(LIMITS, new LimitChange(null, null, null));
    }

    /**
     * Changes a limit on all nodes, as {@link Limits#set} does on one node. A node that starts later has its own
     * configuration.
     *
     * @throws IllegalArgumentException if no limit has this key, or the value is not valid for it; no node has changed
     *     its limit then
     */
    public CompletionStage<ClusterAnswer<LimitsThere>> setLimit(String key, String value, Author author) {
        limits.check(key, value);
        return cluster.ask(LIMITS, new LimitChange(key, value, author.text()));
    }

    /** @param text as another node sent it; null if that node has an earlier version */
    private static Author authorOf(String text) {
        return new Author(text == null ? "another node" : LogText.of(text));
    }

    private RoomThere roomHere(RoomName name) {
        Room room = rooms.find(name);
        if (room == null) {
            return new RoomThere(0, 0, 0, 0);
        }
        Room.LaneLoad load = room.laneLoad();
        return new RoomThere(
                room.size(), load.events(), load.bytes(), TimeUnit.NANOSECONDS.toMillis(load.waitingNanos()));
    }

    private LimitsThere changeHere(LimitChange change) {
        if (change.key() != null) {
            limits.set(change.key(), change.value(), authorOf(change.author()));
        }
        return new LimitsThere(limits.all());
    }
}

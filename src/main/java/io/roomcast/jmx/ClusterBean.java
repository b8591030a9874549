package io.roomcast.jmx;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore;
import io.roomcast.service.BackEndService;
import io.roomcast.service.ClusterOperations;
import io.roomcast.service.ClusterOperations.Affected;
import io.roomcast.service.ClusterOperations.RoomThere;
import io.roomcast.service.cluster.ClusterAnswer;
import io.roomcast.service.cluster.ClusterNodes;
import io.roomcast.service.cluster.ClusterRefusals;
import io.roomcast.service.cluster.ClusterSessions;
import io.roomcast.service.cluster.NodeRooms;
import io.roomcast.service.cluster.RefusalQuery;
import io.roomcast.service.cluster.SessionQuery;
import io.roomcast.service.records.Erasures;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Implements {@link ClusterMXBean}, with the same questions as the server API. Any thread. */
@ApplicationScoped
public class ClusterBean implements ClusterMXBean {
    private ClusterSessions sessions;
    private ClusterRefusals refusals;
    private ClusterOperations operations;
    private BackEndService backEnd;
    private ClusterNodes nodes;
    private Erasures erasures;

    /** For the container's proxy. */
    protected ClusterBean() {}

    @Inject
    public ClusterBean(
            ClusterSessions sessions,
            ClusterRefusals refusals,
            ClusterOperations operations,
            BackEndService backEnd,
            ClusterNodes nodes,
            Erasures erasures) {
        this.sessions = sessions;
        this.refusals = refusals;
        this.operations = operations;
        this.backEnd = backEnd;
        this.nodes = nodes;
        this.erasures = erasures;
    }

    @Override
    public NodeList nodes() {
        return NodeList.of(RelayReplies.await(nodes.nodes()));
    }

    @Override
    public RoomList rooms(String prefix, int limit) {
        int most = OperatorInput.within("limit", limit, NodeRooms.MAX_ROOMS);
        return RoomList.of(RelayReplies.await(nodes.rooms(OperatorInput.text(prefix))), most);
    }

    @Override
    public SessionList sessions(String user, String order, int limit) {
        SessionQuery query = new SessionQuery(
                optionalUser(user),
                null,
                SessionQuery.Order.of(OperatorInput.isLeftOut(order) ? "waiting" : order.strip()),
                null,
                OperatorInput.within("limit", limit, SessionQuery.MAX_SESSIONS),
                SessionQuery.FEW_ROOMS);
        return SessionList.of(RelayReplies.await(sessions.list(query)));
    }

    @Override
    public SessionList session(String session) {
        return SessionList.of(RelayReplies.await(sessions.find(OperatorInput.text(session))));
    }

    @Override
    public SessionList where(String user) {
        SessionQuery query = SessionQuery.ofUser(OperatorInput.user(user).value());
        return SessionList.of(RelayReplies.await(sessions.list(query)));
    }

    @Override
    public ClusterResult disconnect(String session) {
        return result(operations.disconnect(OperatorInput.text(session), ConsoleAuthor.current()));
    }

    @Override
    public ClusterResult kick(String user) {
        return result(operations.disconnect(OperatorInput.user(user), ConsoleAuthor.current()));
    }

    @Override
    public ErasureReport erase(String user) {
        UserId id = OperatorInput.user(user);
        return ErasureReport.of(RelayReplies.await(CompletableFuture.completedFuture(id)
                .thenApply(known -> erasures.begin(known, room -> true, ConsoleAuthor.current()))));
    }

    @Override
    public ErasureReport erasure(String user) {
        return ErasureReport.of(RelayReplies.await(erasures.find(OperatorInput.user(user))));
    }

    @Override
    public ClusterRoom look(String room) {
        RoomName name = OperatorInput.room(room);
        ClusterAnswer<RoomThere> there = RelayReplies.await(operations.room(name));
        PresenceStore.Roster roster = RelayReplies.await(backEnd.members(name));
        Position position = RelayReplies.await(backEnd.position(name));
        return new ClusterRoom(
                name.value(),
                position.epoch(),
                position.offset(),
                roster.count(),
                roster.users().stream().map(OperatorText::user).toList(),
                there.answers().stream().map(RoomOnNode::of).toList(),
                RoomSetting.of(backEnd.settings(name)),
                there.answered(),
                there.silent(),
                there.complete());
    }

    @Override
    public ClusterResult close(String room) {
        return result(operations.closeRoom(OperatorInput.room(room), ConsoleAuthor.current()));
    }

    private static ClusterResult result(CompletionStage<ClusterAnswer<Affected>> stage) {
        ClusterAnswer<Affected> answer = RelayReplies.await(stage);
        return ClusterResult.of(answer.sum(Affected::sessions), answer);
    }

    @Override
    public Map<String, Map<String, Long>> limits() {
        Map<String, Map<String, Long>> limits = new TreeMap<>();
        RelayReplies.await(operations.limits())
                .answers()
                .forEach(each -> limits.put(each.node(), each.answer().limits()));
        return limits;
    }

    @Override
    public ClusterResult setLimit(String key, String value) {
        return ClusterResult.of(0, RelayReplies.await(operations.setLimit(key, value, ConsoleAuthor.current())));
    }

    @Override
    public RefusalList refusals(String user, String code, int limit) {
        RefusalQuery query = new RefusalQuery(
                OperatorInput.isLeftOut(code) ? null : code.strip(),
                optionalUser(user),
                null,
                null,
                OperatorInput.within("limit", limit, RefusalQuery.MAX_REFUSALS));
        return RefusalList.of(RelayReplies.await(refusals.last(query)));
    }

    private static String optionalUser(String user) {
        return OperatorInput.isLeftOut(user) ? null : OperatorInput.user(user).value();
    }
}

package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.identity.ApiPermission;
import io.roomcast.node.RoomSettings;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.UserId;
import io.roomcast.service.BackEndService;
import io.roomcast.service.ClusterOperations;
import io.roomcast.service.ClusterOperations.LimitsThere;
import io.roomcast.service.ClusterOperations.RoomThere;
import io.roomcast.service.cluster.ClusterAnswer;
import io.roomcast.service.cluster.ClusterNodes;
import io.roomcast.service.cluster.ClusterNodes.NodeThere;
import io.roomcast.service.cluster.ClusterRefusals;
import io.roomcast.service.cluster.NodeRooms;
import io.roomcast.service.cluster.RefusalQuery;
import io.roomcast.service.cluster.RoomSize;
import io.roomcast.service.operations.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Serves the routes about nodes, rooms, refusals and limits of the whole cluster, for operators. Any thread; does not
 * block.
 */
@ApplicationScoped
public class ClusterApi {
    private static final int DEFAULT_REFUSALS = 50;
    private static final int DEFAULT_ROOMS = 100;

    /** A room on one node. */
    public record RoomOnNode(String node, int members, int eventsWaiting, long bytesWaiting, long waitingMs) {}

    /** @param settings of the node that answers */
    public record Look(
            String room,
            String epoch,
            long offset,
            long userCount,
            List<ServerFrame.Person> users,
            List<RoomOnNode> nodes,
            List<RoomSettings.Shown> settings,
            Reach cluster) {}

    public record Nodes(long sessions, List<NodeThere> nodes, Reach cluster) {}

    public record Rooms(int count, boolean cut, List<RoomSize> rooms, Reach cluster) {}

    public record Closed(String room, long members, Reach cluster) {}

    public record RefusalList(Map<String, Long> counts, List<Refusal> last, Reach cluster) {}

    public record NodeLimits(String node, Map<String, Long> limits) {}

    public record AllLimits(List<NodeLimits> nodes, Reach cluster) {}

    private BackEndService backEnd;
    private ClusterOperations operations;
    private ClusterRefusals refusals;
    private ClusterNodes nodes;

    /** For the container's proxy. */
    protected ClusterApi() {}

    @Inject
    public ClusterApi(
            BackEndService backEnd, ClusterOperations operations, ClusterRefusals refusals, ClusterNodes nodes) {
        this.backEnd = backEnd;
        this.operations = operations;
        this.refusals = refusals;
        this.nodes = nodes;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(
                new Route("GET", "/nodes", ApiPermission.OPERATE, (request, caller) -> nodes()),
                new Route("GET", "/rooms", ApiPermission.READ, this::rooms),
                new Route("GET", "/rooms/{room}", ApiPermission.OPERATE, this::look),
                new Route("POST", "/rooms/{room}/close", ApiPermission.OPERATE, this::close),
                new Route("GET", "/refusals", ApiPermission.OPERATE, this::refusals),
                new Route("GET", "/limits", ApiPermission.OPERATE, (request, caller) -> limits()),
                new Route("POST", "/limits", ApiPermission.OPERATE, this::setLimit));
    }

    private CompletionStage<ApiAnswer> nodes() {
        return nodes.nodes()
                .thenApply(answer -> ApiAnswer.ok(new Nodes(
                        answer.sum(NodeThere::sessions), answer.stream().toList(), Reach.of(answer))));
    }

    /** Rooms with members, the largest first. */
    private CompletionStage<ApiAnswer> rooms(ApiRequest request, ApiCaller caller) {
        int limit = limitOfRooms(request);
        return nodes.rooms(request.query("prefix")).thenApply(found -> {
            List<RoomSize> readable = found.page().rooms().stream()
                    .filter(room -> caller.rooms().may(Permission.READ, new RoomName(room.room())))
                    .toList();
            return ApiAnswer.ok(new Rooms(
                    readable.size(),
                    found.page().cut(),
                    readable.stream().limit(limit).toList(),
                    Reach.of(found.answer())));
        });
    }

    static int limitOfRooms(ApiRequest request) {
        return (int) request.query("limit", DEFAULT_ROOMS, NodeRooms.MAX_ROOMS);
    }

    private CompletionStage<ApiAnswer> look(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.READ, room);
        return operations
                .room(room)
                .thenCompose(there -> backEnd.members(room)
                        .thenCombine(
                                backEnd.position(room),
                                (roster, position) -> ApiAnswer.ok(new Look(
                                        room.value(),
                                        position.epoch(),
                                        position.offset(),
                                        roster.count(),
                                        caller.may(Permission.PRESENCE, room)
                                                ? roster.users().stream()
                                                        .map(ServerFrame.Person::of)
                                                        .toList()
                                                : List.of(),
                                        roomOnNodes(there),
                                        backEnd.settings(room),
                                        Reach.of(there)))));
    }

    private static List<RoomOnNode> roomOnNodes(ClusterAnswer<RoomThere> there) {
        return there.answers().stream()
                .map(each -> new RoomOnNode(
                        each.node(),
                        each.answer().members(),
                        each.answer().eventsWaiting(),
                        each.answer().bytesWaiting(),
                        each.answer().waitingMs()))
                .toList();
    }

    private CompletionStage<ApiAnswer> close(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.READ, room);
        return operations
                .closeRoom(room, caller.author())
                .thenApply(answer -> ApiAnswer.ok(
                        new Closed(room.value(), answer.sum(ClusterOperations.Affected::sessions), Reach.of(answer))));
    }

    private CompletionStage<ApiAnswer> refusals(ApiRequest request, ApiCaller caller) {
        String user = request.query("user");
        String room = request.query("room");
        RefusalQuery query = new RefusalQuery(
                request.query("code"),
                user == null ? null : new UserId(user).value(),
                room == null ? null : new RoomName(room).value(),
                request.query("session"),
                (int) Math.max(1, request.query("limit", DEFAULT_REFUSALS, RefusalQuery.MAX_REFUSALS)));
        return refusals.last(query)
                .thenApply(found -> ApiAnswer.ok(new RefusalList(
                        found.page().counts(),
                        found.page().last().stream()
                                .filter(refusal -> refusal.room() == null
                                        || caller.rooms().may(Permission.READ, new RoomName(refusal.room())))
                                .toList(),
                        Reach.of(found.answer()))));
    }

    private CompletionStage<ApiAnswer> limits() {
        return operations.limits().thenApply(ClusterApi::allLimits);
    }

    private CompletionStage<ApiAnswer> setLimit(ApiRequest request, ApiCaller caller) {
        try {
            return operations
                    .setLimit(request.text("key"), request.text("value"), caller.author())
                    .thenApply(ClusterApi::allLimits);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, e.getMessage());
        }
    }

    private static ApiAnswer allLimits(ClusterAnswer<LimitsThere> answer) {
        return ApiAnswer.ok(new AllLimits(
                answer.answers().stream()
                        .map(each -> new NodeLimits(each.node(), each.answer().limits()))
                        .toList(),
                Reach.of(answer)));
    }
}

package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.identity.ApiPermission;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.service.ClusterOperations;
import io.roomcast.service.cluster.ClusterSessions;
import io.roomcast.service.cluster.SessionPage;
import io.roomcast.service.cluster.SessionQuery;
import io.roomcast.service.cluster.SessionView;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Serves the routes about the sessions and users of all nodes, for operators. Any thread; does not block. */
@ApplicationScoped
public class SessionApi {
    private static final int DEFAULT_SESSIONS = 100;

    public record Sessions(int count, List<SessionView> sessions, Reach cluster) {}

    public record Whereabouts(
            String user,
            int count,
            List<String> nodes,
            List<String> rooms,
            List<SessionView> sessions,
            Reach cluster) {}

    public record DisconnectedSession(String session, Reach cluster) {}

    public record DisconnectedUser(String user, long sessions, Reach cluster) {}

    private ClusterSessions sessions;
    private ClusterOperations operations;

    /** For the container's proxy. */
    protected SessionApi() {}

    @Inject
    public SessionApi(ClusterSessions sessions, ClusterOperations operations) {
        this.sessions = sessions;
        this.operations = operations;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(
                new Route("GET", "/sessions", ApiPermission.OPERATE, this::list),
                new Route("GET", "/sessions/{session}", ApiPermission.OPERATE, this::find),
                new Route("POST", "/sessions/{session}/disconnect", ApiPermission.OPERATE, this::disconnectSession),
                new Route("GET", "/users/{user}", ApiPermission.OPERATE, this::whereabouts),
                new Route("POST", "/users/{user}/disconnect", ApiPermission.OPERATE, this::disconnectUser));
    }

    private CompletionStage<ApiAnswer> list(ApiRequest request, ApiCaller caller) {
        String user = request.query("user");
        String room = request.query("room");
        String after = request.query("after");
        int limit = (int) Math.max(1, request.query("limit", DEFAULT_SESSIONS, SessionQuery.MAX_SESSIONS));
        SessionQuery query = new SessionQuery(
                user == null ? null : new UserId(user).value(),
                room == null ? null : visible(new RoomName(room), caller).value(),
                order(request.query("order"), after),
                after,
                limit,
                SessionQuery.FEW_ROOMS);
        return sessions.list(query)
                .thenApply(found -> ApiAnswer.ok(
                        new Sessions(found.page().count(), shown(found.page(), caller), Reach.of(found.answer()))));
    }

    /** The room, if the caller may know who is in it. */
    private static RoomName visible(RoomName room, ApiCaller caller) {
        caller.require(Permission.READ, room);
        caller.require(Permission.PRESENCE, room);
        return room;
    }

    private static SessionQuery.Order order(String word, String after) {
        try {
            SessionQuery.Order order = SessionQuery.Order.of(word == null ? (after == null ? "waiting" : "id") : word);
            if (after == null || order == SessionQuery.Order.ID) {
                return order;
            }
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, e.getMessage());
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, "after needs order=id");
    }

    private CompletionStage<ApiAnswer> find(ApiRequest request, ApiCaller caller) {
        return sessions.find(request.name()).thenApply(found -> {
            requireFound(found.page().count(), Reach.of(found.answer()));
            return ApiAnswer.ok(shown(found.page(), caller).get(0));
        });
    }

    private CompletionStage<ApiAnswer> disconnectSession(ApiRequest request, ApiCaller caller) {
        return operations.disconnect(request.name(), caller.author()).thenApply(answer -> {
            requireFound(answer.sum(ClusterOperations.Affected::sessions), Reach.of(answer));
            return ApiAnswer.ok(new DisconnectedSession(request.name(), Reach.of(answer)));
        });
    }

    /** @throws ProtocolException {@code not_found}; {@code unavailable} if a node that did not answer may have it */
    private static void requireFound(long count, Reach reach) {
        if (count == 0 && reach.complete()) {
            throw new ProtocolException(ErrorCode.NOT_FOUND, "no node has a session with this id");
        } else if (count == 0) {
            throw new ProtocolException(
                    ErrorCode.UNAVAILABLE,
                    "the nodes that answered have no session with this id; silent: "
                            + (reach.silent().isEmpty() ? "not known" : String.join(", ", reach.silent())));
        }
    }

    private CompletionStage<ApiAnswer> whereabouts(ApiRequest request, ApiCaller caller) {
        UserId user = request.user();
        return sessions.list(SessionQuery.ofUser(user.value())).thenApply(found -> {
            List<SessionView> shown = shown(found.page(), caller);
            return ApiAnswer.ok(new Whereabouts(
                    user.value(),
                    found.page().count(),
                    shown.stream().map(SessionView::node).distinct().sorted().toList(),
                    shown.stream()
                            .flatMap(session -> session.rooms().stream())
                            .distinct()
                            .sorted()
                            .toList(),
                    shown,
                    Reach.of(found.answer())));
        });
    }

    private CompletionStage<ApiAnswer> disconnectUser(ApiRequest request, ApiCaller caller) {
        UserId user = request.user();
        return operations
                .disconnect(user, caller.author())
                .thenApply(answer -> ApiAnswer.ok(new DisconnectedUser(
                        user.value(), answer.sum(ClusterOperations.Affected::sessions), Reach.of(answer))));
    }

    /** The sessions, without the names of rooms of which the caller may not know who is in them. */
    private static List<SessionView> shown(SessionPage page, ApiCaller caller) {
        return page.sessions().stream()
                .map(session -> session.withRooms(session.rooms().stream()
                        .filter(room -> maySeeMembers(caller, new RoomName(room)))
                        .toList()))
                .toList();
    }

    private static boolean maySeeMembers(ApiCaller caller, RoomName room) {
        return caller.may(Permission.READ, room) && caller.may(Permission.PRESENCE, room);
    }
}

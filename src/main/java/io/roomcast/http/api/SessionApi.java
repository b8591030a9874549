package io.roomcast.http.api;

import io.roomcast.identity.ApiPermission;
import io.roomcast.node.Node;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserName;
import io.roomcast.service.cluster.NodeSessions;
import io.roomcast.service.cluster.SessionPage;
import io.roomcast.service.cluster.SessionQuery;
import io.roomcast.service.cluster.SessionView;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Serves the routes about sessions, for operators. Any thread; does not block. */
@ApplicationScoped
public class SessionApi {
    private static final int DEFAULT_SESSIONS = 100;

    public record Sessions(int count, List<SessionView> sessions, List<String> nodes) {}

    private NodeSessions sessions;
    private Node node;

    /** For the container's proxy. */
    protected SessionApi() {}

    @Inject
    public SessionApi(NodeSessions sessions, Node node) {
        this.sessions = sessions;
        this.node = node;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(new Route("GET", "/sessions", ApiPermission.OPERATE, this::sessions));
    }

    private CompletionStage<ApiAnswer> sessions(ApiRequest request, ApiCaller caller) {
        String user = request.query("user");
        String after = request.query("after");
        SessionQuery.Order order = order(request.query("order"), after);
        int limit = (int) Math.max(1, request.query("limit", DEFAULT_SESSIONS, SessionQuery.MAX_SESSIONS));
        SessionPage page =
                sessions.list(new SessionQuery(user == null ? null : new UserName(user), order, after, limit));
        return CompletableFuture.completedFuture(
                ApiAnswer.ok(new Sessions(page.count(), page.sessions(), List.of(node.name()))));
    }

    private static SessionQuery.Order order(String word, String after) {
        String actual = word == null ? (after == null ? "waiting" : "id") : word;
        if (!actual.equals("id") && !actual.equals("waiting")) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "order must be waiting or id");
        }
        if (after != null && !actual.equals("id")) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "after needs order=id");
        }
        return actual.equals("id") ? SessionQuery.Order.ID : SessionQuery.Order.WAITING;
    }
}

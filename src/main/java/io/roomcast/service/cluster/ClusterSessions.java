package io.roomcast.service.cluster;

import io.roomcast.node.NodeStarted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;

/** Lists the sessions of all nodes. Any thread; no method blocks. */
@ApplicationScoped
public class ClusterSessions {
    private static final Topic<SessionQuery, SessionPage> LIST =
            new Topic<>("sessions", SessionQuery.class, SessionPage.class);
    private static final Topic<SessionId, SessionPage> FIND =
            new Topic<>("session", SessionId.class, SessionPage.class);

    /** The id of one session. */
    public record SessionId(String session) {}

    /** Sessions, and which nodes were asked for them. */
    public record Found(SessionPage page, ClusterAnswer<SessionPage> answer) {}

    private Cluster cluster;
    private NodeSessions sessions;

    /** For the container's proxy. */
    protected ClusterSessions() {}

    @Inject
    public ClusterSessions(Cluster cluster, NodeSessions sessions) {
        this.cluster = cluster;
        this.sessions = sessions;
    }

    void onNodeStarted(@Observes NodeStarted event) {
        cluster.serve(LIST, sessions::list);
        cluster.serve(FIND, id -> sessions.find(id.session()));
    }

    public CompletionStage<Found> list(SessionQuery query) {
        return cluster.ask(LIST, query)
                .thenApply(answer -> new Found(SessionPage.merged(answer.stream(), query), answer));
    }

    /** The session with this id, on any node; the page has one session or none. */
    public CompletionStage<Found> find(String id) {
        SessionQuery one = new SessionQuery(null, null, SessionQuery.Order.ID, null, 1, SessionQuery.MAX_ROOMS);
        return cluster.ask(FIND, new SessionId(id))
                .thenApply(answer -> new Found(SessionPage.merged(answer.stream(), one), answer));
    }
}

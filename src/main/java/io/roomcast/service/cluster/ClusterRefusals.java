package io.roomcast.service.cluster;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.NodeStarted;
import io.roomcast.service.operations.Refusal;
import io.roomcast.service.operations.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;

/** What the nodes have refused. Any thread; no method blocks. */
@ApplicationScoped
public class ClusterRefusals {
    private static final Topic<RefusalQuery, RefusalPage> REFUSALS =
            new Topic<>("refusals", RefusalQuery.class, RefusalPage.class);

    /** Refusals, and which nodes were asked for them. */
    public record Found(RefusalPage page, ClusterAnswer<RefusalPage> answer) {}

    private Cluster cluster;
    private Refusals refusals;
    private NodeMetrics metrics;

    /** For the container's proxy. */
    protected ClusterRefusals() {}

    @Inject
    public ClusterRefusals(Cluster cluster, Refusals refusals, NodeMetrics metrics) {
        this.cluster = cluster;
        this.refusals = refusals;
        this.metrics = metrics;
    }

    void onNodeStarted(@Observes NodeStarted event) {
        cluster.serve(REFUSALS, this::here);
    }

    public CompletionStage<Found> last(RefusalQuery query) {
        return cluster.ask(REFUSALS, query)
                .thenApply(answer -> new Found(RefusalPage.merged(answer.stream(), query), answer));
    }

    private RefusalPage here(RefusalQuery query) {
        int limit = Math.min(query.limit(), RefusalQuery.MAX_REFUSALS);
        return new RefusalPage(metrics.refusals(), refusals.last(limit, refusal -> isWanted(refusal, query)));
    }

    private static boolean isWanted(Refusal refusal, RefusalQuery query) {
        return (query.code() == null || query.code().equals(refusal.code()))
                && (query.user() == null || query.user().equals(refusal.user()))
                && (query.room() == null || query.room().equals(refusal.room()))
                && (query.session() == null || query.session().equals(refusal.session()));
    }
}

package io.roomcast.service.cluster;

import io.roomcast.node.BuildInfo;
import io.roomcast.node.Node;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.Uptime;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.NodeSnapshot;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** Lists the nodes and the rooms of all nodes. Any thread; no method blocks. */
@ApplicationScoped
public class ClusterNodes {
    private static final Topic<Nothing, NodeThere> NODES = new Topic<>("nodes", Nothing.class, NodeThere.class);
    private static final Topic<RoomQuery, RoomPage> ROOMS = new Topic<>("rooms", RoomQuery.class, RoomPage.class);

    /** A question without anything to choose. */
    public record Nothing() {}

    /** @param prefix only rooms whose names begin with it; null for all */
    public record RoomQuery(String prefix) {}

    /**
     * How a node is, as the server API shows it.
     *
     * @param version of Roomcast
     * @param readiness {@code ready}, or why the node is not
     * @param drain the state of a drain or rebalance
     * @param users different users with a session on the node
     * @param members of all rooms on the node; a session counts in each of its rooms
     */
    public record NodeThere(
            String node,
            String version,
            String readiness,
            String drain,
            long uptimeMs,
            int sessions,
            int users,
            int rooms,
            long members) {}

    /** Rooms, and which nodes were asked for them. */
    public record Found(RoomPage page, ClusterAnswer<RoomPage> answer) {}

    private Node node;
    private Cluster cluster;
    private NodeRooms here;
    private SessionRegistry sessions;
    private RoomRegistry rooms;
    private Readiness readiness;
    private Drain drain;
    private NodeSnapshot snapshot;
    private Uptime uptime;

    /** For the container's proxy. */
    protected ClusterNodes() {}

    @Inject
    public ClusterNodes(
            Node node,
            Cluster cluster,
            NodeRooms here,
            SessionRegistry sessions,
            RoomRegistry rooms,
            Readiness readiness,
            Drain drain,
            NodeSnapshot snapshot,
            Uptime uptime) {
        this.node = node;
        this.cluster = cluster;
        this.here = here;
        this.sessions = sessions;
        this.rooms = rooms;
        this.readiness = readiness;
        this.drain = drain;
        this.snapshot = snapshot;
        this.uptime = uptime;
    }

    void onNodeStarted(@Observes NodeStarted event) {
        cluster.serve(NODES, nothing -> thisNode());
        cluster.serve(ROOMS, query -> here.list(query.prefix(), room -> true));
    }

    /** All nodes, as each describes itself. */
    public CompletionStage<ClusterAnswer<NodeThere>> nodes() {
        return cluster.ask(NODES, new Nothing());
    }

    /**
     * Rooms with members, on all nodes.
     *
     * @param prefix only rooms whose names begin with it; null for all
     */
    public CompletionStage<Found> rooms(String prefix) {
        return cluster.ask(ROOMS, new RoomQuery(prefix))
                .thenApply(answer -> new Found(RoomPage.merged(answer.stream()), answer));
    }

    private NodeThere thisNode() {
        return new NodeThere(
                node.name(),
                BuildInfo.version(),
                readiness.state().word(),
                drain.progress().state().name().toLowerCase(Locale.ROOT),
                uptime.millis(),
                sessions.count(),
                sessions.userCount(),
                (int) rooms.all().stream().filter(room -> room.size() > 0).count(),
                snapshot.figures().members());
    }
}

package io.roomcast.service.cluster;

import io.roomcast.node.Node;
import io.roomcast.node.RunningTime;
import io.roomcast.protocol.RoomName;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** Lists the sessions of this node. Any thread; takes time for each session of the node, and blocks for nothing. */
@ApplicationScoped
public class NodeSessions {
    /** Most names of rooms that a session has in a list. */
    private static final int LISTED_ROOMS = 10;

    /** Most names of rooms that a session has when it is asked for alone. */
    private static final int MAX_ROOMS = 1_000;

    /** What the order of a list depends on. It is read once, since it changes while the list is made. */
    private record Ranked(ClientSession session, long waitingBytes, long sendAgeMs) {
        static Ranked of(ClientSession session) {
            return new Ranked(
                    session,
                    session.queue().waitingBytes(),
                    TimeUnit.NANOSECONDS.toMillis(session.queue().sendAgeNanos()));
        }

        static Comparator<Ranked> comparator(SessionQuery.Order order) {
            Comparator<Ranked> byId =
                    Comparator.comparing(ranked -> ranked.session().id());
            return order == SessionQuery.Order.ID
                    ? byId
                    : Comparator.comparingLong(Ranked::waitingBytes)
                            .thenComparingLong(Ranked::sendAgeMs)
                            .reversed()
                            .thenComparing(byId);
        }
    }

    private SessionRegistry sessions;
    private RunningTime time;
    private Node node;

    /** For the container's proxy. */
    protected NodeSessions() {}

    @Inject
    public NodeSessions(SessionRegistry sessions, RunningTime time, Node node) {
        this.sessions = sessions;
        this.time = time;
        this.node = node;
    }

    /** The first sessions in the order of the query. Holds no more of them than the limit, and sorts no more. */
    public SessionPage list(SessionQuery query) {
        Comparator<Ranked> order = Ranked.comparator(query.order());
        PriorityQueue<Ranked> first = new PriorityQueue<>(order.reversed());
        int count = 0;
        for (ClientSession session : sessions.all()) {
            if (query.user() != null && !query.user().equals(session.user())) {
                continue;
            }
            count++;
            if (query.after() == null || session.id().compareTo(query.after()) > 0) {
                first.add(Ranked.of(session));
                if (first.size() > query.limit()) {
                    first.remove();
                }
            }
        }
        List<SessionView> views = first.stream()
                .sorted(order)
                .map(each -> view(each, LISTED_ROOMS))
                .toList();
        return new SessionPage(count, views);
    }

    /** The open session with this id, or null. */
    public SessionView find(String id) {
        ClientSession session = sessions.find(id);
        return session == null ? null : view(Ranked.of(session), MAX_ROOMS);
    }

    private SessionView view(Ranked ranked, int maxRooms) {
        ClientSession session = ranked.session();
        List<RoomName> rooms = session.roomNames();
        return new SessionView(
                session.id(),
                node.name(),
                session.user() == null ? null : session.user().value(),
                session.arrival().address(),
                rooms.stream().sorted().limit(maxRooms).map(RoomName::value).toList(),
                rooms.size(),
                session.arrival().millis(),
                session.subprotocol(),
                session.arrival().isPortable() ? "portable" : "fast",
                ranked.waitingBytes(),
                ranked.sendAgeMs(),
                TimeUnit.NANOSECONDS.toMillis(time.getAsLong() - session.heardAt()));
    }
}

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
    /**
     * Most characters of names of rooms in one list. Names beyond are left out, so that the answer of a node stays
     * within what nodes may send each other.
     */
    private static final int MAX_NAME_CHARS = 160 * 1024;

    /** What the order of a list depends on. It is read once, since it changes while the list is made. */
    private record Ranked(ClientSession session, long waitingBytes, long sendAgeMs) {
        static Ranked of(ClientSession session) {
            return new Ranked(
                    session,
                    session.queue().waitingBytes(),
                    TimeUnit.NANOSECONDS.toMillis(session.queue().sendAgeNanos()));
        }

        static Comparator<Ranked> comparator(SessionQuery.Order order) {
            return order.comparator(ranked -> ranked.session().id(), Ranked::waitingBytes, Ranked::sendAgeMs);
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
        RoomName room = query.room() == null ? null : new RoomName(query.room());
        int count = 0;
        int limit = Math.min(query.limit(), SessionQuery.MAX_SESSIONS);
        for (ClientSession session : sessions.all()) {
            if (!isOf(session, query.user()) || room != null && session.membership(room) == null) {
                continue;
            }
            count++;
            if (query.after() == null || session.id().compareTo(query.after()) > 0) {
                Ranked ranked = Ranked.of(session);
                if (first.size() == limit && order.compare(ranked, first.peek()) < 0) {
                    first.remove();
                }
                if (first.size() < limit) {
                    first.add(ranked);
                }
            }
        }
        NameBudget names = new NameBudget(query.rooms());
        return new SessionPage(
                count,
                first.stream().sorted(order).map(each -> view(each, names)).toList());
    }

    /** @param user null for all users */
    private static boolean isOf(ClientSession session, String user) {
        return user == null
                || session.user() != null && user.equals(session.user().value());
    }

    /**
     * The open session with this id.
     *
     * @return one session, or none
     */
    public SessionPage find(String id) {
        ClientSession session = sessions.find(id);
        return session == null
                ? new SessionPage(0, List.of())
                : new SessionPage(1, List.of(view(Ranked.of(session), new NameBudget(SessionQuery.MAX_ROOMS))));
    }

    /** Takes names of users and rooms into a list until the list has enough. */
    private static final class NameBudget {
        private final int ofSession;
        private int charsLeft = MAX_NAME_CHARS;

        /** @param ofSession most names of rooms of one session */
        NameBudget(int ofSession) {
            this.ofSession = ofSession;
        }

        /** Takes the name of a user, or null if the list has enough; the id says who it is. */
        String take(String name) {
            charsLeft -= name == null ? 0 : name.length();
            return charsLeft < 0 ? null : name;
        }

        List<String> take(List<RoomName> rooms) {
            return rooms.stream()
                    .sorted()
                    .limit(ofSession)
                    .map(RoomName::value)
                    .takeWhile(name -> (charsLeft -= name.length()) >= 0)
                    .toList();
        }
    }

    private SessionView view(Ranked ranked, NameBudget names) {
        ClientSession session = ranked.session();
        List<RoomName> rooms = session.roomNames();
        return new SessionView(
                session.id(),
                node.name(),
                session.user() == null ? null : session.user().value(),
                names.take(
                        session.identity() == null
                                ? null
                                : session.identity().user().name()),
                session.arrival().address(),
                names.take(rooms),
                rooms.size(),
                session.arrival().millis(),
                session.subprotocol(),
                session.arrival().transport(),
                ranked.waitingBytes(),
                ranked.sendAgeMs(),
                TimeUnit.NANOSECONDS.toMillis(time.getAsLong() - session.heardAt()));
    }
}

package io.roomcast.service.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.service.CoreFixture;
import io.roomcast.service.cluster.SessionQuery.Order;
import io.roomcast.support.ManualTransport;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeSessionsTest {
    private final CoreFixture core = new CoreFixture(Map.of("roomcast.node", "east"));
    private final NodeSessions sessions = core.nodeSessions;

    private static SessionQuery first(int limit, Order order) {
        return new SessionQuery(null, null, order, null, limit, 10);
    }

    private List<String> users(SessionQuery query) {
        return sessions.list(query).sessions().stream().map(SessionView::user).toList();
    }

    @Test
    void theSlowestComeFirst() {
        CoreFixture.Client ann = core.enter("ann");
        core.enter("slow", new ManualTransport());
        core.advance(1_500);
        core.enter("slower", new ManualTransport());
        ann.news();
        core.enter("new", new ManualTransport());
        // The room sends to each of them what it has not read.
        for (int i = 0; i < 3; i++) {
            ann.send("{\"content\":\"something to wait for\"}");
            ann.news();
        }
        List<SessionView> waiting = sessions.list(first(2, Order.WAITING)).sessions();
        assertEquals(2, waiting.size());
        assertTrue(waiting.get(0).waitingBytes() >= waiting.get(1).waitingBytes());
        assertTrue(waiting.get(1).waitingBytes() > 0, "ann reads, and is not among the first");
        assertEquals(List.of("slow"), users(first(1, Order.AGE)), "it has read nothing for the longest time");
        assertEquals(1_500, sessions.list(first(1, Order.AGE)).sessions().get(0).sendAgeMs());
        assertEquals(4, sessions.list(first(1, Order.AGE)).count());
    }

    @Test
    void aListCanBeContinued() {
        List<String> all = IntStream.range(0, 10)
                .mapToObj(i -> core.connect("user" + i).session.id())
                .sorted()
                .toList();
        String after = null;
        for (int from = 0; from < 10; from += 3) {
            SessionPage page = sessions.list(new SessionQuery(null, null, Order.ID, after, 3, 10));
            List<String> ids =
                    page.sessions().stream().map(SessionView::session).toList();
            assertEquals(all.subList(from, Math.min(from + 3, 10)), ids);
            assertEquals(10, page.count());
            after = ids.get(ids.size() - 1);
        }
    }

    @Test
    void listsTheSessionsOfAUserOrARoom() {
        CoreFixture.Client ann = core.enter("ann");
        CoreFixture.Client again = core.connect("ann");
        core.enter("ben");
        ann.news();
        assertEquals(2, sessions.list(SessionQuery.ofUser("ann")).count());
        assertEquals(0, sessions.list(SessionQuery.ofUser("nobody")).count());
        SessionQuery inLobby = new SessionQuery(null, "lobby", Order.ID, null, 10, 10);
        assertEquals(List.of("ann", "ben"), users(inLobby).stream().sorted().toList());
        SessionQuery both = new SessionQuery("ann", "lobby", Order.ID, null, 10, 10);
        assertEquals(ann.session.id(), sessions.list(both).sessions().get(0).session());
        assertEquals(
                List.of(), sessions.find(again.session.id()).sessions().get(0).rooms());
        assertEquals(0, sessions.find("no-such-one").count());
    }

    /** What one node sends another is bounded, whatever names clients choose. */
    @Test
    void namesOfRoomsAreLeftOutBeforeTheAnswerIsTooLarge() {
        String longName = "\u4e00".repeat(120);
        for (int i = 0; i < 40; i++) {
            CoreFixture.Client client = core.connect("user" + i);
            for (int room = 0; room < 40; room++) {
                client.send("{\"type\":\"join\",\"room\":\"" + longName + room + "\"}");
            }
            client.news();
        }
        SessionPage page = sessions.list(new SessionQuery(null, null, Order.ID, null, 1_000, 1_000));
        int names =
                page.sessions().stream().mapToInt(each -> each.rooms().size()).sum();
        assertTrue(names > 1_000 && names < 1_600, names + " names");
        page.sessions().forEach(each -> assertEquals(40, each.roomCount()));
    }

    @Test
    void tellsHowASessionCame() {
        core.enter("ann");
        SessionView ann = sessions.list(first(1, Order.ID)).sessions().get(0);
        assertEquals("east", ann.node());
        assertEquals("roomcast.v1", ann.subprotocol());
        assertEquals("127.0.0.0/24", ann.address());
        assertEquals("fast", ann.transport());
        assertTrue(ann.openedAt() > 0);
    }
}

package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.service.CoreFixture.Client;
import io.roomcast.service.presence.ChangeCollector;
import io.roomcast.service.presence.PresenceAnnouncer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Of many who come or go at once, the room is told together. */
class CrowdPresenceTest {
    private final CoreFixture core = new CoreFixture(Map.of());
    private final Client witness = core.enter("witness");

    CrowdPresenceTest() {
        core.advance(2 * PresenceAnnouncer.INTERVAL_MS);
        witness.news();
    }

    private List<Client> crowd(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> core.enter("user" + i)).toList();
    }

    @Test
    void theFirstAreToldAtOnceAndTheOthersTogether() {
        crowd(0, ChangeCollector.BURST + 30);
        assertEquals(ChangeCollector.BURST, witness.news().lines().count());
        core.advance(PresenceAnnouncer.INTERVAL_MS);
        String others = witness.news();
        assertEquals(1, others.lines().count(), others);
        assertTrue(
                others.contains(
                        "\"joined\":[{\"id\":\"user8\",\"name\":\"user8\"},{\"id\":\"user9\",\"name\":\"user9\"},{\"id\":\"user10\",\"name\":\"user10\"},"),
                others);
        assertTrue(others.contains("\"count\":39"), others);
        assertTrue(others.contains("\"content\":\"user8, user9, user10 and 27 others have joined the room\""), others);
        core.advance(10 * PresenceAnnouncer.INTERVAL_MS);
        assertEquals("", witness.news());
    }

    @Test
    void aCrowdThatGoesOnComingIsToldOnceAnInterval() {
        crowd(0, 20);
        core.advance(PresenceAnnouncer.INTERVAL_MS);
        witness.news();
        crowd(20, 20 + ChangeCollector.BURST);
        assertEquals(ChangeCollector.BURST, witness.news().lines().count(), "a new interval");
        crowd(40, 42);
        assertEquals("", witness.news());
        core.advance(PresenceAnnouncer.INTERVAL_MS);
        assertTrue(witness.news().contains("\"content\":\"user40 and user41 have joined the room\""));
    }

    @Test
    void whoComesAndGoesIsToldOfInThatOrder() {
        crowd(0, ChangeCollector.BURST);
        witness.news();
        List<Client> last = crowd(20, 22);
        core.advance(0);
        last.get(0).send("{\"type\":\"leave\"}");
        String came = witness.news();
        assertTrue(
                came.contains(
                                "\"joined\":[{\"id\":\"user20\",\"name\":\"user20\"},{\"id\":\"user21\",\"name\":\"user21\"}]")
                        && came.contains("\"left\":[]"),
                came);
        assertTrue(came.contains("\"count\":11"), came);
        core.advance(PresenceAnnouncer.INTERVAL_MS);
        String went = witness.news();
        assertTrue(
                went.contains("\"joined\":[]") && went.contains("\"left\":[{\"id\":\"user20\",\"name\":\"user20\"}]"),
                went);
        assertTrue(went.contains("\"count\":10"), went);
        assertTrue(went.contains("\"content\":\"user20 has left the room\""), went);
    }

    @Test
    void thoseWhoComeAndThoseWhoGoAreToldTogether() {
        List<Client> first = crowd(0, ChangeCollector.BURST);
        witness.news();
        first.get(0).send("{\"type\":\"leave\"}");
        crowd(20, 21);
        core.advance(PresenceAnnouncer.INTERVAL_MS);
        String told = witness.news();
        assertTrue(told.contains("\"content\":\"user20 has joined the room, user0 has left the room\""), told);
    }

    @Test
    void aCrowdThatMakesTheRoomLargeIsCounted() {
        crowd(0, 250);
        assertEquals(ChangeCollector.BURST, witness.news().lines().count());
        core.advance(PresenceAnnouncer.INTERVAL_MS);
        String counted = witness.news();
        assertEquals(1, counted.lines().count(), counted);
        assertTrue(counted.contains("\"content\":\"251 people are in the room\""), counted);
        assertTrue(counted.contains("\"joined\":[]") && counted.contains("\"left\":[]"), counted);
        crowd(250, 260);
        core.advance(PresenceAnnouncer.INTERVAL_MS);
        assertEquals("", witness.news(), "counts come once a second");
        core.advance(1_000);
        assertTrue(witness.news().contains("\"content\":\"261 people are in the room\""));
    }
}

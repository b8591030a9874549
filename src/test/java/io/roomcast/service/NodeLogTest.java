package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Author;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.service.admission.RequestGuard;
import io.roomcast.service.admission.RequestHead;
import io.roomcast.service.admission.RequestHeads;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.ManualTransport;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What the log tells an operator of a node. */
class NodeLogTest {
    private static final Author OPERATOR = Author.apiToken("eve\n2030-01-01 INFO", "192.0.2.1");

    private final CoreFixture core = new CoreFixture(Map.of(LimitKeys.SESSIONS.name(), "2"));

    @AutoClose
    private final CapturedLog log = CapturedLog.of("io.roomcast");

    @Test
    void whoDisconnectsAUserIsNamed() {
        core.enter("ann");
        core.backEnd.disconnect(new UserId("ann"), OPERATOR);
        assertEquals(
                List.of("User ann was disconnected (sessions: 1), by the API token of eve?2030-01-01 INFO "
                        + "from 192.0.2.1"),
                log.messages(Level.INFO));
    }

    @Test
    void whoClosesARoomIsNamed() {
        core.enter("ann");
        core.advance(0);
        core.backEnd.closeRoom(new RoomName("lobby"), Author.console(null));
        assertEquals(
                List.of("Room lobby was closed (sessions that left: 1), by a JMX console"), log.messages(Level.INFO));
    }

    @Test
    void aLimitIsNamedWithItsValueOnce() {
        core.enter("ann");
        core.enter("bob");
        for (int i = 0; i < 100; i++) {
            assertThrows(ProtocolException.class, () -> core.enter("eve"));
        }
        assertEquals(
                List.of("A client of user eve from 127.0.0.0/24 reached roomcast.limits.sessions=2 in room lobby"),
                log.messages(Level.INFO));
    }

    @Test
    void whoReachesALimitIsNamedOnceAndThenCounted() {
        CoreFixture.Client ann = core.enter("ann");
        CoreFixture.Client bob = core.connect("bob");
        core.limits.set(LimitKeys.CONTENT_BYTES.name(), "1B", Author.console(null));
        log.messages(Level.INFO);
        for (int i = 0; i < 3; i++) {
            ann.send("{\"content\":\"long\"}");
        }
        bob.send("{\"type\":\"join\",\"room\":\"hall\"}");
        bob.send("{\"content\":\"long\",\"room\":\"hall\"}");
        core.advance(0);
        String reached = " from 127.0.0.0/24 reached roomcast.limits.content-bytes=1B in room ";
        assertEquals(
                List.of("Session " + ann.session.id() + " of user ann" + reached + "lobby"),
                log.messages(Level.WARNING));
        core.advance(60_000);
        core.beans.get(Warnings.class).tick();
        assertEquals(
                "Session " + bob.session.id() + " of user bob" + reached + "hall (the last of 3 more in 60 s)",
                log.messages(Level.WARNING).get(1));
        assertEquals(4, core.metrics.limits().get(LimitKeys.CONTENT_BYTES.name()), "each is counted");
    }

    @Test
    void whoIsClosedForAMessageTooLargeIsNamedWithoutAnAddressIfItIsPrivate() {
        CoreFixture shy =
                new CoreFixture(Map.of("roomcast.privacy.addresses", "none", LimitKeys.FRAME_BYTES.name(), "2KiB"));
        CoreFixture.Client ann = shy.enter("ann");
        shy.service.closeTooLarge(ann.session);
        assertEquals(
                List.of("Session " + ann.session.id()
                        + " of user ann reached roomcast.limits.frame-bytes=2KiB in room lobby"),
                log.messages(Level.WARNING));
    }

    @Test
    void aSlowClientIsNamed() {
        CoreFixture.Client slow = core.enter("ann", new ManualTransport());
        slow.session.queue().close(CloseCode.SLOW_CONSUMER, "reads nothing");
        slow.cut();
        assertEquals(
                List.of("Session " + slow.session.id()
                        + " of user ann from 127.0.0.0/24 was closed with 4000, because its"
                        + " client reads too slowly"),
                log.messages(Level.INFO));
    }

    @Test
    void aPageOfAnotherSiteIsNamedOnce() {
        RequestGuard guard = core.beans.get(RequestGuard.class);
        RequestHead head = RequestHeads.of(
                "POST",
                "HTTP/1.1",
                "/api/v1/broadcast",
                Map.of("Host", List.of("chat.example"), "Origin", List.of("https://evil.example")));
        assertEquals(403, guard.check(head, "192.0.2.1").status());
        assertEquals(403, guard.check(head, "192.0.2.1").status());
        assertEquals(
                List.of("Refused a page of https://evil.example at chat.example; see roomcast.origins"),
                log.messages(Level.INFO));
        core.advance(60_000);
        core.beans.get(Warnings.class).tick();
        assertEquals(2, log.messages(Level.INFO).size());
    }
}

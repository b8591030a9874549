package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomRules;
import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.node.Author;
import io.roomcast.node.RunningTime;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.service.session.ClientSession;
import io.roomcast.support.ManualTransport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In which rooms a user who asks over HTTP is present, from one request to the next. */
class LeasedSessionsTest {
    private static final long GRACE = 3_000;
    private static final RoomName LOBBY = new RoomName("lobby");
    private static final Identity ANN = Identity.claimed(new UserId("ann"));
    private static final Identity WITHOUT_READ = ANN.permitted(RoomPermissions.of(RoomRules.NONE, Map.of(), List.of()));

    private final CoreFixture core = new CoreFixture(Map.of("roomcast.presence.names", "3"));
    private final LeasedSessions leases = core.beans.get(LeasedSessions.class);
    private final Client witness = core.enter("witness");

    LeasedSessionsTest() {
        witness.news();
    }

    private ClientSession poll(String id, Identity identity, RoomName... rooms) {
        ClientSession session = leases.begin(id, ManualTransport.immediate(), CoreFixture.HERE, identity);
        leases.join(
                session,
                List.of(rooms).stream()
                        .map(room -> new ClientFrame.Join(null, room, null, true))
                        .toList(),
                () -> {});
        core.advance(0);
        return session;
    }

    @Test
    void whoComesBackWithinTheGraceStays() {
        ClientSession closed = poll(null, ANN, LOBBY);
        assertTrue(witness.news().contains("ann has joined the room"));
        leases.end(closed, CloseCode.TOKEN_EXPIRED);
        core.advance(GRACE - 1);
        poll(closed.id(), ANN, LOBBY);
        core.advance(GRACE);
        assertEquals("", witness.news());
    }

    @Test
    void whoComesBackElsewhereOrNotAtAllHasLeftAfterTheGrace() {
        ClientSession closed = poll(null, ANN, LOBBY);
        leases.end(closed, CloseCode.TOKEN_EXPIRED);
        poll(closed.id(), ANN, new RoomName("other"));
        witness.news();
        core.advance(GRACE);
        assertTrue(witness.news().contains("ann has left the room"));
    }

    /** A poll of this session that has a position in the lobby. */
    private String pollAgain(String id) {
        ManualTransport transport = ManualTransport.immediate();
        ClientSession session = leases.begin(id, transport, CoreFixture.HERE, ANN);
        leases.join(session, List.of(new ClientFrame.Join(null, LOBBY, new Position("e", 1, 1), true)), () -> {});
        core.advance(0);
        leases.endRequest(session);
        return String.join("\n", transport.sent());
    }

    @Test
    void aModeratorTakesAUserOutOfARoomBetweenTwoPolls() {
        BackEndService backEnd = core.beans.get(BackEndService.class);
        ClientSession first = poll(null, ANN, LOBBY);
        leases.endRequest(first);
        witness.news();
        assertEquals(1, backEnd.remove(LOBBY, ANN.userId(), new Author("a test")));
        core.advance(0);
        assertTrue(witness.news().contains("ann has left the room"));
        assertTrue(pollAgain(first.id()).contains("\"left\""));
        assertEquals("", witness.news());
        assertTrue(pollAgain(first.id()).contains("\"joined\""), "it is told once");
    }

    @Test
    void anExpulsionIsForgottenWithTheLease() {
        BackEndService backEnd = core.beans.get(BackEndService.class);
        ClientSession first = poll(null, ANN, LOBBY);
        leases.endRequest(first);
        backEnd.disconnect(ANN.userId(), new Author("a test"));
        core.beans.get(Expulsions.class).tick();
        assertTrue(core.beans.get(Expulsions.class).isDisconnected(first.id(), ANN.userId()));
        for (int second = 0; second < 12; second++) {
            core.beans.get(RunningTime.class).markRunning();
            core.advance(1_000);
        }
        core.beans.get(Expulsions.class).tick();
        assertFalse(core.beans.get(Expulsions.class).isDisconnected(first.id(), ANN.userId()));
    }

    @Test
    void whoMayNoLongerReadARoomLeavesItsPresence() {
        ClientSession first = poll(null, ANN, LOBBY);
        witness.news();
        leases.endRequest(first);
        poll(first.id(), WITHOUT_READ, LOBBY);
        assertTrue(witness.news().contains("ann has left the room"));
    }
}

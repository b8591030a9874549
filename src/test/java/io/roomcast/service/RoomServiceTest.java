package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.local.LocalPresence;
import io.roomcast.metrics.Counter;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.service.session.ConnectRequest;
import io.roomcast.support.ManualTransport;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a connection may ask for, and what it is refused. */
class RoomServiceTest {
    private final CoreFixture core =
            new CoreFixture(Map.of("roomcast.limits.rooms", "2", "roomcast.limits.content-bytes", "10"));

    @Test
    void helloNamesTheUserOnceAndFirst() {
        Client client = core.connect(null);
        client.send("{\"type\":\"hello\",\"id\":1,\"user\":\"ann\"}");
        String welcome = client.news();
        assertTrue(welcome.contains("\"type\":\"welcome\"") && welcome.contains("\"user\":\"ann\""), welcome);
        assertTrue(welcome.contains("\"contentBytes\":10") && welcome.contains("\"rooms\":2"), welcome);
        client.send("{\"type\":\"hello\",\"id\":2,\"user\":\"bob\"}");
        assertTrue(client.news().contains("\"code\":\"bad_request\""));
        client.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        assertTrue(client.news().contains("\"user\":\"ann\""), "she is still herself");
    }

    @Test
    void helloIsTooLateAfterAnyOtherFrame() {
        Client client = core.connect("ann");
        client.send("{\"type\":\"ping\"}");
        client.news();
        client.send("{\"type\":\"hello\",\"user\":\"bob\"}");
        assertTrue(client.news().contains("\"code\":\"bad_request\""));
    }

    @Test
    void helloMayBeTheFirstFrameWhereTheAddressNamesRoomAndUser() {
        Client client = core.enter("ann");
        client.news();
        client.send("{\"type\":\"hello\",\"id\":1,\"user\":\"bob\"}");
        assertTrue(client.news().contains("\"code\":\"bad_request\""), "nobody takes another's place");
        client.send("{\"type\":\"hello\",\"id\":2}");
        String welcome = client.news();
        assertTrue(welcome.contains("\"type\":\"welcome\"") && welcome.contains("\"user\":\"ann\""), welcome);
    }

    @Test
    void whoComesBackToARoomInWhichNothingWasSaidHasMissedNothing() {
        Client ann = core.enter("ann");
        String epoch = ann.news().replaceAll("(?s).*?\"epoch\":\"([^\"]+)\".*", "$1");
        ann.cut();
        core.advance(60_000);
        Client again = core.connect("ann");
        again.send("{\"type\":\"join\",\"room\":\"lobby\",\"since\":{\"epoch\":\"" + epoch + "\",\"offset\":0}}");
        String joined = again.news();
        assertTrue(joined.contains("\"recovered\":true") && joined.contains(epoch), joined);
    }

    @Test
    void guestsHaveNamesOfTheirOwn() {
        Client client = core.connect(null);
        assertTrue(client.session.user().value().matches("guest-[a-z0-9]{6}"));
    }

    @Test
    void aConnectionIsInSoManyRoomsAndNoMore() {
        Client client = core.connect("ann");
        client.send("{\"type\":\"join\",\"room\":\"a\"}");
        client.send("{\"type\":\"join\",\"room\":\"b\"}");
        client.send("{\"type\":\"join\",\"room\":\"b\"}");
        client.news();
        client.send("{\"type\":\"join\",\"id\":3,\"room\":\"c\"}");
        String refused = client.news();
        assertTrue(refused.contains("too_many_rooms") && refused.contains("\"id\":3"), refused);
        client.send("{\"type\":\"leave\",\"room\":\"a\"}");
        client.send("{\"type\":\"join\",\"room\":\"c\"}");
        assertTrue(client.news().contains("\"type\":\"joined\""));
    }

    @Test
    void nothingIsSaidInARoomThatIsNotJoined() {
        Client client = core.connect("ann");
        for (String type : new String[] {"publish", "signal", "leave"}) {
            client.send("{\"id\":9,\"type\":\"" + type + "\",\"room\":\"x\",\"content\":\"c\",\"signal\":\"n\"}");
            String refused = client.news();
            assertTrue(refused.contains("not_joined") && refused.contains("\"id\":9"), refused);
            client.send("{\"id\":9,\"type\":\"" + type + "\",\"content\":\"c\",\"signal\":\"n\"}");
            assertTrue(client.news().contains("bad_request"), "no room at all: " + type);
        }
        assertEquals(Map.of("not_joined", 3L, "bad_request", 3L), core.metrics.refusals());
    }

    @Test
    void contentIsLimitedInBytes() {
        Client client = core.enter("ann");
        client.send("{\"id\":1,\"content\":\"0123456789\"}");
        assertTrue(client.news().contains("\"type\":\"ack\""));
        client.send("{\"id\":2,\"content\":\"ääääää\"}");
        assertTrue(client.news().contains("too_large"));
        client.send("{\"id\":3,\"type\":\"signal\",\"signal\":\"n\",\"content\":\"0123456789a\"}");
        assertTrue(client.news().contains("too_large"));
        assertEquals(1, core.metrics.get(Counter.MESSAGES_STORED));
    }

    @Test
    void aKeyIsItsUsersOwn() {
        Client ann = core.enter("ann");
        Client bob = core.enter("bob");
        ann.news();
        ann.send("{\"idempotencyKey\":\"k\",\"content\":\"1\"}");
        bob.send("{\"idempotencyKey\":\"k\",\"content\":\"2\"}");
        ann.send("{\"idempotencyKey\":\"k\",\"content\":\"again\"}");
        String news = ann.news();
        assertEquals(
                2,
                news.lines()
                        .filter(line -> line.contains("\"type\":\"message\""))
                        .count());
        assertEquals(
                2,
                news.lines()
                        .filter(line -> line.contains("\"type\":\"ack\"") && line.contains("\"offset\":1"))
                        .count());
    }

    @Test
    void aSessionThatEndedAnswersNothingAndIsGone() {
        Client client = core.enter("ann");
        client.cut();
        client.cut();
        client.send("{\"type\":\"join\",\"room\":\"other\"}");
        client.news();
        assertEquals(0, core.sessions.count());
        assertEquals(Map.of(1006, 1L), core.metrics.closes(), "counted once");
    }

    @Test
    void aPlainClientIsNotSentSignals() {
        ManualTransport transport = ManualTransport.immediate();
        core.service.open(
                transport,
                new ConnectRequest(new UserId("plain"), new RoomName("lobby"), null, true, null),
                CoreFixture.HERE);
        Client ann = core.enter("ann");
        ann.send("{\"type\":\"signal\",\"signal\":\"typing\"}");
        ann.send("{\"content\":\"hi\"}");
        core.lanes.runAll();
        String all = String.join("\n", transport.frames());
        assertTrue(!all.contains("typing") && all.contains("\"content\":\"hi\""), all);
        assertTrue(transport.frames().stream()
                .allMatch(f -> f.contains("\"sender\"") && f.contains("\"content\"") && f.contains("\"room\"")));
    }

    @Test
    void whenPresenceIsAwayAJoinIsUnavailableAndCanBeTriedAgain() {
        AwayPresence presence = new AwayPresence();
        CoreFixture away = new CoreFixture(Map.of(), presence);
        Client client = away.connect("ann");
        presence.away = true;
        client.send("{\"type\":\"join\",\"id\":1,\"room\":\"lobby\"}");
        String refused = client.news();
        assertTrue(refused.contains("unavailable") && refused.contains("\"retryAfterMs\""), refused);
        presence.away = false;
        client.send("{\"type\":\"join\",\"id\":2,\"room\":\"lobby\"}");
        assertTrue(client.news().contains("\"type\":\"joined\""));
    }

    @Test
    void leavingIsNeverRefusedWhenPresenceIsAway() {
        AwayPresence presence = new AwayPresence();
        CoreFixture away = new CoreFixture(Map.of(), presence);
        Client ann = away.enter("ann");
        Client bob = away.enter("bob");
        ann.news();
        presence.away = true;
        ann.send("{\"type\":\"leave\",\"id\":1}");
        assertEquals("{\"type\":\"left\",\"id\":1,\"room\":\"lobby\"}", ann.news());
        bob.send("{\"content\":\"is anybody there?\"}");
        assertEquals("", ann.news());
    }

    @Test
    void tooLargeClosesAndIsCounted() {
        Client client = core.enter("ann");
        core.service.closeTooLarge(client.session);
        assertEquals(CloseCode.TOO_LARGE, client.transport.closeCode());
        assertEquals(Map.of("too_large", 1L), core.metrics.refusals());
    }

    private static final class AwayPresence implements PresenceStore {
        private final LocalPresence local = new LocalPresence();
        boolean away;

        @Override
        public CompletionStage<UpdateResult> enter(RoomName room, User user, String session, int maxUsers) {
            return away
                    ? CompletableFuture.failedStage(new RelayUnavailableException("away"))
                    : local.enter(room, user, session, maxUsers);
        }

        @Override
        public CompletionStage<UpdateResult> leave(RoomName room, UserId user, String session) {
            return away
                    ? CompletableFuture.failedStage(new RelayUnavailableException("away"))
                    : local.leave(room, user, session);
        }

        @Override
        public void start(PresenceListener listener, int names) {
            local.start(listener, names);
        }

        @Override
        public CompletionStage<Void> watch(RoomName room) {
            return local.watch(room);
        }

        @Override
        public void unwatch(RoomName room) {
            local.unwatch(room);
        }

        @Override
        public void close() {
            local.close();
        }

        @Override
        public CompletionStage<Roster> roster(RoomName room, int limit) {
            return local.roster(room, limit);
        }
    }
}

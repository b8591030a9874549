package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.local.LocalPresence;
import io.roomcast.metrics.Counter;
import io.roomcast.node.Author;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.support.ManualTransport;
import io.roomcast.support.Stages;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Sessions that have to show a token, while others have yet to show theirs. */
class TokenAdmissionTest {
    private final ArrayDeque<CompletableFuture<Identity>> checks = new ArrayDeque<>();
    private final CoreFixture core = new CoreFixture(
            Map.of("roomcast.auth", "token", "roomcast.auth.secret", "x".repeat(64)),
            new LocalPresence(),
            relay -> relay,
            new LaterVerifier());

    @Test
    void aUserCanBeDisconnectedWhateverOthersHaveNotSaid() {
        Client silent = core.connect("ann");
        Client ann = welcomed("ann", Instant.MAX);
        Client bob = welcomed("bob", Instant.MAX);
        assertEquals(1, core.backEnd.disconnect(new UserId("ann"), Author.console(null)));
        assertEquals(CloseCode.KICKED, ann.transport.closeCode());
        assertNull(bob.transport.closeCode());
        assertNull(silent.transport.closeCode(), "nobody knows who that is");
    }

    @Test
    void whoWasSentAwayCanDoNothingMore() {
        Client ann = welcomed("ann", Instant.MAX);
        core.backEnd.disconnect(new UserId("ann"), Author.console(null));
        ann.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        ann.send("{\"room\":\"lobby\",\"content\":\"still here\"}");
        ann.send("no frame");
        core.advance(0);
        assertEquals(0, core.metrics.get(Counter.MESSAGES_STORED));
        assertEquals(Map.of(), core.metrics.refusals());
    }

    @Test
    void whereTheAddressNamesTheUserAHelloMayNameItToo() {
        Client ann = core.enter("ann");
        ann.send("{\"type\":\"hello\",\"user\":\"ann\",\"token\":\"t\"}");
        prove("ann", Instant.MAX);
        String news = ann.news();
        assertTrue(news.contains("\"type\":\"welcome\"") && news.contains("\"type\":\"joined\""), news);
        Client other = core.enter("ann");
        other.send("{\"type\":\"hello\",\"user\":\"bob\",\"token\":\"t\"}");
        assertTrue(other.news().contains("bad_request"), "but nobody else");
    }

    @Test
    void aNewNameInARefreshIsToldInEveryRoomAndShownFromThenOn() {
        Client ann = welcomed("1", Instant.MAX);
        ann.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        core.advance(0);
        ann.news();
        ann.send("{\"type\":\"refresh\",\"id\":5,\"token\":\"t\"}");
        User lee = new User(new UserId("1"), "Ann Lee", "{\"a\":[1]}");
        checks.remove().complete(Identity.proven(lee.id(), RoomPermissions.OPEN).shownAs(lee));
        core.advance(0);
        String told = ann.news();
        assertTrue(
                told.contains("\"renamed\":[{\"id\":\"1\",\"name\":\"Ann Lee\",\"info\":{\"a\":[1]}}]")
                        && told.contains("\"count\":1"),
                told);
        ann.send("{\"room\":\"lobby\",\"content\":\"hi\"}");
        ann.send("{\"type\":\"signal\",\"room\":\"lobby\",\"signal\":\"x\"}");
        core.advance(0);
        String news = ann.news();
        assertTrue(news.contains("\"sender\":\"1\",\"name\":\"Ann Lee\""), news);
    }

    /** Each new name is told to everybody in all rooms of the session. */
    @Test
    void aSessionHasANewNameEveryTenSecondsAtMost() {
        core.admission.start();
        Client ann = welcomed("1", Instant.MAX);
        ann.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        core.advance(0);
        ann.news();
        StringBuilder told = new StringBuilder();
        for (String name : List.of("first", "second", "third")) {
            ann.send("{\"type\":\"refresh\",\"token\":\"t\"}");
            User named = new User(new UserId("1"), name, null);
            checks.remove()
                    .complete(Identity.proven(named.id(), RoomPermissions.OPEN).shownAs(named));
            core.advance(2_000);
            told.append(ann.news()).append('\n');
        }
        assertTrue(told.indexOf("\"name\":\"first\"") >= 0, told.toString());
        assertFalse(told.indexOf("third") >= 0, told.toString());
        core.advance(5_000);
        told.append(ann.news());
        assertTrue(told.indexOf("\"name\":\"third\"") >= 0, told.toString());
        assertFalse(told.indexOf("second") >= 0, told.toString());
    }

    @Test
    void aRefreshThatComesAfterTheLastRoomWasLeftBringsNobodyBack() {
        Client ann = welcomed("1", Instant.MAX);
        ann.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        core.advance(0);
        ann.send("{\"type\":\"refresh\",\"id\":5,\"token\":\"t\"}");
        ann.send("{\"type\":\"leave\",\"room\":\"lobby\"}");
        User lee = new User(new UserId("1"), "Ann Lee", null);
        checks.remove().complete(Identity.proven(lee.id(), RoomPermissions.OPEN).shownAs(lee));
        core.advance(0);
        assertEquals(0, Stages.get(core.backEnd.members(new RoomName("lobby"))).count());
    }

    @Test
    void aRefreshShowsNobodyWhoJoinedWithoutPresence() {
        Client ann = welcomed("1", Instant.MAX);
        ann.send("{\"type\":\"join\",\"room\":\"lobby\",\"presence\":false}");
        core.advance(0);
        ann.send("{\"type\":\"refresh\",\"id\":5,\"token\":\"t\"}");
        User lee = new User(new UserId("1"), "Ann Lee", null);
        checks.remove().complete(Identity.proven(lee.id(), RoomPermissions.OPEN).shownAs(lee));
        core.advance(0);
        assertTrue(ann.news().contains("\"type\":\"refreshed\""));
        assertEquals(0, Stages.get(core.backEnd.members(new RoomName("lobby"))).count());
    }

    @Test
    void aSessionThatEndsWhileItsTokenIsCheckedIsNobody() {
        Client ann = core.connect(null);
        ann.send("{\"type\":\"hello\",\"token\":\"t\"}");
        ann.cut();
        prove("ann", Instant.MAX);
        assertNull(ann.session.user());
        assertEquals(0, core.sessions.count());
    }

    @Test
    void whatIsAskedWithAnExpiredTokenIsNotDoneHoweverSlowlyOneReads() {
        ManualTransport slow = new ManualTransport();
        Client ann = core.connect(null, slow);
        ann.send("{\"type\":\"hello\",\"token\":\"t\"}\n");
        prove("ann", core.wallClock().minusSeconds(1));
        ann.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        ann.send("{\"room\":\"lobby\",\"content\":\"late\"}");
        core.advance(0);
        assertEquals(0, core.metrics.get(Counter.MESSAGES_STORED));
        assertNull(slow.closeCode(), "it has yet to read");
        slow.completeAll();
        assertEquals(CloseCode.TOKEN_EXPIRED, slow.closeCode());
    }

    private Client welcomed(String user, Instant expires) {
        Client client = core.connect(null);
        client.send("{\"type\":\"hello\",\"token\":\"t\"}");
        prove(user, expires);
        assertTrue(client.news().contains("\"user\":\"" + user + "\""));
        return client;
    }

    private void prove(String user, Instant expires) {
        checks.remove()
                .complete(new Identity(User.of(new UserId(user)), true, RoomPermissions.OPEN, Set.of(), expires));
    }

    private final class LaterVerifier implements TokenVerifier {
        @Override
        public void start() {}

        @Override
        public CompletionStage<Identity> verify(String token) {
            CompletableFuture<Identity> check = new CompletableFuture<>();
            checks.add(check);
            return check;
        }
    }
}

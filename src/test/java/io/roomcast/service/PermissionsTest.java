package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Permission;
import io.roomcast.config.RoomRules;
import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.local.LocalPresence;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.ServerInfo;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.CoreFixture.Client;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What each permission opens, and what stays shut without it. */
class PermissionsTest {
    private static final long LONG_ENOUGH_MS = 3_000;
    private static final Pattern EPOCH = Pattern.compile("\"epoch\":\"([^\"]+)\"");

    private final CoreFixture core = new CoreFixture(
            Map.of(
                    "roomcast.auth", "token",
                    "roomcast.auth.secret", "x".repeat(64),
                    "roomcast.rooms.help.permissions", "read, publish",
                    "roomcast.rooms.letterbox.publish", "anyone"),
            new LocalPresence(),
            relay -> relay,
            new WordsAsToken());

    @Test
    void withoutReadNobodyComesIn() {
        Client ann = welcomed("ann publish presence history moderate");
        assertRefused("forbidden", ann, "{\"type\":\"join\",\"room\":\"lobby\"}");
        assertRefused("not_joined", ann, "{\"room\":\"lobby\",\"content\":\"hi\"}");
    }

    /** It is added to what the token permits, and takes nothing away. */
    @Test
    void whatARoomPermitsEverybodyIsAdded() {
        Client ann = welcomed("ann history");
        ann.send("{\"type\":\"join\",\"room\":\"help\"}");
        assertTrue(ann.news().contains("\"type\":\"joined\""));
        ann.send("{\"room\":\"help\",\"content\":\"hi\",\"id\":1}");
        assertTrue(ann.news().contains("\"type\":\"ack\""));
        ann.send("{\"type\":\"history\",\"room\":\"help\"}");
        assertTrue(ann.news().contains("\"type\":\"history\""), "by the token");
        assertRefused("forbidden", ann, "{\"type\":\"members\",\"room\":\"help\"}");
        assertRefused("forbidden", ann, "{\"type\":\"join\",\"room\":\"lobby\"}");
    }

    @Test
    void withoutPublishNobodyIsHeard() {
        Client ann = joined("ann read presence history moderate");
        assertRefused("forbidden", ann, "{\"room\":\"lobby\",\"content\":\"hi\"}");
        assertRefused("forbidden", ann, "{\"type\":\"signal\",\"room\":\"lobby\",\"signal\":\"typing\"}");
        Client bob = joined("bob read publish");
        bob.send("{\"room\":\"lobby\",\"content\":\"hi\",\"id\":1}");
        assertTrue(bob.news().contains("\"type\":\"ack\""));
        assertTrue(ann.news().contains("\"content\":\"hi\""), "and ann hears");
    }

    @Test
    void withoutPresenceNobodySeesWhoIsThere() {
        Client ann = welcomed("ann read publish history");
        ann.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        String answer = ann.news();
        assertTrue(answer.contains("\"type\":\"joined\""), answer);
        assertFalse(answer.contains("\"members\""), answer);
        Client watcher = joined("eve read presence");
        joined("bob read");
        core.advance(LONG_ENOUGH_MS);
        String seen = watcher.news();
        assertTrue(seen.contains("\"joined\":[{\"id\":\"bob\""), seen);
        assertFalse(ann.news().contains("presence"), "nor who comes");
        assertRefused("forbidden", ann, "{\"type\":\"members\",\"room\":\"lobby\"}");
        watcher.send("{\"type\":\"members\",\"room\":\"lobby\"}");
        String members = watcher.news();
        assertTrue(members.matches(".*\"id\":\"ann\".*\"id\":\"bob\".*\"id\":\"eve\".*"), members);
    }

    @Test
    void aNewerTokenOpensAndShutsPresenceAtOnce() {
        Client ann = joined("ann read");
        core.advance(LONG_ENOUGH_MS);
        ann.send("{\"type\":\"refresh\",\"token\":\"ann read presence\"}");
        ann.news();
        joined("bob read");
        core.advance(LONG_ENOUGH_MS);
        assertTrue(ann.news().contains("\"joined\":[{\"id\":\"bob\""));
        ann.send("{\"type\":\"refresh\",\"token\":\"ann read\"}");
        ann.news();
        joined("carl read");
        core.advance(LONG_ENOUGH_MS);
        assertEquals("", ann.news());
    }

    @Test
    void withoutHistoryOnlyTheFutureIsHeard() {
        Client bob = joined("bob read publish");
        bob.send("{\"room\":\"lobby\",\"content\":\"before\",\"id\":1}");
        Matcher epoch = EPOCH.matcher(bob.news());
        assertTrue(epoch.find());
        String again =
                "{\"type\":\"join\",\"room\":\"lobby\",\"since\":{\"epoch\":\"" + epoch.group(1) + "\",\"offset\":%d}}";

        Client ann = welcomed("ann read");
        ann.send(again.formatted(0));
        String answer = ann.news();
        assertTrue(answer.contains("\"recovered\":false"), answer);
        assertFalse(answer.contains("before"), answer);
        assertRefused("forbidden", ann, "{\"type\":\"history\",\"room\":\"lobby\"}");
        bob.send("{\"room\":\"lobby\",\"content\":\"after\"}");
        assertTrue(ann.news().contains("\"content\":\"after\""));

        ann.send(again.formatted(2));
        String upToDate = ann.news();
        assertTrue(upToDate.contains("\"recovered\":true"), "who missed nothing is not told of a loss: " + upToDate);

        Client eve = welcomed("eve read history");
        eve.send(again.formatted(0));
        String all = eve.news();
        assertTrue(all.contains("\"recovered\":true") && all.contains("before"), all);
        eve.send("{\"type\":\"history\",\"room\":\"lobby\"}");
        assertTrue(eve.news().contains("\"type\":\"history\""));
    }

    @Test
    void whoMayReadAsksWithoutJoining() {
        Client bob = joined("bob read publish");
        bob.send("{\"room\":\"lobby\",\"content\":\"before\",\"id\":1}");
        bob.news();
        String history = "{\"type\":\"history\",\"room\":\"lobby\",\"id\":2}";
        String members = "{\"type\":\"members\",\"room\":\"lobby\",\"id\":3}";
        Client ann = welcomed("ann read history presence");
        ann.send(history);
        String page = ann.news();
        assertTrue(page.contains("\"type\":\"history\"") && page.contains("before"), page);
        ann.send(members);
        String users = ann.news();
        assertTrue(users.contains("\"count\":1") && users.contains("\"users\":[{\"id\":\"bob\""), users);
        core.advance(LONG_ENOUGH_MS);
        assertEquals("", bob.news(), "and is not seen");
        bob.send("{\"room\":\"lobby\",\"content\":\"after\"}");
        assertEquals("", ann.news(), "and is no member");

        assertRefused("forbidden", welcomed("eve history presence publish moderate"), history);
        assertRefused("forbidden", welcomed("eve history presence publish moderate"), members);
        assertRefused("forbidden", welcomed("eve read presence"), history);
        assertRefused("forbidden", welcomed("eve read history"), members);
        assertRefused("not_joined", ann, "{\"type\":\"leave\",\"room\":\"lobby\"}");
        assertRefused("not_joined", ann, "{\"type\":\"signal\",\"room\":\"lobby\",\"signal\":\"typing\"}");
    }

    @Test
    void aRoomThatIsAskedAboutIsNotOpened() {
        Client ann = welcomed("ann read history presence");
        for (int i = 0; i < 10; i++) {
            ann.send("{\"type\":\"history\",\"room\":\"r" + i + "\"}");
            ann.send("{\"type\":\"members\",\"room\":\"r" + i + "\"}");
        }
        String answers = ann.news();
        assertEquals(10, answers.split("\"messages\":\\[]", -1).length - 1, answers);
        assertEquals(10, answers.split("\"users\":\\[]", -1).length - 1, answers);
        assertEquals(0, core.beans.get(RoomRegistry.class).size());
        assertEquals(0, core.inFlight.count());
        assertEquals(0, ann.session.roomCount());
    }

    @Test
    void whoMayOnlyPublishWritesToRoomsThatTakeMessagesOfAnyone() {
        Client reader = welcomed("bob read");
        reader.send("{\"type\":\"join\",\"room\":\"letterbox\"}");
        reader.news();
        Client ann = welcomed("ann publish");
        ann.send("{\"room\":\"letterbox\",\"content\":\"a letter\",\"id\":1}");
        assertTrue(ann.news().contains("\"ack\""));
        assertTrue(reader.news().contains("a letter"));
        assertRefused("forbidden", reader, "{\"room\":\"letterbox\",\"content\":\"mine\"}");
        assertRefused("forbidden", ann, "{\"type\":\"history\",\"room\":\"letterbox\"}");
    }

    @Test
    void withoutModerateNobodyIsRemoved() {
        Client ann = joined("ann read publish presence history");
        Client bob = joined("bob read");
        Client bobElsewhere = joined("bob read");
        String remove = "{\"type\":\"remove\",\"room\":\"lobby\",\"user\":\"bob\",\"id\":5}";
        assertRefused("forbidden", ann, remove);
        assertRefused("not_joined", welcomed("eve moderate"), remove);
        Client carl = joined("carl read moderate");
        core.beans.get(ClusterOperations.class).onNodeStarted(new NodeStarted(new ServerInfo("a server", false)));
        assertRefused("bad_request", carl, "{\"type\":\"remove\",\"room\":\"lobby\"}");
        carl.send(remove);
        String answer = carl.news();
        assertTrue(
                answer.contains("{\"type\":\"removed\",\"count\":2,\"id\":5,\"user\":\"bob\",\"room\":\"lobby\"}"),
                answer);
        assertTrue(bob.news().contains("\"type\":\"left\""));
        assertTrue(bobElsewhere.news().contains("\"type\":\"left\""));
        assertRefused("not_joined", bob, "{\"type\":\"leave\",\"room\":\"lobby\"}");
        ann.news();
        assertRefused("forbidden", ann, "{\"type\":\"remove\",\"room\":\"lobby\",\"user\":\"carl\"}");
    }

    private Client joined(String token) {
        Client client = welcomed(token);
        client.send("{\"type\":\"join\",\"room\":\"lobby\"}");
        String answer = client.news();
        assertTrue(answer.contains("\"type\":\"joined\""), answer);
        return client;
    }

    private Client welcomed(String token) {
        Client client = core.connect(null);
        client.send("{\"type\":\"hello\",\"token\":\"" + token + "\"}");
        assertTrue(client.news().contains("\"type\":\"welcome\""));
        return client;
    }

    private static void assertRefused(String code, Client client, String frame) {
        client.send(frame);
        String answer = client.news();
        assertTrue(answer.contains("\"code\":\"" + code + "\""), frame + ": " + answer);
    }

    /** A token is the name of its user and then the permissions, which hold in every room. */
    private static final class WordsAsToken implements TokenVerifier {
        @Override
        public void start() {}

        @Override
        public CompletionStage<Identity> verify(String token) {
            List<String> words = List.of(token.split(" ", -1));
            RoomRules rules = RoomRules.everywhere(Permission.of(words));
            return CompletableFuture.completedFuture(new Identity(
                    User.of(new UserId(words.get(0))),
                    true,
                    RoomPermissions.of(rules, Map.of(), List.of()),
                    Set.of(),
                    Instant.MAX));
        }
    }
}

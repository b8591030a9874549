package io.roomcast.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.local.LocalPresence;
import io.roomcast.metrics.Counter;
import io.roomcast.protocol.CloseCode;
import io.roomcast.relay.PresenceStore;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.service.CoreFixture;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.support.HeldAnswers;
import io.roomcast.support.ManualTransport;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What concerns a room is answered in the order in which it was asked, however late and in whatever order the relay and the presence answer. */
class AnswerOrderTest {
    /** Types and numbers of answers: {@code joined1 ack2 error3}. */
    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

    private static final Pattern TYPE = Pattern.compile("\"type\":\"(\\w+)\"");

    private final HeldAnswers<PresenceStore> presence = new HeldAnswers<>(PresenceStore.class, new LocalPresence());
    private HeldAnswers<Relay> relay;
    private final CoreFixture core =
            new CoreFixture(Map.of("roomcast.limits.in-flight", "20"), presence.store, this::around, null);
    private final Client ann = core.connect("ann");

    private Relay around(Relay real) {
        relay = new HeldAnswers<>(Relay.class, real);
        return relay.store;
    }

    @AfterEach
    void nothingIsInFlightInTheEnd() {
        presence.holdNothing();
        relay.holdNothing();
        while (presence.held() > 0) {
            presence.letThrough();
            core.advance(0);
        }
        while (relay.held() > 0) {
            relay.letThrough();
            core.advance(0);
        }
        core.advance(10_000);
        assertEquals(0, core.inFlight.count());
    }

    @Test
    void whatIsSentBehindAJoinIsDoneWhenThatIs() {
        presence.hold("enter");
        join(ann, 1);
        publish(ann, 2, "a");
        ask(ann, "history", 3);
        ask(ann, "members", 4);
        publish(ann, 5, "b");
        ask(ann, "leave", 6);
        publish(ann, 7, "too late");
        assertEquals("", answers(ann));
        presence.letThrough();
        assertEquals("joined1 ack2 history3 members4 ack5 left6 error7", answers(ann));
        assertEquals(2, core.metrics.get(Counter.MESSAGES_STORED));
    }

    @Test
    void whatCannotBeDoneIsRefusedInItsTurn() {
        presence.hold("enter");
        join(ann, 1);
        publish(ann, 2, "");
        publish(ann, 3, "sound");
        ann.send("{\"type\":\"join\",\"id\":4,\"room\":\"lobby\",\"since\":5}");
        ann.send("{\"type\":\"leave\",\"id\":5,\"room\":\"no room!\"}");
        assertEquals("error5", answers(ann), "of no room");
        presence.letThrough();
        assertEquals("joined1 error2 ack3 error4", answers(ann));
    }

    @Test
    void soItIsWhereTheAddressNamesTheRoom() {
        presence.hold("enter");
        Client bob = core.enter("bob");
        bob.send("{\"id\":1,\"content\":\"\"}");
        bob.send("{\"id\":2,\"content\":\"sound\"}");
        assertEquals("", answers(bob));
        presence.letThrough();
        assertEquals("error1 ack2", answers(bob));
    }

    @Test
    void theHistoryBehindAPublishHasIt() {
        join(ann, 1);
        answers(ann);
        relay.hold("publish");
        publish(ann, 2, "told");
        ask(ann, "history", 3);
        assertEquals("", answers(ann));
        relay.letThrough();
        String news = ann.news();
        assertTrue(news.indexOf("\"ack\"") < news.indexOf("\"history\"") && news.contains("told"), news);
    }

    @Test
    void publishesDoNotWaitForEachOtherButTheirAnswersDo() {
        join(ann, 1);
        answers(ann);
        relay.hold("publish");
        publish(ann, 2, "a");
        publish(ann, 3, "b");
        publish(ann, 4, "c");
        assertEquals(3, relay.held());
        relay.letLastThrough();
        relay.letLastThrough();
        assertEquals("", answers(ann));
        relay.fail(new RelayUnavailableException("away"));
        assertEquals("error2 ack3 ack4", answers(ann));
    }

    @Test
    void ofTwoJoinsSentTogetherEachIsAnswered() {
        presence.hold("enter");
        join(ann, 1);
        join(ann, 2);
        presence.letThrough();
        assertEquals("joined1", answers(ann));
        presence.letThrough();
        assertEquals("joined2", answers(ann));
        presence.holdNothing();
        publish(core.enter("bob"), 3, "once");
        assertEquals(1, count(ann.news(), "\"type\":\"message\""));
    }

    @Test
    void anAnswerAboutOneRoomDoesNotWaitForAnother() {
        presence.hold("enter");
        join(ann, 1);
        presence.holdNothing();
        ann.send("{\"type\":\"join\",\"id\":2,\"room\":\"other\"}");
        ann.send("{\"type\":\"ping\",\"id\":3}");
        assertEquals("pong3 joined2", answers(ann));
    }

    @Test
    void nothingOfARoomComesAfterLeft() {
        Client bob = core.enter("bob");
        join(ann, 1);
        answers(ann);
        for (int i = 0; i < 5; i++) {
            publish(bob, 10 + i, "said before");
        }
        ask(ann, "leave", 2);
        publish(bob, 20, "said after");
        String news = ann.news();
        String types = TYPE.matcher(news).results().map(type -> type.group(1)).collect(Collectors.joining(" "));
        assertTrue(types.endsWith("left"), types);
        assertEquals(5, count(news, "said before"));
    }

    @Test
    void aJoinThatIsRefusedAsOneIsInKeepsOneIn() {
        join(ann, 1);
        answers(ann);
        presence.hold("enter");
        join(ann, 2);
        publish(core.enter("bob"), 3, "nobody is in the way");
        presence.fail(new RelayUnavailableException("away"));
        presence.letThrough();
        assertEquals("error2", answers(ann));
        presence.holdNothing();
        publish(ann, 4, "still here");
        ask(ann, "leave", 5);
        assertEquals("ack4 left5", answers(ann));
    }

    @Test
    void aJoinWhoseHistoryCannotBeReadKeepsOneIn() {
        Client bob = core.enter("bob");
        join(ann, 1);
        core.advance(0);
        for (int i = 0; i < 200; i++) {
            publish(bob, i, "so many that not all are recent");
        }
        String epoch = ann.news().replaceAll("(?s).*?\"epoch\":\"([^\"]+)\".*", "$1");
        relay.hold("historyAfter");
        ann.send(
                "{\"type\":\"join\",\"id\":2,\"room\":\"lobby\",\"since\":{\"epoch\":\"" + epoch + "\",\"offset\":1}}");
        publish(bob, 1, "meanwhile");
        String meanwhile = ann.news();
        assertEquals(1, count(meanwhile, "meanwhile"), meanwhile);
        relay.fail(new RelayUnavailableException("away"));
        assertEquals("error2", answers(ann));
        publish(bob, 2, "and after");
        String after = ann.news();
        assertEquals(1, count(after, "and after"), after);
        ann.send(
                "{\"type\":\"join\",\"id\":3,\"room\":\"lobby\",\"since\":{\"epoch\":\"" + epoch + "\",\"offset\":1}}");
        relay.holdNothing();
        core.advance(0);
        while (relay.held() > 0) {
            relay.letThrough();
            core.advance(0);
        }
        String all = ann.news();
        assertTrue(ids(all).equals("joined3") && all.contains("\"recovered\":true"), all);
        assertEquals(201, count(all, "\"type\":\"message\""), "each that was missed, once");
    }

    @Test
    void nothingOfARoomComesBeforeJoined() {
        relay.hold("position");
        String epoch = core.enter("carl").news().replaceAll("(?s).*?\"epoch\":\"([^\"]+)\".*", "$1");
        ann.send(
                "{\"type\":\"join\",\"id\":1,\"room\":\"lobby\",\"since\":{\"epoch\":\"" + epoch + "\",\"offset\":9}}");
        core.advance(0);
        core.enter("bob");
        assertEquals("", ann.news());
        relay.letThrough();
        String news = ann.news();
        assertTrue(news.startsWith("{\"type\":\"joined\"") && news.contains("\"members\":3"), news);
        ask(ann, "members", 2);
        String members = ann.news();
        assertTrue(
                members.contains(
                        "\"users\":[{\"id\":\"ann\",\"name\":\"ann\"},{\"id\":\"bob\",\"name\":\"bob\"},{\"id\":\"carl\",\"name\":\"carl\"}]"),
                members);
    }

    @Test
    void whoJoinsAnewIsToldOfOthersOnce() {
        relay.hold("position");
        join(ann, 1);
        String epoch = ann.news().replaceAll("(?s).*?\"epoch\":\"([^\"]+)\".*", "$1");
        ann.send(
                "{\"type\":\"join\",\"id\":2,\"room\":\"lobby\",\"since\":{\"epoch\":\"" + epoch + "\",\"offset\":9}}");
        ann.news();
        core.enter("bob");
        assertEquals(1, count(ann.news(), "bob has joined"));
        relay.letThrough();
        assertEquals("joined2", answers(ann));
    }

    private void assertAlone(Client bob) {
        core.advance(10_000);
        ask(bob, "members", 3);
        assertTrue(bob.news().contains("\"users\":[{\"id\":\"bob\",\"name\":\"bob\"}]"));
    }

    /** While its join is held. */
    private void sayInPassing() {
        presence.hold("enter");
        join(ann, 1);
        publish(ann, 2, "said in passing");
    }

    @Test
    void whoSaysSomethingAndGoesAtOnceIsHeard() {
        Client bob = core.enter("bob");
        sayInPassing();
        ann.cut();
        presence.holdNothing();
        presence.letThrough();
        assertTrue(bob.news().contains("said in passing"));
        assertAlone(bob);
    }

    @Test
    void whoIsSentAwayIsHeardNoMore() {
        Client bob = core.enter("bob");
        sayInPassing();
        ann.session.queue().close(CloseCode.KICKED, "go");
        ann.cut();
        presence.holdNothing();
        presence.letThrough();
        assertFalse(bob.news().contains("said in passing"));
        assertAlone(bob);
    }

    @Test
    void whoIsSentAwayIsHeardNoMoreAlsoBeforeItsConnectionHasEnded() {
        Client bob = core.enter("bob");
        sayInPassing();
        ann.session.queue().closeWhenFlushed(CloseCode.KICKED, "go");
        presence.holdNothing();
        presence.letThrough();
        core.advance(0);
        assertFalse(bob.news().contains("said in passing"));
        assertEquals(0, core.metrics.get(Counter.MESSAGES_STORED));
    }

    @Test
    void whoseConnectionBreaksAsItIsAnsweredIsHeard() {
        ManualTransport broken = ManualTransport.immediate();
        Client ann = core.connect("ann", broken);
        Client bob = core.enter("bob");
        sayInPassing();
        presence.holdNothing();
        broken.breakDown();
        presence.letThrough();
        core.advance(0);
        ann.cut();
        core.advance(0);
        assertTrue(bob.news().contains("said in passing"));
    }

    @Test
    void onlyThatTooMuchWaitsIsToldAtOnce() {
        presence.hold("enter");
        join(ann, 1);
        for (int i = 2; i < 22; i++) {
            publish(ann, i, "x");
        }
        String told = ann.news();
        assertEquals("error21", ids(told));
        assertTrue(told.contains("busy") && told.contains("retryAfterMs"), told);
        presence.letThrough();
        assertEquals(20, ids(ann.news()).split(" ").length);
    }

    private static void join(Client client, int id) {
        ask(client, "join", id);
    }

    private static void ask(Client client, String type, int id) {
        client.send("{\"type\":\"" + type + "\",\"id\":" + id + ",\"room\":\"lobby\"}");
    }

    private static void publish(Client client, int id, String content) {
        client.send("{\"type\":\"publish\",\"id\":" + id + ",\"room\":\"lobby\",\"content\":\"" + content + "\"}");
    }

    private static String answers(Client client) {
        return ids(client.news());
    }

    private static String ids(String news) {
        return news.lines()
                .filter(line -> ID.matcher(line).find())
                .map(line -> first(TYPE, line) + first(ID, line))
                .collect(Collectors.joining(" "));
    }

    private static String first(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static long count(String news, String text) {
        return Pattern.compile(Pattern.quote(text))
                .matcher(news)
                .results()
                .map(MatchResult::group)
                .count();
    }
}

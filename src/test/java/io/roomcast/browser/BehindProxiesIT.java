package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RestrictiveProxy;
import io.roomcast.support.RestrictiveProxy.Rules;
import io.roomcast.support.Tokens;
import io.roomcast.support.redis.RedisProcess;
import io.roomcast.support.workload.HistoryChecker;
import io.roomcast.support.workload.HistoryLog;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The client library behind proxies as people have them: it finds a way, goes back to the better one when that is
 * there, and no message is lost, comes twice or comes out of order meanwhile.
 */
@Timeout(120)
class BehindProxiesIT {
    private static final int WINDOW = 10_000;
    /** In place of half a minute. */
    private static final Duration LONGEST_ANSWER = Duration.ofMillis(2_500);
    /** In place of five seconds. */
    private static final Duration LONGEST_SILENCE = Duration.ofMillis(1_500);

    private static final Rules STREAMS_ARE_CUT = new Rules(true, false, Duration.ofMillis(1_200), null);
    private static final Duration TOKEN_LIFE = Duration.ofSeconds(4);

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @AutoClose
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        // Longer than any test waits: nobody is gone because a lease has ended.
        server = EmbeddedServer.start(Map.of("roomcast.auth", "open", "roomcast.http.lease", "2m"));
    }

    private String room;

    @BeforeEach
    void inARoomOfItsOwn(TestInfo test) {
        room = test.getTestMethod().orElseThrow().getName();
    }

    private RecordedPage page(String user) {
        return RecordedPage.of(CHROMIUM.browser(), user, room);
    }

    private static void checkHistory(RecordedPage... pages) {
        for (RecordedPage page : pages) {
            page.await("stored === said");
            assertEquals(List.of(), page.evaluate("unstored"));
        }
        HistoryLog log = new HistoryLog();
        for (RecordedPage page : pages) {
            long last = ((Number) pages[0].evaluate("Math.max(...record.filter(({ type }) => type === 'acked')"
                            + ".map(({ offset }) => offset), 0)"))
                    .longValue();
            page.await("room.position.offset >= " + last);
        }
        for (RecordedPage page : pages) {
            page.addTo(log);
        }
        assertEquals(List.of(), new HistoryChecker(WINDOW).check(log.events()));
    }

    @Test
    void whereUpgradesAreRefusedPollsAreUsedUntilThatIsOver() throws IOException {
        try (RestrictiveProxy proxy = RestrictiveProxy.before(Rules.NO_UPGRADES, server.uri());
                RecordedPage ann = page("ann").enter(proxy.uri(), "");
                RecordedPage bob = page("bob").enter(server.uri(), "")) {
            assertEquals("poll", ann.transport());
            assertEquals("websocket", bob.transport());
            assertEquals(1, proxy.handshakes());
            bob.say(100, 5);
            ann.say(100, 5);

            // Half way, the proxy lets a WebSocket through, and the browser says that something has changed.
            ann.await("heard.length > 50");
            proxy.follow(Rules.NONE);
            ann.evaluate("() => { dispatchEvent(new Event('online')); }");
            ann.await("rc.transport === 'websocket'");
            ann.await("said === 100 && heard.length === 200");
            checkHistory(ann, bob);
            assertEquals(List.of("poll", "websocket"), ann.evaluate("transports"));
            assertEquals(0, ann.evaluate("waits"));

            // What was remembered is forgotten: the next page begins with a WebSocket.
            ann.enter(proxy.uri(), "");
            assertEquals("websocket", ann.transport());
        }
    }

    @Test
    void theNextPageRemembersWhatTheNetworkLetsThrough() throws IOException {
        try (RestrictiveProxy proxy = RestrictiveProxy.before(Rules.NO_UPGRADES, server.uri());
                RecordedPage ann = page("ann").enter(proxy.uri(), "")) {
            ann.enter(proxy.uri(), "");
            assertEquals("poll", ann.transport());
            assertEquals(1, proxy.handshakes());
        }
    }

    @Test
    void othersAreSeenToComeAndGoAndSoIsWhoPolls() throws IOException {
        try (RestrictiveProxy proxy = RestrictiveProxy.before(Rules.NO_UPGRADES, server.uri());
                RecordedPage ann = page("ann").enter(proxy.uri(), "");
                RecordedPage bob = page("bob").enter(server.uri(), "")) {
            ann.await("room.count === 2");
            bob.await("room.count === 2");
            RecordedPage carl = page("carl").enter(proxy.uri(), "");
            ann.await("room.count === 3");
            bob.await("room.count === 3");
            // The page goes, without a word of the application.
            carl.close();
            ann.await("room.count === 2");
            bob.await("room.count === 2");
            assertEquals(
                    "ann,bob", ann.evaluate("room.members().then(({ users }) => users.map(({ id }) => id).join())"));
            ann.evaluate("rc.close()");
            bob.await("room.count === 1");
        }
    }

    @Test
    void aProxyThatHoldsAnswersBackUntilTheyAreWholeAndCutsLongOnes() throws IOException {
        try (RestrictiveProxy proxy = RestrictiveProxy.before(Rules.bufferAndCutAfter(LONGEST_ANSWER), server.uri());
                RecordedPage ann = page("ann").enter(proxy.uri(), "");
                RecordedPage bob = page("bob").enter(server.uri(), "")) {
            assertEquals("poll", ann.transport());
            int cuts = proxy.cuts();
            for (int i = 1; i <= 3; i++) {
                bob.say(1, 0);
                ann.say(1, 0);
                ann.await("heard.length === " + 2 * i);
            }
            Await.until("a poll that waits too long", () -> proxy.cuts() > cuts);
            bob.say(5, 400);
            ann.await("heard.length === 11");
            assertEquals(cuts + 1, proxy.cuts(), "the next ones wait less");
            checkHistory(ann, bob);
            assertEquals(0, ann.evaluate("waits"));
        }
    }

    @Test
    void aProxyThatCutsSilentConnections() throws IOException {
        try (RestrictiveProxy proxy = RestrictiveProxy.before(Rules.cutSilenceAfter(LONGEST_SILENCE), server.uri());
                RecordedPage ann = page("ann").enter(proxy.uri(), "");
                RecordedPage carl = page("carl").enter(proxy.uri(), "transport: 'poll'");
                RecordedPage bob = page("bob").enter(server.uri(), "")) {
            // Two are cut; then the client pings often enough.
            ann.await("waits === 2 && rc.state === 'open'");
            int handshakes = proxy.handshakes();
            bob.say(3, 2 * (int) LONGEST_SILENCE.toMillis());
            ann.await("heard.length === 3");
            carl.await("heard.length === 3");
            checkHistory(ann, bob, carl);
            assertEquals("websocket", ann.transport());
            assertEquals(handshakes, proxy.handshakes(), "it was not cut again");
            assertEquals(0, carl.evaluate("waits"));
        }
    }

    @Test
    void theChatSaysNothingOfItUnlessAsked() throws IOException {
        try (RestrictiveProxy proxy = RestrictiveProxy.before(Rules.NO_UPGRADES, server.uri())) {
            ChatPage ann = ChatPage.with(CHROMIUM.browser());
            ChatPage bob = ChatPage.with(CHROMIUM.browser());
            ann.enter(proxy.uri(), "ann", "tea");
            bob.enter(server.uri(), "bob", "tea");
            assertThat(ann.room("tea").page().locator(".topbar .connection-text"))
                    .hasText("Connected");
            assertThat(ann.page().locator(".topbar .connection-text"))
                    .hasAttribute("title", "Over HTTP: no WebSocket opens here");
            ann.say("tea", "hello");
            assertThat(bob.message("tea", "hello")).isVisible();
            bob.say("tea", "hi");
            assertThat(ann.message("tea", "hi")).isVisible();
            assertThat(ann.banner()).isHidden();
            bob.closeWithoutFailures();
            ann.closeWithoutFailures();
        }
    }

    /** Each request goes to the other node, and one node dies. */
    @Test
    void anyNodeServesTheNextRequestAndOneIsKilled() throws IOException {
        try (RedisProcess redis = RedisProcess.launch();
                MainProcess a = node(redis, "a");
                EmbeddedServer b = EmbeddedServer.start(Map.of(
                        "roomcast.auth",
                        "open",
                        "roomcast.relay",
                        "redis",
                        "roomcast.redis.uri",
                        redis.uri(),
                        "roomcast.node",
                        "b"))) {
            URI first = a.awaitReady();
            try (RestrictiveProxy proxy = RestrictiveProxy.before(Rules.NO_UPGRADES, first, b.uri());
                    RecordedPage ann = page("ann").enter(proxy.uri(), "");
                    RecordedPage bob = page("bob").enter(proxy.uri(), "")) {
                ann.say(150, 20);
                bob.say(150, 20);
                ann.await("stored > 50");
                assertTrue(proxy.served(0) > 10 && proxy.served(1) > 10, "both nodes serve");
                a.signal("KILL");
                ann.await("stored === 150");
                bob.await("stored === 150");
                ann.await("heard.length === 300");
                bob.await("heard.length === 300");
                checkHistory(ann, bob);
            }
        }
    }

    private static MainProcess node(RedisProcess redis, String name) {
        return MainProcess.start(
                "--port=0", "--auth=open", "--relay=redis", "--redis.uri=" + redis.uri(), "--node=" + name);
    }

    /** Each request shows the token. A fresh one comes in time, and nothing is lost or heard of it. */
    @Test
    void aTokenIsFollowedByAFreshOneWhilePollsGoOn() throws IOException {
        AtomicInteger given = new AtomicInteger();
        try (EmbeddedServer guarded = EmbeddedServer.start(Map.of(
                        "roomcast.auth", "token",
                        "roomcast.auth.secret", Tokens.SECRET,
                        "roomcast.token.default-permissions", Tokens.MEMBER));
                RecordedPage ann = page("ann")) {
            ann.page().exposeFunction("freshToken", ignored -> {
                given.incrementAndGet();
                return Tokens.signed(Tokens.of("ann", TOKEN_LIFE));
            });
            ann.enter(guarded.uri(), "transport: 'poll', token: () => freshToken()");
            ann.say(20, 400);
            ann.await("stored === 20 && heard.length === 20");
            checkHistory(ann);
            assertTrue(given.get() > 2, "tokens: " + given);
            assertEquals(0, ann.evaluate("waits"));
        }
    }

    /** The third transport, which is there for who asks for it. */
    @Test
    void serverSentEventsBringTheSameAlsoWhenTheyAreCut() throws IOException {
        try (RestrictiveProxy proxy = RestrictiveProxy.before(STREAMS_ARE_CUT, server.uri());
                RecordedPage ann = page("ann").enter(proxy.uri(), "transport: 'sse'");
                RecordedPage bob = page("bob").enter(server.uri(), "")) {
            assertEquals("sse", ann.transport());
            ann.say(50, 50);
            bob.say(50, 50);
            ann.await("said === 50 && heard.length === 100");
            checkHistory(ann, bob);
            assertTrue(proxy.cuts() > 0, "the stream was cut");
            assertEquals(0, ann.evaluate("waits"));
        }
    }
}

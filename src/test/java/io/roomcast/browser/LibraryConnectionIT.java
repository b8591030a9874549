package io.roomcast.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection of the client library, and its stay in a room: drains, silence, closes, and who ends a stay. */
class LibraryConnectionIT extends ScriptedLibrary {

    private static final long JUST_OVER_A_HEARTBEAT_MS = 26_000;
    private static final long JUST_OVER_THE_TIME_FOR_A_PONG_MS = 11_000;

    @Test
    void theIdOfTheSessionIsKnownWhileThereIsAConnection() {
        page.join();
        assertEquals("the-session", page.evaluate("rc.session"));
        page.evaluate("rc.close()");
        page.waitFor("rc.session === undefined");
    }

    @Test
    void aDrainingServerIsLeftInTimeWithoutWaitingForTheClose() {
        page.join();
        server.on("join", frame -> {
            server.joined(frame, "e1", 1, true);
            server.sendTogether(messages(1, 1));
        });
        server.send("{'type':'draining','reconnectAfterMs':50}");
        page.waitFor("events.some(({ type }) => type === 'recovered')");
        assertEquals(2, server.connections());
        assertEquals(List.of(1), page.offsets());
    }

    @Test
    void aServerThatFallsSilentIsLeft() {
        Clock clock = person.page().clock();
        clock.install();
        page.join();
        clock.runFor(JUST_OVER_A_HEARTBEAT_MS);
        waitForPings(1);
        assertEquals(1, server.connections());

        server.on("ping", unanswered -> {});
        clock.runFor(JUST_OVER_A_HEARTBEAT_MS);
        waitForPings(2);
        assertEquals(1, server.connections());
        clock.runFor(JUST_OVER_THE_TIME_FOR_A_PONG_MS);
        page.waitFor("events.filter(({ type }) => type === 'joined').length === 2");
        assertEquals(2, server.connections());
        assertEquals(2, server.received("ping").size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 1011, 4000, 4001, 4003, 4004, 4005, 4321})
    void comesBackAfter(int code) {
        page.join();
        server.close(code);
        page.waitFor("events.filter(({ type }) => type === 'joined').length === 2");
        assertEquals(2, server.connections());
    }

    /** A function gives a fresh token; a token that was given as text is shown once more, and then refused. */
    @Test
    void anExpiredTokenIsFollowedByAFreshOne() {
        page.join("token: () => `token-${(window.asked = (window.asked ?? 0) + 1)}`");
        server.close(4004);
        page.waitFor("events.filter(({ type }) => type === 'joined').length === 2");
        assertEquals(
                List.of("token-1", "token-2"),
                server.received("hello").stream()
                        .map(frame -> frame.getString("token"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1007, 1008, 1009, 4500, 4501, 4502})
    void staysAwayAfter(int code) {
        page.join();
        page.evaluate("() => { say('never'); }");
        server.close(code);
        page.waitFor("rc.state === 'closed' && settled.length === 1");
        assertEquals(List.of("never closed"), page.evaluate("settled"));
        assertEquals(1, server.connections());

        page.evaluate("rc.connect()");
        page.waitFor("room.state === 'joined'");
    }

    private void waitForPings(int count) {
        person.page().waitForCondition(() -> server.received("ping").size() == count);
    }
}

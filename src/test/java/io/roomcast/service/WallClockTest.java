package io.roomcast.service;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.identity.TokenVerifier;
import io.roomcast.local.LocalPresence;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Payload;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Relay;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.support.ManualTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody sets the clock of the machine. It is for others to read; nothing is measured with it. */
class WallClockTest {
    private static final RoomName ROOM = new RoomName("backed");
    private static final UserId BACK_END = new UserId("backend");

    private final CoreFixture core = new CoreFixture(Map.of("roomcast.heartbeat", "5s", "roomcast.history.age", "1h"));

    private static Stream<Duration> jumps() {
        return Stream.of(Duration.ofMinutes(1), Duration.ofDays(1)).flatMap(jump -> Stream.of(jump, jump.negated()));
    }

    @ParameterizedTest
    @MethodSource("jumps")
    void nobodyIsCutAndSilenceIsMeasuredOn(Duration jump) {
        core.heartbeat.start();
        Client ann = core.enter("ann");
        pass(5);
        Client slow = core.enter("slow", new ManualTransport());
        Client bob = core.enter("bob");
        core.advance(0);
        core.setWallClock(jump);
        pass(9);
        assertNull(ann.transport.closeCode());
        assertNull(slow.transport.closeCode());
        bob.news();
        bob.send("{\"id\":1,\"content\":\"still here\"}");
        assertTrue(bob.news().contains("\"type\":\"ack\""));
        pass(1);
        assertEquals(CloseCode.HEARTBEAT_LOST, ann.transport.closeCode(), "after 15 s of silence, whatever the jump");
        pass(2);
        assertEquals(CloseCode.SLOW_CONSUMER, slow.transport.closeCode(), "it has read nothing for 10 s");
    }

    @ParameterizedTest
    @MethodSource("jumps")
    void whoHasYetToShowATokenHasAsLongAsBefore(Duration jump) {
        CoreFixture guarded = new CoreFixture(
                Map.of(
                        "roomcast.auth", "token",
                        "roomcast.auth.secret", "x".repeat(64),
                        "roomcast.auth.hello-timeout", "10s",
                        "roomcast.heartbeat", "1h"),
                new LocalPresence(),
                relay -> relay,
                new EndlessTokens());
        guarded.heartbeat.start();
        guarded.admission.start();
        Client ann = guarded.connect(null);
        ann.send("{\"type\":\"hello\",\"token\":\"t\"}");
        assertTrue(ann.news().contains("\"type\":\"welcome\""));
        Client silent = guarded.connect(null);
        guarded.setWallClock(jump);
        for (int second = 0; second < 9; second++) {
            guarded.advance(1_000);
        }
        assertNull(silent.transport.closeCode());
        for (int second = 0; second < 3; second++) {
            guarded.advance(1_000);
        }
        assertEquals(CloseCode.HELLO_TIMEOUT, silent.transport.closeCode());
        assertNull(ann.transport.closeCode(), "a token without an end has none");
    }

    @ParameterizedTest
    @MethodSource("jumps")
    void noKeyAndNoEpochIsForgottenAndNoMessageGrowsOld(Duration jump) {
        Position first = publish("key");
        Position unkeyed = publish(null);
        core.setWallClock(jump);
        core.advance(60_000);
        assertEquals(first, publish("key"), "stored once");
        HistoryPage kept = get(core.backEnd.history(ROOM, null, null, 10));
        assertEquals(unkeyed, new Position(kept.epoch(), kept.messages().get(1).offset()));
        core.advance(Relay.KEY_MEMORY_SECONDS * 1_000L - 60_000);
        assertEquals(first, publish("key"));
        core.advance(1);
        assertEquals(new Position(first.epoch(), 3), publish("key"), "five minutes have passed");
    }

    private Position publish(String key) {
        return get(core.backEnd.publish(ROOM, User.of(BACK_END), Payload.of("said"), key));
    }

    private void pass(int seconds) {
        for (int second = 0; second < seconds; second++) {
            core.advance(1_000);
        }
    }

    private static final class EndlessTokens implements TokenVerifier {
        @Override
        public void start() {}

        @Override
        public CompletionStage<Identity> verify(String token) {
            return CompletableFuture.completedStage(
                    new Identity(User.of(new UserId("ann")), true, RoomPermissions.OPEN, Set.of(), Instant.MAX));
        }
    }
}

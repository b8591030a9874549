package io.roomcast.nats;

import io.roomcast.metrics.Counter;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceOfNodesContract;
import io.roomcast.support.Stages;
import io.roomcast.support.nats.NatsProcess;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Presence over NATS, also when it loses everything. */
class NatsPresenceTest extends PresenceOfNodesContract<NatsNode> {
    private static NatsProcess nats;

    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void startNats() {
        nats = NatsProcess.launch();
    }

    @AfterAll
    static void stopNats() {
        if (nats != null) {
            nats.close();
        }
    }

    @Override
    protected NatsNode connect() {
        return connect(NAMES);
    }

    private NatsNode connect(int names) {
        return NatsNode.connected(NatsSettings.of(List.of(nats.uri())).withPrefix(prefix), names);
    }

    @Test
    void nobodyIsToldToLeaveWhenNatsHasLostPresence() {
        nobodyIsToldToLeaveWhen(() -> {
            nats.kill(); // The presence of rooms is in its memory.
            nats.start();
        });
    }

    /** Another node has changed the rooms meanwhile: each record is read and written again before the end. */
    @Test
    void theUsersOfANodeThatEndsHaveLeftWhenItHasEnded() {
        NatsNode ending = node();
        List<RoomName> rooms =
                IntStream.range(0, 50).mapToObj(i -> new RoomName("room-" + i)).toList();
        rooms.forEach(each -> ending.enter(each, "ann"));
        rooms.forEach(each -> node.enter(each, "bob"));
        close(ending);
        for (RoomName each : rooms) {
            Assertions.assertEquals(
                    List.of(BOB),
                    Stages.get(node.store.roster(each, 9)).users().stream()
                            .map(User::id)
                            .toList());
        }
    }

    private static List<CompletionStage<?>> enterAll(NatsNode into, RoomName room, int users) {
        String info = "{\"a\":\"" + "x".repeat(300) + "\"}";
        return IntStream.range(0, users)
                .<CompletionStage<?>>mapToObj(i -> into.store.enter(room, new User(id(i), "name", info), "session"))
                .toList();
    }

    private static UserId id(int i) {
        return new UserId("user" + i);
    }

    /** NATS takes no more than 64 KiB of headers. */
    @Test
    void aChangeThatNoHeaderHoldsIsToldAllTheSame() {
        int users = 400;
        NatsNode other = add(connect(users));
        other.watch(room);
        enterAll(node, room, users).forEach(Stages::get);
        UserId[] all = IntStream.range(0, users).mapToObj(NatsPresenceTest::id).toArray(UserId[]::new);
        other.told.awaitList(room, all);
        Assertions.assertEquals(users, Stages.get(other.store.roster(room, 1)).count());
        Assertions.assertEquals(0, other.metrics.get(Counter.UNKNOWN_ENVELOPES));
        assertNothingWrong();
    }

    @Test
    void usersForWhomTheRecordHasNoPlaceDoNotKeepOthersOut() {
        try (NatsProcess small = NatsProcess.launch("max_payload: 65536");
                NatsNode crowded = NatsNode.connected(NatsSettings.of(List.of(small.uri())))) {
            List<Boolean> entered = enterAll(crowded, room, 400).stream()
                    .map(stage -> stage.handle((result, failure) -> failure == null)
                            .toCompletableFuture()
                            .join())
                    .toList();
            Assertions.assertTrue(entered.contains(false));
            long count = entered.stream().filter(each -> each).count();
            Assertions.assertTrue(count > 100, () -> count + " users");
            Assertions.assertEquals(
                    count, Stages.get(crowded.store.roster(room, 1)).count());
        }
    }
}

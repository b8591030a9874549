package io.roomcast.nats;

import io.roomcast.metrics.Counter;
import io.roomcast.nats.connection.NatsSettings;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceContractTest;
import io.roomcast.relay.PresenceStore;
import io.roomcast.support.RecordedPresence;
import io.roomcast.support.Stages;
import io.roomcast.support.nats.NatsProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Presence of several nodes, also of nodes that end, and when NATS loses everything. */
class NatsPresenceTest extends PresenceContractTest {
    private static NatsProcess nats;

    private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<NatsNode> nodes = new ArrayList<>();
    private NatsNode node;

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

    private NatsNode node() {
        return node(NAMES);
    }

    private NatsNode node(int names) {
        NatsNode next = NatsNode.connected(NatsSettings.of(List.of(nats.uri())).withPrefix(prefix), names);
        nodes.add(next);
        return next;
    }

    @BeforeEach
    void startNode() {
        node = node();
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(NatsNode::close);
    }

    @Override
    protected PresenceStore presence() {
        return node.store;
    }

    @Override
    protected RecordedPresence told() {
        return node.told;
    }

    private void assertNothingWrong() {
        nodes.forEach(each -> Assertions.assertEquals(List.of(), each.told.wrong()));
    }

    @Test
    void twoNodesAreToldTheSameInTheSameOrder() {
        NatsNode other = node();
        node.watch(room);
        other.watch(room);
        for (int i = 0; i < 10; i++) {
            node.enter(room, "ann");
            other.enter(room, "bob");
            node.leave(room, "ann");
            other.leave(room, "bob");
        }
        node.told.awaitList(room);
        other.enter(room, "cem");
        node.told.awaitList(room, new UserId("cem"));
        other.told.awaitList(room, new UserId("cem"));
        Assertions.assertEquals(node.told.changes(room), other.told.changes(room));
        assertNothingWrong();
    }

    @Test
    void aUserOnTwoNodesLeavesWithTheLast() {
        NatsNode other = node();
        node.watch(room);
        node.enter(room, "ann");
        other.enter(room, "ann");
        node.leave(room, "ann");
        other.leave(room, "ann");
        node.told.awaitChanges(room, "+ann", "-ann");
    }

    @Test
    void theUsersOfANodeThatVanishedLeaveOnce() {
        NatsNode third = node();
        NatsNode gone = node();
        node.watch(room);
        third.watch(room);
        node.enter(room, "ann");
        third.enter(room, "cem");
        gone.enter(room, "bob");
        node.told.awaitChanges(room, "+ann", "+cem", "+bob");
        nodes.remove(gone);
        gone.vanish();
        node.told.awaitChanges(room, "+ann", "+cem", "+bob", "-bob");
        third.told.awaitList(room, ANN, new UserId("cem"));
        assertNothingWrong();
    }

    @Test
    void nobodyIsToldToLeaveWhenNatsHasLostPresence() {
        NatsNode other = node();
        node.watch(room);
        other.watch(room);
        node.enter(room, "ann");
        other.enter(room, "bob");
        node.told.awaitChanges(room, "+ann", "+bob");
        nats.kill(); // The presence of rooms is in its memory.
        nats.start();
        node.enter(room, "cem");
        node.told.awaitList(room, ANN, BOB, new UserId("cem"));
        other.told.awaitList(room, ANN, BOB, new UserId("cem"));
        other.leave(room, "bob");
        node.told.awaitList(room, ANN, new UserId("cem"));
        Assertions.assertEquals(List.of("+ann", "+bob", "+cem", "-bob"), node.told.changes(room));
        assertNothingWrong();
    }

    /** Another node has changed the rooms meanwhile: each record is read and written again before the end. */
    @Test
    void theUsersOfANodeThatEndsHaveLeftWhenItHasEnded() {
        NatsNode ending = node();
        List<RoomName> rooms =
                IntStream.range(0, 50).mapToObj(i -> new RoomName("room-" + i)).toList();
        rooms.forEach(each -> ending.enter(each, "ann"));
        rooms.forEach(each -> node.enter(each, "bob"));
        nodes.remove(ending);
        ending.close();
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
        NatsNode other = node(users);
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

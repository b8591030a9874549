package io.roomcast.replica;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Counter;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceStore.Roster;
import io.roomcast.support.Await;
import io.roomcast.support.SettableClock;
import io.roomcast.support.Stages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes over one log, which fails in the ways in which logs fail. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoNodesTest {
    private static final RoomName LOBBY = new RoomName("lobby");

    private final SettableClock clock = new SettableClock();
    private final MemoryBroker broker = new MemoryBroker(clock);
    private final List<ReplicaNode> nodes = new ArrayList<>();
    private ReplicaNode one;
    private ReplicaNode two;

    private ReplicaNode node() {
        ReplicaNode node = new ReplicaNode(broker.connect(), "node", 10);
        nodes.add(node);
        return node;
    }

    @BeforeEach
    void startNodes() {
        one = node();
        two = node();
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(ReplicaNode::close);
    }

    @Test
    void bothGiveTheSamePositionsAndDeliverTheSame() {
        Position start = Stages.get(one.relay.subscribe(LOBBY));
        assertEquals(start, Stages.get(two.relay.subscribe(LOBBY)));
        List<CompletionStage<Position>> acks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ReplicaNode node = i % 2 == 0 ? one : two;
            acks.add(node.relay.publish(LOBBY, "key" + i / 3, ("m" + i).getBytes(StandardCharsets.UTF_8)));
        }
        acks.forEach(Stages::get);
        one.listener.awaitCount(LOBBY, 67);
        two.listener.awaitCount(LOBBY, 67);
        assertEquals(one.listener.bodies(LOBBY), two.listener.bodies(LOBBY));
        assertEquals(one.history(LOBBY), two.history(LOBBY));
        assertEquals(67, one.history(LOBBY).size());
    }

    /** Whoever has an acknowledgement from one node finds the message on the other one. */
    @Test
    void aReadSeesWhatWasAcknowledgedElsewhere() {
        for (int i = 1; i <= 50; i++) {
            Position acknowledged = one.publish(LOBBY, "m" + i);
            assertEquals(acknowledged, Stages.get(two.relay.position(LOBBY)));
            assertEquals(i, two.history(LOBBY).size());
        }
    }

    @Test
    void aRepetitionOnTheOtherNodeIsKnown() {
        Position first = one.publish(LOBBY, "key", "a");
        clock.advance(Duration.ofMinutes(4));
        assertEquals(first, two.publish(LOBBY, "key", "a"));
        clock.advance(Duration.ofMinutes(4));
        assertEquals(first, one.publish(LOBBY, "key", "a"));
    }

    @Test
    void aNodeThatWasCutOffMissesNothing() {
        Stages.get(two.relay.subscribe(LOBBY));
        one.publish(LOBBY, "a");
        broker.setReachable(false);
        Stages.assertUnavailable(one.relay.publish(LOBBY, null, new byte[1]));
        Stages.assertUnavailable(two.relay.subscribe(new RoomName("other")));
        Stages.assertUnavailable(two.relay.probe());
        broker.setReachable(true);
        one.publish(LOBBY, "b");
        two.listener.awaitCount(LOBBY, 2);
        assertEquals(List.of("a", "b"), two.listener.bodies(LOBBY));
        assertEquals(List.of(), two.listener.resets(LOBBY));
    }

    /** It may have been stored, as the caller learns by its key. */
    @Test
    void aPublishWhoseConfirmationIsLostIsStoredOnce() {
        Stages.get(two.relay.subscribe(LOBBY));
        broker.setSilent(true);
        Stages.assertUnavailable(one.relay.publish(LOBBY, "key", "a".getBytes(StandardCharsets.UTF_8)));
        broker.setSilent(false);
        two.listener.awaitCount(LOBBY, 1);
        assertEquals(1, one.publish(LOBBY, "key", "a").offset());
        assertEquals(List.of("1 a"), two.history(LOBBY));
    }

    @Test
    void allRoomsBeginAnewWhenTheLogIsLost() {
        Position before = Stages.get(two.relay.subscribe(LOBBY));
        one.publish(LOBBY, "a");
        two.listener.awaitCount(LOBBY, 1);
        broker.lose();
        two.listener.awaitResets(LOBBY, 1);
        Position anew = two.listener.resets(LOBBY).get(0);
        assertEquals(0, anew.offset());
        assertNotEquals(before.epoch(), anew.epoch());
        Stages.untilAnswered(one.relay::probe);
        assertEquals(new Position(anew.epoch(), 1), one.publish(LOBBY, "b"));
        two.listener.awaitCount(LOBBY, 2);
        assertEquals(List.of("1 b"), two.history(LOBBY));
        assertEquals(1, two.metrics.get(Counter.RELAY_RECONNECTS));
    }

    /** As over a broker that has an older copy of its disk: no place is given to another message. */
    @Test
    void roomsThatHaveLostMessagesAreNumberedAnew() {
        RoomName quiet = IntStream.range(0, 100)
                .mapToObj(i -> new RoomName("quiet" + i))
                .filter(room -> Math.floorMod(room.value().hashCode(), MemoryBroker.PARTITIONS) == partition())
                .findFirst()
                .orElseThrow();
        Position kept = one.publish(quiet, "before");
        Position before = Stages.get(one.relay.subscribe(LOBBY));
        Stages.get(two.relay.subscribe(LOBBY));
        one.publish(LOBBY, "a");
        long lost = broker.records(partition()).size();
        two.publish(LOBBY, "b");
        one.listener.awaitCount(LOBBY, 2);
        two.listener.awaitCount(LOBBY, 2);
        broker.goBack(partition(), lost);
        one.listener.awaitResets(LOBBY, 1);
        two.listener.awaitResets(LOBBY, 1);
        Position anew = Stages.get(one.relay.position(LOBBY));
        assertNotEquals(before.epoch(), anew.epoch());
        assertEquals(List.of(anew), one.listener.resets(LOBBY));
        assertEquals(List.of(anew), two.listener.resets(LOBBY));
        assertEquals(new Position(anew.epoch(), 1), two.publish(LOBBY, "c"));
        assertEquals(kept, Stages.get(two.relay.position(quiet)));
    }

    @Test
    void aNodeThatStartsWhenTheLogIsTrimmedGoesOn() {
        Position first = one.publish(LOBBY, "old");
        for (int hour = 0; hour < 30; hour++) {
            clock.advance(Duration.ofHours(1));
            one.publish(LOBBY, "key" + hour, "m" + hour);
        }
        broker.trimBefore(clock.millis() - Duration.ofHours(25).toMillis());
        ReplicaNode third = node();
        assertEquals(31, Stages.get(third.relay.position(LOBBY)).offset());
        assertEquals(first.epoch(), Stages.get(third.relay.position(LOBBY)).epoch());
        assertEquals(31, third.publish(LOBBY, "key29", "again").offset());
        assertEquals(32, third.publish(LOBBY, "new").offset());
        assertEquals(one.history(LOBBY), third.history(LOBBY));
        assertTrue(one.listener.resets(LOBBY).isEmpty());
    }

    /** A bug, another version, a broker that gave two nodes different records: nobody goes on with two truths. */
    @Test
    void nodesThatDisagreeNumberTheRoomAnew() {
        Position before = Stages.get(one.relay.subscribe(LOBBY));
        Stages.get(two.relay.subscribe(LOBBY));
        one.publish(LOBBY, "a");
        int partition = partition();
        long last = broker.records(partition).size() - 1L;
        Head other = new Head(Head.Knowledge.ROOM, before.epoch(), 17, last);
        broker.append(partition, new LogRecord(LogRecord.Kind.BEGIN, 1, 1, LOBBY.value(), other, new byte[0]).encode());
        one.listener.awaitResets(LOBBY, 1);
        two.listener.awaitResets(LOBBY, 1);
        Position anew = Stages.get(one.relay.position(LOBBY));
        assertNotEquals(before.epoch(), anew.epoch());
        assertEquals(anew, Stages.get(two.relay.position(LOBBY)));
        assertEquals(List.of(anew), one.listener.resets(LOBBY));
        assertEquals(1, two.publish(LOBBY, "b").offset());
    }

    /** No other node is there that would see it. */
    @Test
    void aNodeThatFindsNodesInDisagreementWhenItStartsNumbersTheRoomAnew() {
        MemoryBroker log = new MemoryBroker(clock);
        Head first = new Head(Head.Knowledge.NO_ROOM, "first", 0, -1);
        Head other = new Head(Head.Knowledge.ROOM, "first", 17, 0);
        List.of(first, other)
                .forEach(head -> log.append(
                        partition(),
                        new LogRecord(LogRecord.Kind.BEGIN, 1, 1, LOBBY.value(), head, new byte[0]).encode()));
        ReplicaNode three = new ReplicaNode(log.connect(), "three", 10);
        nodes.add(three);
        Await.until(
                "another epoch",
                () -> !Stages.get(three.relay.position(LOBBY)).epoch().equals("first"));
    }

    @Test
    void recordsOfOthersHarmNobody() {
        one.publish(LOBBY, "a");
        for (int partition = 0; partition < MemoryBroker.PARTITIONS; partition++) {
            broker.append(partition, "something else".getBytes(StandardCharsets.UTF_8));
            broker.append(partition, new byte[0]);
            broker.append(
                    partition,
                    new LogRecord(LogRecord.Kind.BEGIN, 1, 1, "no\nroom", Head.SILENT, new byte[0]).encode());
        }
        assertEquals(2, two.publish(LOBBY, "b").offset());
        Await.until("all are counted", () -> one.metrics.get(Counter.UNKNOWN_ENVELOPES) == 9);
    }

    private int partition() {
        return Math.floorMod(LOBBY.value().hashCode(), MemoryBroker.PARTITIONS);
    }

    private long count(int partition, LogRecord.Kind kind) {
        return broker.records(partition).stream()
                .map(LogRecord::decode)
                .filter(record -> record.kind() == kind)
                .count();
    }

    /** The log lets go of the record by which somebody came. */
    @Test
    void whoCameLongAgoIsKnownToANodeThatStartsNow() {
        one.enter(LOBBY, "ann");
        two.enter(LOBBY, "bob");
        long revision = Stages.get(two.store.roster(LOBBY, 9)).revision();
        clock.advance(Duration.ofHours(9));
        long later = clock.millis();
        Await.until("all users are appended again", () -> count(partition(), LogRecord.Kind.USERS) > 0);
        broker.trimBefore(later);
        ReplicaNode third = node();
        Roster roster = Stages.get(third.store.roster(LOBBY, 9));
        assertEquals(Stages.get(one.store.roster(LOBBY, 9)), roster);
        assertEquals(2, roster.count());
        assertEquals(revision, roster.revision());
    }

    @Test
    void whatNodesHaveAgreedOnOutlivesItsRecord() {
        byte[] first = Stages.get(one.relay.exchange().agree("secret", new byte[] {1}));
        clock.advance(Duration.ofHours(9));
        two.relay.sweep();
        Await.until("the value is appended again", () -> count(0, LogRecord.Kind.AGREED) > 0);
        broker.trimBefore(clock.millis());
        ReplicaNode third = node();
        assertArrayEquals(first, Stages.get(third.relay.exchange().agree("secret", new byte[] {3})));
    }

    @Test
    void aQuietRoomWithMembersIsKept() {
        Position start = Stages.get(one.relay.subscribe(LOBBY));
        for (int i = 1; i <= 4; i++) {
            int records = i + 1;
            clock.advance(Duration.ofHours(9));
            one.relay.sweep();
            Await.until("a record keeps the room", () -> count(partition(), LogRecord.Kind.BEGIN) == records);
        }
        broker.trimBefore(clock.millis() - Duration.ofHours(25).toMillis());
        assertTrue(count(partition(), LogRecord.Kind.BEGIN) < 4);
        assertEquals(start, Stages.get(two.relay.position(LOBBY)));
        assertEquals(start, Stages.get(node().relay.position(LOBBY)));
    }

    /** Nobody watches the room, so nobody compares it. */
    @Test
    void theUsersOfANodeThatVanishedAreForgottenEverywhere() {
        ReplicaNode gone = node();
        nodes.remove(gone);
        gone.enter(LOBBY, "ann");
        gone.vanish();
        Await.until("the lease has ended", () -> {
            clock.advance(Duration.ofMillis(500));
            one.relay.sweep();
            two.relay.sweep();
            return broker.records(partition()).stream()
                    .map(LogRecord::decode)
                    .filter(record -> record.kind() == LogRecord.Kind.PRESENCE)
                    .anyMatch(record -> new String(record.body(), StandardCharsets.UTF_8).startsWith("EVICT"));
        });
    }

    private static long firstKept(ReplicaNode node) {
        return Stages.get(node.relay.historyAfter(LOBBY, 0, 1))
                .messages()
                .get(0)
                .offset();
    }

    /** The memory of a node decides what it shows, and never what it counts. */
    @Test
    void aNodeWithLittleMemoryCountsAsAllOthers() {
        ReplicaNode small = new ReplicaNode(broker.connect(), "small", 10, 1 << 20);
        nodes.add(small);
        byte[] body = new byte[5_000];
        Position last = null;
        for (int i = 0; i < 1_000; i++) {
            last = Stages.get(one.relay.publish(LOBBY, "key" + i, body));
        }
        assertEquals(last, Stages.get(small.relay.position(LOBBY)));
        assertEquals(1, firstKept(one));
        assertTrue(firstKept(small) > 800 && firstKept(small) < 990, () -> firstKept(small) + " is the first");
        assertEquals(1, Stages.get(small.relay.publish(LOBBY, "key0", body)).offset());
        assertEquals(1_001, Stages.get(small.relay.publish(LOBBY, "new", body)).offset());
    }
}

package io.roomcast.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.local.HistoryBudget;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Relay.Entry;
import io.roomcast.relay.Relay.Prefix;
import io.roomcast.relay.RelayFixture;
import io.roomcast.replica.LogRecord.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What nodes compute from a log: the same, wherever they begin to read it. */
class RoomsTest {
    private static final long KEEP = TimeUnit.HOURS.toMillis(24);
    private static final long MINUTE = TimeUnit.MINUTES.toMillis(1);

    private record Stored(LogRecord record, long position, long millis) {}

    /** A node that applies a log. */
    private static final class Node implements Rooms.Events {
        final Set<String> disagreed = new HashSet<>();
        final List<String> renumbered = new ArrayList<>();
        long disagreedAt = -1;
        /** What other threads could have read of a room while a record was applied. */
        final List<Head> amidst = new ArrayList<>();

        final Rooms rooms;
        long applied = -1;
        long millis;

        Node(boolean trimmed) {
            rooms = new Rooms(
                    new Rooms.Shared(
                            RelayFixture.PLENTY.everywhere(), new HistoryBudget(1 << 30), new byte[16], KEEP, this),
                    trimmed);
        }

        Prefix apply(Stored stored) {
            Prefix result = rooms.apply(stored.record(), stored.position(), stored.millis());
            applied = stored.position();
            millis = stored.millis();
            return result;
        }

        Head head(String room) {
            return rooms.headNow(room, applied, millis, "");
        }

        /** What a client could ask. */
        String state(String room) {
            ReplicatedRoom found = rooms.find(room);
            return found == null
                    ? "unknown"
                    : found.log.position() + " "
                            + found.log.before(0, 1_000, millis).messages().stream()
                                    .map(StoredMessage::offset)
                                    .toList();
        }

        @Override
        public void stored(ReplicatedRoom room, StoredMessage message) {
            amidst.add(head(room.name.value()));
        }

        @Override
        public void renumbered(ReplicatedRoom room) {
            renumbered.add(room.name.value());
        }

        @Override
        public void disagreed(String room, long position) {
            disagreed.add(room);
            disagreedAt = position;
        }
    }

    private final List<Stored> log = new ArrayList<>();
    private long number;
    private long now = TimeUnit.DAYS.toMillis(365);

    private Stored append(Kind kind, String room, Head head, Entry... entries) {
        LogRecord record =
                LogRecord.decode(new LogRecord(kind, 7, ++number, room, head, Batch.encode(List.of(entries))).encode());
        Stored stored = new Stored(record, log.size(), now);
        log.add(stored);
        return stored;
    }

    private static Entry entry(String key) {
        return new Entry(key, ("\"" + key + "\"").getBytes(StandardCharsets.UTF_8));
    }

    /** Many logs by many chances: rooms that are quiet or busy, keys that come again, nodes that are behind, gaps in time. */
    @Test
    void aNodeThatStartsOnATrimmedLogKnowsWhatAllOthersKnow() {
        int compared = 0;
        for (int seed = 0; seed < 300; seed++) {
            compared += compareTrimmed(new Random(seed), seed);
        }
        assertTrue(compared > 1_000, compared + " rooms");
    }

    private int compareTrimmed(Random random, int seed) {
        log.clear();
        Node full = new Node(false);
        Node behind = new Node(false);
        int records = 200 + random.nextInt(400);
        long span = TimeUnit.HOURS.toMillis(27 + random.nextInt(24));
        for (int i = 0; i < records; i++) {
            now += random.nextInt(4) == 0 ? random.nextLong(2 * span / records * 2) : random.nextInt(500);
            String room = "room" + (int) Math.abs(random.nextGaussian() * 3);
            Node publisher = random.nextBoolean() ? full : behind;
            full.apply(append(
                    random.nextInt(10) == 0 ? Kind.BEGIN : Kind.PUBLISH,
                    room,
                    publisher.head(room),
                    entry(random.nextInt(3) == 0 ? null : "key" + random.nextInt(20))));
            while (behind.applied < log.size() - 1 && random.nextInt(5) > 0) {
                behind.apply(log.get((int) behind.applied + 1));
            }
        }
        assertEquals(Set.of(), full.disagreed, "seed " + seed);
        int start = (int) log.stream()
                .filter(each -> each.millis() < now - KEEP - 60 * MINUTE)
                .count();
        Node late = new Node(start > 0);
        log.subList(start, log.size()).forEach(late::apply);
        assertEquals(Set.of(), late.disagreed, "seed " + seed);
        assertEquals(List.of(), late.rooms.uncertain(now), "seed " + seed);
        int compared = 0;
        Stored next = null;
        for (int i = 0; i < 12; i++) {
            String room = "room" + i;
            ReplicatedRoom known = full.rooms.find(room);
            if (known == null || now - known.last().millis() > KEEP) {
                continue;
            }
            compared++;
            assertEquals(full.state(room), late.state(room), "seed " + seed + ", " + room);
            for (int key = 0; key < 20; key += 5) {
                next = append(Kind.PUBLISH, room, late.head(room), entry("key" + key));
                assertEquals(full.apply(next), late.apply(next), "seed " + seed + ", " + room);
            }
        }
        return compared;
    }

    private Position publish(Node node, String room, String key) {
        return node.apply(append(Kind.PUBLISH, room, node.head(room), entry(key)))
                .positions()
                .get(0);
    }

    @Test
    void aKeyIsRememberedForFiveMinutesSinceItCameLast() {
        Node node = new Node(false);
        Position first = publish(node, "lobby", "a");
        for (int i = 0; i < 5; i++) {
            now += 4 * MINUTE;
            assertEquals(first, publish(node, "lobby", "a"));
            publish(node, "lobby", "other" + i);
        }
        now += 5 * MINUTE + 1;
        assertEquals(7, publish(node, "lobby", "a").offset());
    }

    @Test
    void aRoomIsForgottenADayAfterItsLastRecord() {
        Node node = new Node(false);
        Position first = publish(node, "lobby", "a");
        now += KEEP;
        assertEquals(new Position(first.epoch(), 2), publish(node, "lobby", "b"));
        now += KEEP + 1;
        Position anew = publish(node, "lobby", "c");
        assertEquals(1, anew.offset());
        assertNotEquals(first.epoch(), anew.epoch());
        assertEquals(Set.of(), node.disagreed);
    }

    @Test
    void theSweepForgetsWhatNextRecordWouldForget() {
        Node node = new Node(false);
        publish(node, "lobby", "a");
        node.rooms.sweep(now + KEEP, room -> false, old -> {});
        assertNotNull(node.rooms.find("lobby"));
        List<String> old = new ArrayList<>();
        node.rooms.sweep(now + KEEP / 3 + 1, room -> true, room -> old.add(room.name.value()));
        assertEquals(List.of("lobby"), old, "a room with members is kept");
        node.rooms.sweep(now + KEEP + 1, room -> false, room -> {});
        assertNull(node.rooms.find("lobby"));
    }

    @Test
    void whoKnowsTheRoomOtherwiseSaysSoAndAllNumberItAnew() {
        Node node = new Node(false);
        Position first = publish(node, "lobby", "a");
        Head wrong = new Head(Head.Knowledge.ROOM, first.epoch(), 5, node.applied);
        node.apply(append(Kind.PUBLISH, "lobby", wrong, entry("b")));
        assertEquals(Set.of("lobby"), node.disagreed);
        Stored renumber = append(Kind.RENUMBER, "lobby", new Head(Head.Knowledge.NO_ROOM, "next", 0, node.applied));
        node.apply(renumber);
        node.apply(new Stored(renumber.record(), log.size(), now)); // Another node had noticed, too.
        assertEquals(List.of("lobby"), node.renumbered);
        assertEquals(new Position("next", 1), publish(node, "lobby", "a"));
        node.disagreed.clear();
        node.apply(append(Kind.PUBLISH, "lobby", new Head(Head.Knowledge.NO_ROOM, "x", 0, node.applied), entry("b")));
        assertEquals(Set.of("lobby"), node.disagreed, "a node that knows no such room");
    }

    /** The room of one node begins with the record with which it does not agree. */
    @Test
    void nodesThatDisagreedNumberTheRoomAlikeAfterwards() {
        Node one = new Node(false);
        publish(one, "lobby", "a");
        Node two = new Node(false);
        Stored next = append(Kind.PUBLISH, "lobby", one.head("lobby"), entry("b"));
        one.apply(next);
        two.apply(next);
        assertEquals(List.of("lobby"), two.rooms.uncertain(now));
        Stored renumber = append(Kind.RENUMBER, "lobby", new Head(Head.Knowledge.NO_ROOM, "n", 0, two.disagreedAt));
        one.apply(renumber);
        two.apply(renumber);
        assertEquals(new Position("n", 1), publish(one, "lobby", "c"));
        assertEquals(
                new Position("n", 1),
                two.apply(log.get(log.size() - 1)).positions().get(0));
        assertEquals(List.of(), two.rooms.uncertain(now));
    }

    @Test
    void whatOthersKnewEarlierIsNoDisagreement() {
        Node node = new Node(false);
        Head before = node.head("lobby");
        publish(node, "lobby", "a");
        Head one = node.head("lobby");
        publish(node, "lobby", "b");
        node.apply(append(Kind.PUBLISH, "lobby", before, entry("c")));
        node.apply(append(Kind.PUBLISH, "lobby", one, entry("d")));
        assertEquals(Set.of(), node.disagreed);
        assertEquals(4, node.rooms.find("lobby").log.position().offset());
    }

    @Test
    void whatIsReadWhileARecordIsAppliedIsTrue() {
        Node node = new Node(false);
        for (int i = 0; i < 2; i++) {
            Stored first = append(Kind.PUBLISH, "lobby", node.head("lobby"), entry("a" + i), entry("b" + i));
            node.apply(first);
            node.apply(append(Kind.PUBLISH, "lobby", node.head("lobby"), entry("c" + i), entry("d" + i)));
            for (Head head : node.amidst) {
                assertEquals(head.asOf() < first.position() ? 0 : 2, head.offset(), head.toString());
                node.apply(append(Kind.PUBLISH, "lobby", head));
            }
            assertEquals(Set.of(), node.disagreed);
            node.amidst.clear();
            now += KEEP + 1; // The next record forgets the room.
        }
    }

    @Test
    void whatIsReadWhileARoomIsFoundAgainIsTrue() {
        Node full = new Node(false);
        publish(full, "lobby", "before");
        Stored first = append(Kind.PUBLISH, "other", full.head("other"), entry(null));
        full.apply(first);
        now += 6 * MINUTE;
        Stored second = append(Kind.PUBLISH, "other", full.head("other"), entry(null));
        full.apply(second);
        Head told = full.head("lobby");
        Stored held = append(Kind.PUBLISH, "lobby", Head.SILENT, entry("held"));
        full.apply(held);
        Node late = new Node(true);
        List.of(first, second, held, append(Kind.PUBLISH, "lobby", told, entry("next")))
                .forEach(late::apply);
        assertEquals(3, late.rooms.find("lobby").log.position().offset());
        assertEquals(Head.SILENT, late.amidst.get(late.amidst.size() - 2), "the held message is not numbered yet");
        Head last = late.amidst.get(late.amidst.size() - 1);
        assertEquals(2, last.offset());
        assertEquals(held.position(), last.asOf());
    }

    /** Where the log keeps less than it must, nothing of a room can be certain. */
    @Test
    void aRoomOfWhichTheLogTellsTooLittleIsToldToBeUntold() {
        Node node = new Node(true);
        node.apply(append(Kind.PUBLISH, "lobby", new Head(Head.Knowledge.ROOM, "e", 41, -1), entry("a")));
        assertTrue(node.rooms.isHeld("lobby"));
        assertEquals(Head.SILENT, node.head("lobby"));
        assertEquals(List.of("lobby"), node.rooms.uncertain(now));
        node.apply(append(Kind.RENUMBER, "lobby", new Head(Head.Knowledge.NO_ROOM, "n", 0, node.applied)));
        assertEquals(new Position("n", 1), publish(node, "lobby", "a"));
    }

    @Test
    void otherRecordsAreNoRecords() {
        assertNull(LogRecord.decode(new byte[0]));
        assertNull(LogRecord.decode(new byte[] {1, 99}));
        assertNull(LogRecord.decode("something else".getBytes(StandardCharsets.UTF_8)));
        assertEquals(List.of(), Batch.decode(new byte[] {0, 127, 0, 0, 0}));
        assertNull(PresenceCommand.decode("DANCE 0 lease".getBytes(StandardCharsets.UTF_8)));
        assertNull(Note.decode(new byte[] {2, 77}));
    }
}

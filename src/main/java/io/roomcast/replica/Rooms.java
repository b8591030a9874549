package io.roomcast.replica;

import io.roomcast.local.HistoryBudget;
import io.roomcast.local.KeyDigest;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.relay.Relay.Entry;
import io.roomcast.relay.Relay.Prefix;
import io.roomcast.replica.Head.Knowledge;
import io.roomcast.replica.LogRecord.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The replicas of the rooms of one partition. Every node applies the same records in the same order, and decides by nothing
 * else: not by its clock, and not by its memory. So all nodes give the same offsets.
 *
 * <p><b>Keys.</b> A room knows a key that it has seen within {@link Relay#KEY_MEMORY_SECONDS} of the log, in whichever
 * message. As a repetition renews the memory, a node needs to read no more than these minutes to decide as all others do.
 *
 * <p><b>The beginning.</b> If the log is trimmed, a node learns the number of a room's messages from the {@link Head} of a
 * record: of the first one that was appended by a node which knew the room as of a place that this node has read, with
 * what is needed to decide about keys. Until then it holds the records of the room. The log reaches further back than
 * rooms are kept, so such a head exists for every room that any node still knows.
 *
 * <p><b>Concurrency.</b> The thread of the log changes everything. Any thread may call {@link #headNow} and {@link #has}.
 */
final class Rooms {
    private static final long KEY_MILLIS = TimeUnit.SECONDS.toMillis(Relay.KEY_MEMORY_SECONDS);
    /** A room is said to be known only until it is so close to being forgotten. */
    private static final int CERTAIN_PARTS = 24;

    /** What rooms report. Called by the thread of the log. */
    interface Events {
        void stored(ReplicatedRoom room, StoredMessage message);

        /** The room has another epoch now. */
        void renumbered(ReplicatedRoom room);

        /** Another node knows the room otherwise, says the record at this position. */
        void disagreed(String room, long position);
    }

    /**
     * What all rooms share.
     *
     * @param salt of the digests of keys
     * @param keepMillis how long a room is known after its last record
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Shared(HistoryLimits.Rule limits, HistoryBudget budget, byte[] salt, long keepMillis, Events events) {}

    /** A record whose room is not known yet. */
    private record Held(LogRecord record, long position, long millis) {}

    private final Shared shared;
    private final boolean trimmed;
    private final ConcurrentHashMap<String, ReplicatedRoom> rooms = new ConcurrentHashMap<>();
    /** The records of rooms of which it is not known yet how many messages they had before. */
    private final ConcurrentHashMap<String, List<Held>> held = new ConcurrentHashMap<>();
    /** The rooms about which the nodes disagree, until they have another epoch. */
    private final Set<String> disputed = new HashSet<>();
    /** The position from which heads count, since enough was read before it; -1 if it was not reached yet. */
    private long countsFrom;
    /** Time of the first record that was read; -1 before it. */
    private long firstMillis = -1;

    /** @param trimmed whether the log had earlier records */
    Rooms(Shared shared, boolean trimmed) {
        this.shared = shared;
        this.trimmed = trimmed;
        this.countsFrom = trimmed ? -1 : 0;
    }

    /** How long a room is known after its last record. */
    long keepMillis() {
        return shared.keepMillis();
    }

    /** The room, or null if nobody has begun it. */
    ReplicatedRoom find(String room) {
        return rooms.get(room);
    }

    /** The rooms whose last record has this position, or a later one. */
    List<ReplicatedRoom> since(long position) {
        return rooms.values().stream()
                .filter(room -> room.last().position() >= position)
                .toList();
    }

    /** Whether the number of the room's messages is not known yet. */
    boolean isHeld(String room) {
        return held.containsKey(room);
    }

    /** Any thread. */
    boolean has(String room) {
        return rooms.containsKey(room);
    }

    /**
     * What this node knows of the room. Any thread.
     *
     * @param applied position of the last record that was applied before the call
     * @param millis time of that record
     * @param epoch for the room if there is none
     */
    Head headNow(String room, long applied, long millis, String epoch) {
        if (held.containsKey(room)) {
            return Head.SILENT;
        }
        ReplicatedRoom known = rooms.get(room);
        if (known == null) {
            return new Head(Knowledge.NO_ROOM, epoch, 0, applied);
        }
        if (held.containsKey(room)) {
            return Head.SILENT; // it is found again just now
        }
        ReplicatedRoom.Last last = known.last();
        return isAlmostForgotten(last, millis)
                ? Head.SILENT
                : new Head(Knowledge.ROOM, known.epoch, last.offset(), Math.max(applied, last.position()));
    }

    private boolean isAlmostForgotten(ReplicatedRoom.Last last, long millis) {
        return millis - last.millis() > shared.keepMillis() - shared.keepMillis() / CERTAIN_PARTS;
    }

    private boolean isForgotten(ReplicatedRoom room, long millis) {
        return millis - room.last().millis() > shared.keepMillis();
    }

    /**
     * Applies a record.
     *
     * @return the result of a {@link Kind#PUBLISH}; null for others, and if the record is held
     */
    Prefix apply(LogRecord record, long position, long millis) {
        if (firstMillis < 0) {
            firstMillis = millis;
        }
        if (countsFrom < 0 && millis - firstMillis > KEY_MILLIS) {
            countsFrom = position;
        }
        String name = record.room();
        if (record.kind() == Kind.RENUMBER) {
            renumber(record, position, millis);
            return null;
        }
        if (trimmed && !rooms.containsKey(name)) {
            return applyFirst(record, position, millis);
        }
        return applyNext(record, position, millis);
    }

    /** Applies a record of a room that is not known: see {@link Head}. */
    private Prefix applyFirst(LogRecord record, long position, long millis) {
        Head head = record.head();
        if (head.knowledge() == Knowledge.NOTHING || countsFrom < 0 || head.asOf() < countsFrom) {
            List<Held> earlier = held.computeIfAbsent(record.room(), room -> new ArrayList<>());
            earlier.removeIf(each -> millis - each.millis() > KEY_MILLIS);
            earlier.add(new Held(record, position, millis));
            return null;
        }
        List<Held> earlier = held.get(record.room());
        ReplicatedRoom room = null;
        if (head.knowledge() == Knowledge.ROOM) {
            room = put(record.room(), head.epoch(), new ReplicatedRoom.Last(head.offset(), head.asOf(), millis), 0);
        }
        for (Held each : earlier == null ? List.<Held>of() : earlier) {
            if (each.position() > head.asOf()) {
                applyNext(each.record(), each.position(), each.millis());
            } else if (room != null) {
                noteKeys(room, each);
            }
        }
        held.remove(record.room());
        return applyNext(record, position, millis);
    }

    private void noteKeys(ReplicatedRoom room, Held earlier) {
        for (Entry entry : entries(earlier.record())) {
            if (entry.key() != null) {
                room.log.note(KeyDigest.of(shared.salt(), entry.key()), earlier.millis());
            }
        }
    }

    private static List<Entry> entries(LogRecord record) {
        return record.kind() == Kind.PUBLISH ? Batch.decode(record.body()) : List.of();
    }

    private Prefix applyNext(LogRecord record, long position, long millis) {
        ReplicatedRoom room = rooms.get(record.room());
        if (!agrees(room, record.head(), millis) && disputed.add(record.room())) {
            shared.events().disagreed(record.room(), position);
        }
        if (room != null && isForgotten(room, millis)) {
            forget(room);
            room = null;
        }
        if (room == null) {
            room = put(record.room(), epoch(record), new ReplicatedRoom.Last(0, position - 1, millis), position);
        }
        List<Position> positions = new ArrayList<>(1);
        for (Entry entry : entries(record)) {
            positions.add(publish(room, entry, millis));
        }
        room.advance(position, millis);
        return record.kind() == Kind.PUBLISH ? new Prefix(positions, null) : null;
    }

    /** Whether the room is as the node knew it that has appended the record. */
    private boolean agrees(ReplicatedRoom room, Head head, long millis) {
        return switch (head.knowledge()) {
            case NOTHING -> true;
            case NO_ROOM -> room == null || room.last().position() > head.asOf() || isForgotten(room, millis);
            case ROOM ->
                room != null
                        && (room.last().position() > head.asOf()
                                ? room.epoch.equals(head.epoch()) || room.beganAt > head.asOf()
                                : room.epoch.equals(head.epoch()) && room.last().offset() == head.offset());
        };
    }

    /** The epoch of a room that the record begins. No other record gives the same. */
    private static String epoch(LogRecord record) {
        Head head = record.head();
        return head.knowledge() == Knowledge.NO_ROOM && !head.epoch().isEmpty()
                ? head.epoch()
                : Long.toString(record.node() & Long.MAX_VALUE, Character.MAX_RADIX)
                        + "."
                        + Long.toString(record.number(), Character.MAX_RADIX);
    }

    private ReplicatedRoom put(String name, String epoch, ReplicatedRoom.Last last, long beganAt) {
        RoomName roomName = new RoomName(name);
        ReplicatedRoom room = new ReplicatedRoom(
                roomName, epoch, last, beganAt, shared.limits().of(roomName), shared.budget());
        rooms.put(name, room);
        return room;
    }

    private void forget(ReplicatedRoom room) {
        room.log.release();
        rooms.remove(room.name.value());
    }

    private Position publish(ReplicatedRoom room, Entry entry, long millis) {
        KeyDigest key = KeyDigest.of(shared.salt(), entry.key());
        Position first = room.log.find(key, millis);
        if (first != null) {
            room.log.renew(key, millis);
            return first;
        }
        StoredMessage message = room.log.add(key, entry.body(), millis);
        shared.events().stored(room, message);
        return room.log.position();
    }

    /** Begins a new epoch, unless the room has begun after the node had seen that the nodes disagree. */
    private void renumber(LogRecord record, long position, long millis) {
        disputed.remove(record.room());
        held.remove(record.room());
        ReplicatedRoom room = rooms.get(record.room());
        if (room != null && room.beganAt > record.head().asOf()) {
            return;
        }
        if (room != null) {
            forget(room);
        }
        shared.events()
                .renumbered(put(record.room(), epoch(record), new ReplicatedRoom.Last(0, position, millis), position));
    }

    /**
     * The rooms that need another epoch: those about which the nodes disagree, and those whose number of messages no record
     * in the log has told, and which other nodes may still know.
     */
    List<String> uncertain(long millis) {
        List<String> uncertain = new ArrayList<>(disputed);
        held.forEach((room, records) -> {
            if (millis - records.get(records.size() - 1).millis() <= shared.keepMillis()) {
                uncertain.add(room);
            }
        });
        return uncertain;
    }

    /**
     * Removes what is too old, and messages if memory is tight.
     *
     * @param onOld takes the subscribed rooms whose last record the log will let go of
     */
    void sweep(long millis, Predicate<String> isSubscribed, Consumer<ReplicatedRoom> onOld) {
        for (ReplicatedRoom room : rooms.values()) {
            boolean subscribed = isSubscribed.test(room.name.value());
            room.log.expire(millis);
            if (isForgotten(room, millis)) {
                forget(room);
            } else if (subscribed && millis - room.last().millis() > shared.keepMillis() / 3) {
                onOld.accept(room);
            } else if (!subscribed && shared.budget().isTight()) {
                room.log.evict();
            }
        }
        held.values()
                .removeIf(records -> millis - records.get(records.size() - 1).millis() > shared.keepMillis());
    }

    /** Gives the memory of all rooms back. */
    void release() {
        rooms.values().forEach(room -> room.log.release());
    }
}

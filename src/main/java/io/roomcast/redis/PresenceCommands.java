package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/** What {@link RedisPresence} says to Redis. Nothing blocks; replies come on a reader's thread, those of one room in order. */
final class PresenceCommands {
    private static final Script ENTER = Script.of("", "presence.lua", "enter.lua");
    private static final Script LEAVE = Script.of("", "presence.lua", "leave.lua");
    private static final Script EVICT = Script.of("", "presence.lua", "evict.lua");
    private static final Script ROSTER = Script.of("", "presence.lua", "roster.lua");
    private static final Script HEARTBEAT = Script.of("", "heartbeat.lua");
    private static final Script BURY = Script.of("", "bury.lua");

    static final List<Script> SCRIPTS = List.of(ENTER, LEAVE, EVICT, ROSTER, HEARTBEAT, BURY);

    private static final long TOMBSTONE_MS = Duration.ofDays(1).toMillis();
    private static final String NO_LEASE = "";

    /** @param count of users in the room now */
    record Users(long count, List<UserName> names) {}

    enum Hold {
        HELD,
        LATE,
        GONE,
        LOST
    }

    /** @param claimed leases of nodes that have vanished, for this node to remove */
    record Beat(Hold hold, List<String> claimed) {}

    private final Shards shards;
    private final Function<RoomName, RoomKeys> keys;
    /** Of all keys that belong to no room: no room's name has this tag. */
    private final String base;

    private final int slot;
    private final long leaseMillis;

    /** @param leaseTime after which a lease that was not renewed has run out */
    PresenceCommands(Shards shards, Function<RoomName, RoomKeys> keys, String prefix, Duration leaseTime) {
        this.shards = shards;
        this.keys = keys;
        this.base = prefix + ":{!}:";
        this.slot = RoomKeys.slotOf(base);
        this.leaseMillis = leaseTime.toMillis();
    }

    long leaseMillis() {
        return leaseMillis;
    }

    CompletionStage<Users> enter(RoomName room, String lease, Map<String, UserName> sessions) {
        List<String> pairs = new ArrayList<>(2 * sessions.size());
        sessions.forEach((session, user) -> {
            pairs.add(session);
            pairs.add(user.value());
        });
        return onRoom(ENTER, room, lease, false, pairs.toArray());
    }

    CompletionStage<Users> leave(RoomName room, String lease, String session, UserName user) {
        return onRoom(LEAVE, room, lease, false, session, user.value());
    }

    CompletionStage<Users> evict(RoomName room, String lease) {
        return onRoom(EVICT, room, lease, false);
    }

    CompletionStage<Users> roster(RoomName room, int limit) {
        return onRoom(ROSTER, room, NO_LEASE, true, limit);
    }

    private CompletionStage<Users> onRoom(
            Script script, RoomName room, String lease, boolean bounded, Object... arguments) {
        RoomKeys names = keys.apply(room);
        CommandArguments call = script.call(List.of(names.users(), names.counts(), names.sessions(lease)), arguments);
        return Replies.map(shards.of(names.slot()).read(names.slot(), call, bounded), PresenceCommands::users);
    }

    private static Users users(Object reply) {
        List<?> parts = (List<?>) reply;
        return new Users(
                (Long) parts.get(0),
                parts.subList(1, parts.size()).stream()
                        .map(name -> new UserName(text(name)))
                        .toList());
    }

    /** Notes that the lease has sessions in a room. To be said before the first enters. */
    CompletionStage<Object> addRoom(String lease, RoomName room) {
        return onNodes(
                new CommandArguments(Protocol.Command.SADD).add(rooms(lease)).add(room.value()));
    }

    /** Notes that it has none any more. To be said after the last has left. */
    CompletionStage<Object> removeRoom(String lease, RoomName room) {
        return onNodes(
                new CommandArguments(Protocol.Command.SREM).add(rooms(lease)).add(room.value()));
    }

    CompletionStage<List<RoomName>> rooms(String lease, int limit) {
        CommandArguments read = new CommandArguments(Protocol.Command.SRANDMEMBER)
                .add(rooms(lease))
                .add(limit);
        return Replies.map(
                onNodes(read),
                reply -> ((List<?>) reply)
                        .stream().map(name -> new RoomName(text(name))).toList());
    }

    /** @param claim whether to take over the leases that have run out */
    CompletionStage<Beat> heartbeat(String lease, boolean isNew, boolean claim) {
        return beat(lease, isNew ? "new" : "held", claim ? "claim" : "");
    }

    /** Lets the lease run out at once. */
    CompletionStage<Beat> end(String lease) {
        return beat(lease, "end", "");
    }

    private CompletionStage<Beat> beat(String lease, String how, String claim) {
        CommandArguments call =
                HEARTBEAT.call(List.of(key("leases"), key("claims"), tombstone(lease)), lease, leaseMillis, how, claim);
        return Replies.map(onNodes(call), reply -> {
            List<?> parts = (List<?>) reply;
            Hold hold = switch (text(parts.get(0))) {
                case "held" -> Hold.HELD;
                case "late" -> Hold.LATE;
                case "gone" -> Hold.GONE;
                default -> Hold.LOST;
            };
            return new Beat(
                    hold,
                    parts.subList(1, parts.size()).stream()
                            .map(PresenceCommands::text)
                            .toList());
        });
    }

    CompletionStage<Object> bury(String lease) {
        return onNodes(
                BURY.call(List.of(key("leases"), key("claims"), tombstone(lease), rooms(lease)), lease, TOMBSTONE_MS));
    }

    private CompletionStage<Object> onNodes(CommandArguments command) {
        return shards.of(slot).read(slot, command, false);
    }

    private byte[] rooms(String lease) {
        return key("rooms:" + lease);
    }

    private byte[] tombstone(String lease) {
        return key("tombstone:" + lease);
    }

    private byte[] key(String name) {
        return (base + name).getBytes(UTF_8);
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }
}

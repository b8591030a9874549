package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.archiver.LogSource;
import io.roomcast.cursor.LogPage;
import io.roomcast.cursor.SeenMessage;
import io.roomcast.cursor.Subscriptions;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Futures;
import io.roomcast.relay.Relay;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.args.Rawable;

/**
 * The logs of rooms in Redis, for those who copy them and who read pages of them. The rooms with news are in sets with a
 * hash tag that no room has.
 */
final class RedisLogs implements LogSource {
    /** Keys that Redis looks at in a step of a walk through all keys. */
    private static final int SCAN_COUNT = 500;

    private static final String END_OF_SCAN = "0";

    private final Shards shards;
    private final Scripts scripts;
    private final String prefix;
    private final Function<RoomName, RoomKeys> shown;
    private final Function<RoomName, RoomKeys> keys;
    private final Subscriptions subscriptions;
    private final String lifeKey;
    private final AbsentRooms absentRooms;

    /**
     * @param shown keys with the limits to which logs are cut when they are copied
     * @param keys keys with the limits that they have until then
     * @param lifeKey key of lineage.lua; empty in a Cluster
     */
    RedisLogs(
            Shards shards,
            Scripts scripts,
            String prefix,
            Function<RoomName, RoomKeys> shown,
            Function<RoomName, RoomKeys> keys,
            Subscriptions subscriptions,
            String lifeKey,
            AbsentRooms absentRooms) {
        this.lifeKey = lifeKey;
        this.absentRooms = absentRooms;
        this.shards = shards;
        this.scripts = scripts;
        this.prefix = prefix;
        this.shown = shown;
        this.keys = keys;
        this.subscriptions = subscriptions;
    }

    private CompletionStage<Object> onNews(Command command, int shard, List<String> arguments) {
        String key = prefix + ":{!}:news:" + shard;
        int slot = RoomKeys.slotOf(key);
        CommandArguments call = new CommandArguments(command).add(key.getBytes(UTF_8));
        arguments.forEach(argument -> call.add(argument.getBytes(UTF_8)));
        return shards.of(slot).read(slot, call, true);
    }

    @Override
    public CompletionStage<Void> note(int shard, Collection<RoomName> rooms) {
        return Futures.map(
                onNews(Command.SADD, shard, rooms.stream().map(RoomName::value).toList()), added -> null);
    }

    @Override
    public CompletionStage<List<RoomName>> take(int shard, int most) {
        return Futures.map(onNews(Command.SPOP, shard, List.of(String.valueOf(most))), RedisLogs::rooms);
    }

    @Override
    public CompletionStage<List<RoomName>> look(int shard, int most) {
        return Futures.map(onNews(Command.SRANDMEMBER, shard, List.of(String.valueOf(most))), RedisLogs::rooms);
    }

    private static List<RoomName> rooms(Object reply) {
        return ((List<?>) reply)
                .stream()
                        .map(name -> room(new String((byte[]) name, UTF_8)))
                        .flatMap(Optional::stream)
                        .toList();
    }

    /** Empty for what is no name of a room, as when somebody else writes to the keys. */
    private static Optional<RoomName> room(String name) {
        try {
            return Optional.of(new RoomName(name));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }

    /** Walks through the keys of one server after the other. {@code from} is the number of the server and its cursor. */
    @Override
    public CompletionStage<Found> find(String from) {
        List<Shard> servers = List.copyOf(shards.all());
        int server = from == null ? 0 : Integer.parseInt(from.substring(0, from.indexOf(' ')));
        String cursor = from == null ? END_OF_SCAN : from.substring(from.indexOf(' ') + 1);
        if (server >= servers.size()) {
            return CompletableFuture.completedFuture(new Found(List.of(), null));
        }
        String head = prefix + ":{";
        String tail = "}:numbering";
        CommandArguments scan = new CommandArguments(Command.SCAN)
                .add(cursor.getBytes(UTF_8))
                .add("MATCH")
                .add((head.replaceAll("[*?\\[\\]\\\\^]", "\\\\$0") + "*" + tail).getBytes(UTF_8))
                .add("COUNT")
                .add(SCAN_COUNT);
        return Futures.map(servers.get(server).read(RoomKeys.slotOf(head), scan, true), reply -> {
            List<?> parts = (List<?>) reply;
            String next = new String((byte[]) parts.get(0), UTF_8);
            List<RoomName> found = ((List<?>) parts.get(1))
                    .stream()
                            .map(key -> new String((byte[]) key, UTF_8))
                            .map(key -> room(key.substring(head.length(), key.length() - tail.length())))
                            .flatMap(Optional::stream)
                            .toList();
            if (!next.equals(END_OF_SCAN)) {
                return new Found(found, server + " " + next);
            }
            return new Found(found, server + 1 < servers.size() ? server + 1 + " " + END_OF_SCAN : null);
        });
    }

    @Override
    public CompletionStage<LogCopy> read(RoomName room, SeenMessage copied, int most, long bytes) {
        RoomKeys names = keys.apply(room);
        Shard shard = shards.of(names.slot());
        CommandArguments call = scripts.copy(
                names,
                copied == null ? null : copied.position(),
                shard.lineage().argument(),
                most,
                bytes,
                lifeKey);
        return Futures.map(shard.read(names.slot(), call, true), RedisLogs::copy);
    }

    private static LogCopy copy(Object reply) {
        List<?> parts = (List<?>) reply;
        if (parts.isEmpty()) {
            return new LogCopy(null, 0, 0, 1, "", List.of());
        }
        List<Archive.Message> messages = new ArrayList<>((parts.size() - 5) / 3);
        for (int i = 5; i < parts.size(); i += 3) {
            messages.add(
                    new Archive.Message((Long) parts.get(i), (Long) parts.get(i + 1), null, (byte[]) parts.get(i + 2)));
        }
        return new LogCopy(
                new String((byte[]) parts.get(0), UTF_8),
                (Long) parts.get(1),
                (Long) parts.get(2),
                (Long) parts.get(3),
                new String((byte[]) parts.get(4), UTF_8),
                messages);
    }

    @Override
    public void trim(RoomName room, Position copied) {
        RoomKeys names = shown.apply(room);
        var unused = shards.of(names.slot()).read(names.slot(), scripts.trim(names, copied), true); // Best effort.
    }

    @Override
    public CompletionStage<?> renumber(RoomName room, SeenMessage copied) {
        RoomKeys names = keys.apply(room);
        Shard shard = shards.of(names.slot());
        return shard.read(
                names.slot(),
                scripts.renumber(names, copied.position(), shard.lineage().argument()),
                true);
    }

    @Override
    public CompletionStage<LogPage> after(RoomName room, long offset, int limit) {
        RoomKeys names = keys.apply(room);
        return page(
                room,
                names,
                () -> scripts.readAfter(
                        names, subscriptions.position(room), lineage(names), offset, limit, Relay.PAGE_BYTES));
    }

    @Override
    public CompletionStage<LogPage> before(RoomName room, long offset, int limit) {
        RoomKeys names = keys.apply(room);
        return page(
                room,
                names,
                () -> scripts.readBefore(
                        names, subscriptions.position(room), lineage(names), offset, limit, Relay.PAGE_BYTES));
    }

    /** The position of the last message. */
    CompletionStage<Position> position(RoomName room) {
        RoomKeys names = keys.apply(room);
        return absentRooms.read(room, () -> {
            CommandArguments read =
                    scripts.readBefore(names, subscriptions.position(room), lineage(names), 0, 0, Relay.PAGE_BYTES);
            return Futures.map(shards.of(names.slot()).read(names.slot(), read, true), reply -> {
                LogPage page = LogReply.page(reply);
                return page == null ? null : new Position(page.epoch(), page.offset());
            });
        });
    }

    private Rawable lineage(RoomKeys names) {
        return shards.of(names.slot()).lineage().argument();
    }

    private CompletionStage<LogPage> page(RoomName room, RoomKeys names, Supplier<CommandArguments> read) {
        return absentRooms.read(room, () -> {
            Shard shard = shards.of(names.slot());
            return Futures.map(shard.read(names.slot(), read.get(), true), reply -> {
                LogPage page = LogReply.page(reply);
                if (page != null) {
                    shard.lineage().note(room, page.seen());
                }
                return page;
            });
        });
    }
}

package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.archiver.LogSource;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Copies;
import io.roomcast.relay.Futures;
import io.roomcast.relay.RelayRecords;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;

/** Finds and replaces messages in the logs of rooms in Redis. Any thread; no method blocks. */
final class RedisRecords implements RelayRecords {
    /** How often a log is replaced anew because somebody else has replaced it meanwhile. */
    private static final int ATTEMPTS = 5;

    private static final String DONE = "done";
    private static final String MORE = "more";

    private final Shards shards;
    private final RecordScripts scripts;
    private final LogSource logs;
    private final Function<RoomName, RoomKeys> keys;

    RedisRecords(Shards shards, RecordScripts scripts, LogSource logs, Function<RoomName, RoomKeys> keys) {
        this.shards = shards;
        this.scripts = scripts;
        this.logs = logs;
        this.keys = keys;
    }

    @Override
    public CompletionStage<Rooms> rooms(String from) {
        return Futures.map(logs.find(from), found -> new Rooms(found.rooms(), found.next()));
    }

    @Override
    public CompletionStage<End> end(RoomName room) {
        return Futures.map(
                logs.read(room, null, 0, 0),
                page -> new End(
                        page.epoch() == null ? null : new Position(page.epoch(), page.offset()),
                        page.base(),
                        page.first() > page.offset()));
    }

    @Override
    public CompletionStage<Void> hasten(RoomName room) {
        return logs.note(Copies.shardOf(room), List.of(room));
    }

    @Override
    public CompletionStage<Void> claim(RoomName room, Position present, Position first, Position last) {
        RoomKeys names = keys.apply(room);
        Shard shard = shards.of(names.slot());
        CommandArguments claim = scripts.claim(names, shard.lineage().argument(), present, first, last);
        return Futures.map(shard.read(names.slot(), claim, true), reply -> switch (text(reply)) {
            case "claimed" -> null;
            case "somebody" ->
                throw new ProtocolException(
                        ErrorCode.CONFLICT, "somebody is in the room; close it first, and let nobody in meanwhile");
            default ->
                throw new ProtocolException(
                        ErrorCode.CONFLICT, "the room has other messages in Redis, or none where the archive has some");
        });
    }

    @Override
    public CompletionStage<Found> find(RoomName room, String text, long after) {
        RoomKeys names = keys.apply(room);
        return Futures.map(call(names, scripts.sent(names, text, after)), parts -> {
            List<StoredMessage> messages = new ArrayList<>((parts.size() - 2) / 2);
            for (int i = 2; i < parts.size(); i += 2) {
                messages.add(new StoredMessage((Long) parts.get(i), (byte[]) parts.get(i + 1)));
            }
            return new Found(text(parts.get(0)), messages, (Long) parts.get(1));
        });
    }

    /** As {@link io.roomcast.relay.Relay#replace}. */
    CompletionStage<Void> replace(RoomName room, List<StoredMessage> messages) {
        String copy = Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), Character.MAX_RADIX);
        return replace(keys.apply(room), copy, "", 0, messages, ATTEMPTS);
    }

    private CompletionStage<Void> replace(
            RoomKeys names, String copy, String token, long after, List<StoredMessage> messages, int attempts) {
        return call(names, scripts.replace(names, copy, token, after, messages)).thenCompose(reply -> {
            String state = text(reply.get(0));
            if (state.equals(DONE)) {
                return CompletableFuture.completedFuture(null);
            }
            if (state.equals(MORE)) {
                return replace(names, copy, text(reply.get(1)), (Long) reply.get(2), messages, attempts);
            }
            return attempts > 1
                    ? replace(names, copy, "", 0, messages, attempts - 1)
                    : CompletableFuture.failedFuture(
                            new RelayUnavailableException("others change the messages of the room all the time"));
        });
    }

    private CompletionStage<List<?>> call(RoomKeys names, CommandArguments call) {
        return Futures.map(shards.of(names.slot()).read(names.slot(), call, true), reply -> (List<?>) reply);
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, UTF_8);
    }
}

package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.archiver.LiveBroker;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Futures;
import io.roomcast.relay.Lives.Data;
import io.roomcast.relay.Lives.Placed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import redis.clients.jedis.CommandArguments;

/**
 * The lives of nodes in the data of Redis. They are in the hash of lineage.lua. Not in a Cluster, whose servers lose their
 * data one by one.
 */
final class RedisLives implements LiveBroker {
    private static final Script ADMIT = Script.of("", "admit.lua");
    private static final Script LIVING = Script.of("", "living.lua");
    private static final String NEVER = "never";

    /** The scripts that each connection loads. */
    static final List<Script> SCRIPTS = List.of(ADMIT, LIVING);

    private final Shards shards;
    private final Scripts scripts;
    private final String key;
    private final Function<RoomName, RoomKeys> keys;

    /** @param key key of lineage.lua */
    RedisLives(Shards shards, Scripts scripts, String key, Function<RoomName, RoomKeys> keys) {
        this.shards = shards;
        this.scripts = scripts;
        this.key = key;
        this.keys = keys;
    }

    private Shard shard() {
        return shards.all().iterator().next();
    }

    @Override
    public String life() {
        return shard().lineage().nodeStart();
    }

    @Override
    public Optional<Data> data() {
        return shard().lineage().data();
    }

    @Override
    public void look() {
        shard().writeMark();
    }

    @Override
    public CompletionStage<Admitted> admit(String life, long number, Data data) {
        return Futures.map(admit(life, String.valueOf(number), data), reply -> switch (reply.intValue()) {
            case 1 -> Admitted.ADMITTED;
            case 0 -> Admitted.OTHER_DATA;
            default -> Admitted.EXPELLED;
        });
    }

    @Override
    public CompletionStage<Boolean> expel(String life, Data data) {
        return Futures.map(admit(life, NEVER, data), reply -> reply == 1);
    }

    @Override
    public CompletionStage<Boolean> end(String life, Data data) {
        return Futures.map(admit(life, "", data), reply -> reply == 1);
    }

    private CompletionStage<Long> admit(String life, String number, Data data) {
        return send(ADMIT, reply -> (Long) reply, life, number, data.birth(), data.run());
    }

    /** After all publishes that were sent before. */
    private <T> CompletionStage<T> send(Script script, Function<Object, T> answer, Object... arguments) {
        CommandArguments call = script.call(List.of(key.getBytes(UTF_8)), arguments);
        return Futures.map(shard().publish(RoomKeys.slotOf(key), call), answer);
    }

    @Override
    public CompletionStage<Set<String>> living(Duration time) {
        return send(
                LIVING,
                reply -> ((List<?>) reply)
                        .stream().map(name -> new String((byte[]) name, UTF_8)).collect(Collectors.toSet()),
                time.toMillis());
    }

    @Override
    public CompletionStage<Begun> begin(RoomName room, Data data, Placed placed, Map<String, Position> positions) {
        RoomKeys names = keys.apply(room);
        CommandArguments call =
                scripts.restore(names, shard().lineage().argument(), key, data.birth(), placed, positions);
        return Futures.map(shard().publish(names.slot(), call), reply -> switch (new String((byte[]) reply, UTF_8)) {
            case "begun" -> Begun.BEGUN;
            case "present" -> Begun.PRESENT;
            default -> Begun.OTHER_DATA;
        });
    }
}

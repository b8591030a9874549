package io.roomcast.redis.presence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.redis.connection.Futures;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.PresenceStore.Roster;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import redis.clients.jedis.CommandArguments;

/**
 * What {@link RedisPresence} says to Redis. Nothing blocks; replies come on a reader's thread, those of one room in order. A lease is named by its id; among the
 * leases it stands as {@code NODE:ID}, for whoever looks into Redis.
 */
public final class PresenceCommands {
    private static final Logger LOG = System.getLogger(PresenceCommands.class.getName());
    private static final String NO_LEASE = "";

    /** Renewed at each comparison. */
    private static final Duration SHORTEST_LIFE = Duration.ofMinutes(1);

    /**
     * What came of a change, or how a room stands.
     *
     * @param fenced whether nothing was done, since the lease had been put out
     * @param names of those who came or went
     */
    record Answer(boolean fenced, long revision, long count, List<UserName> names) {}

    record Evicted(boolean more) {}

    /** @param leases of all nodes that have users in the room */
    record Comparison(boolean same, boolean fenced, long revision, long count, List<String> leases) {}

    record Present(Roster roster, List<String> leases) {}

    enum Hold {
        HELD,
        LATE,
        LOST
    }

    /** @param leases that have not run out */
    record Beat(Hold hold, List<String> leases) {}

    private final Shards shards;
    private final PresenceScripts scripts;
    private final Function<RoomName, RoomKeys> keys;
    /** Of all leases, in a slot of their own: no room's name has this tag. */
    private final String leasesKey;

    private final int leasesSlot;
    private final String node;
    private final long leaseMillis;
    private volatile long life = SHORTEST_LIFE.toMillis();

    /** @param leaseTime after which a lease that was not renewed has run out */
    public PresenceCommands(
            Shards shards,
            PresenceScripts scripts,
            Function<RoomName, RoomKeys> keys,
            String prefix,
            String node,
            Duration leaseTime) {
        this.shards = shards;
        this.scripts = scripts;
        this.keys = keys;
        this.leasesKey = prefix + ":{!}:leases";
        this.leasesSlot = RoomKeys.slotOf(leasesKey);
        this.node = node;
        this.leaseMillis = leaseTime.toMillis();
    }

    long leaseMillis() {
        return leaseMillis;
    }

    /** All of a node's rooms are compared in this time: what Redis has of them lives four times as long, or a minute. */
    void comparedIn(long millis) {
        life = Math.max(SHORTEST_LIFE.toMillis(), 4 * millis);
    }

    CompletionStage<Answer> enter(
            RoomName room, String lease, Collection<UserName> users, ToLongFunction<UserName> sums) {
        return Futures.map(onRoom(scripts.enter, room, lease, false, withSums(users, sums)), PresenceCommands::answer);
    }

    CompletionStage<Answer> leave(RoomName room, String lease, UserName user, long sum) {
        return Futures.map(
                onRoom(scripts.leave, room, lease, false, List.of(user.value(), sum)), PresenceCommands::answer);
    }

    /** Makes these the users of the lease. */
    CompletionStage<Answer> reconcile(
            RoomName room, String lease, Collection<UserName> users, ToLongFunction<UserName> sums) {
        return Futures.map(
                onRoom(scripts.reconcile, room, lease, false, withSums(users, sums)), PresenceCommands::answer);
    }

    /** @param most users that are taken out */
    CompletionStage<Evicted> evict(RoomName room, String lease, int most) {
        return Futures.map(
                onRoom(scripts.evict, room, lease, false, List.of(most)),
                reply -> new Evicted((Long) ((List<?>) reply).get(2) == 1));
    }

    /** @param users how many the node has, and {@code checksum} of them */
    CompletionStage<Comparison> compare(RoomName room, String lease, long checksum, int users) {
        return Futures.map(onRoom(scripts.compare, room, lease, false, List.of(checksum, users)), reply -> {
            List<?> parts = (List<?>) reply;
            long same = (Long) parts.get(0);
            return new Comparison(
                    same == 1,
                    same == -1,
                    (Long) parts.get(1),
                    (Long) parts.get(2),
                    texts(parts.subList(3, parts.size())));
        });
    }

    /** @param bounded whether it is refused when too much waits */
    CompletionStage<Present> roster(RoomName room, int limit, boolean bounded) {
        return Futures.map(onRoom(scripts.roster, room, NO_LEASE, bounded, List.of(limit)), reply -> {
            List<?> parts = (List<?>) reply;
            int names = 4 + ((Long) parts.get(3)).intValue();
            Roster roster = new Roster(
                    (Long) parts.get(1), users(parts.subList(names, parts.size())), (Long) parts.get(0), (Long)
                            parts.get(2));
            return new Present(roster, texts(parts.subList(4, names)));
        });
    }

    private static List<Object> withSums(Collection<UserName> users, ToLongFunction<UserName> sums) {
        List<Object> pairs = new ArrayList<>(2 * users.size());
        for (UserName user : users) {
            pairs.add(user.value());
            pairs.add(sums.applyAsLong(user));
        }
        return pairs;
    }

    private CompletionStage<Object> onRoom(
            Script script, RoomName room, String lease, boolean bounded, List<?> arguments) {
        RoomKeys names = keys.apply(room);
        List<Object> all = new ArrayList<>(arguments.size() + 2);
        all.add(lease);
        all.add(life);
        all.addAll(arguments);
        CommandArguments call = script.call(List.of(names.presence(), names.channel()), all.toArray());
        return shards.of(names.slot()).read(names.slot(), call, bounded);
    }

    private static Answer answer(Object reply) {
        List<?> parts = (List<?>) reply;
        long revision = (Long) parts.get(0);
        return revision < 0
                ? new Answer(true, 0, 0, List.of())
                : new Answer(false, revision, (Long) parts.get(1), users(parts.subList(2, parts.size())));
    }

    /**
     * By both of a node's connections that take commands, so that no lease runs out because one of them is deaf. Completes with the
     * first answer.
     *
     * @param judge whether to find out which leases have run out
     */
    CompletionStage<Beat> heartbeat(String lease, boolean isNew, boolean judge) {
        CommandArguments call = beat(lease, isNew ? "new" : "held", judge ? "judge" : "");
        return Futures.map(
                Futures.first(
                        shards.of(leasesSlot).read(leasesSlot, call, false),
                        shards.of(leasesSlot).publish(leasesSlot, call)),
                reply -> {
                    List<?> parts = (List<?>) reply;
                    Hold hold = Hold.valueOf(text(parts.get(0)).toUpperCase(Locale.ROOT));
                    return new Beat(
                            hold,
                            parts.subList(1, parts.size()).stream()
                                    .map(PresenceCommands::id)
                                    .toList());
                });
    }

    /** Gives the lease up. */
    void end(String lease) {
        var unused = shards.of(leasesSlot).read(leasesSlot, beat(lease, "end", ""), false);
    }

    private CommandArguments beat(String lease, String how, String judge) {
        return scripts.heartbeat.call(List.of(leasesKey.getBytes(UTF_8)), node + ":" + lease, leaseMillis, how, judge);
    }

    private static String id(Object lease) {
        String text = text(lease);
        return text.substring(text.lastIndexOf(':') + 1);
    }

    private static List<String> texts(List<?> parts) {
        return parts.stream().map(PresenceCommands::text).toList();
    }

    private static List<UserName> users(List<?> parts) {
        List<UserName> users = new ArrayList<>(parts.size());
        for (Object name : parts) {
            try {
                users.add(new UserName(text(name)));
            } catch (ProtocolException e) {
                LOG.log(Level.DEBUG, "a node with another rule for names entered {0}", text(name));
            }
        }
        return users;
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }
}

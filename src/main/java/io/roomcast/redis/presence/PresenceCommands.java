package io.roomcast.redis.presence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.lease.PresenceBook;
import io.roomcast.lease.UserChecksums;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Futures;
import io.roomcast.relay.PresenceStore.Roster;
import io.roomcast.relay.UserText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;

/**
 * The users in the rooms, kept in Redis. No method blocks. Replies come on a reader's thread. The replies
 * about one room come in the order of the commands. A lease is named by its id. The set of all leases in Redis holds
 * {@code NODE:ID}, so that an operator sees the node.
 */
public final class PresenceCommands implements PresenceBook {
    private static final Logger LOG = System.getLogger(PresenceCommands.class.getName());
    private static final String NO_LEASE = "";

    /** Shortest time to live of a room's users in Redis. Changes and comparisons renew the time to live. */
    private static final Duration MIN_TTL = Duration.ofMinutes(1);

    private final Shards shards;
    private final PresenceScripts scripts;
    private final Function<RoomName, RoomKeys> keys;
    /** Key of the set of all leases. It is in a slot of its own, since no room's name has this hash tag. */
    private final String leasesKey;

    private final int leasesSlot;
    private final String node;
    private final long leaseMillis;
    private volatile long ttlMillis = MIN_TTL.toMillis();

    /** @param leaseTime time after which a lease that was not renewed expires */
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

    @Override
    public long leaseMillis() {
        return leaseMillis;
    }

    /**
     * Sets the time in which all of the node's rooms are compared. The users of a room in Redis live four times as
     * long, and at least a minute.
     */
    @Override
    public void setCompareMillis(long millis) {
        ttlMillis = Math.max(MIN_TTL.toMillis(), 4 * millis);
    }

    @Override
    public CompletionStage<ChangeReply> enter(
            RoomName room, String lease, Collection<User> users, UserChecksums checksums) {
        return Futures.map(
                onRoom(scripts.enter, room, lease, false, withChecksums(users, checksums)),
                PresenceCommands::changeReply);
    }

    @Override
    public CompletionStage<ChangeReply> leave(RoomName room, String lease, UserId user, long checksum) {
        return Futures.map(
                onRoom(scripts.leave, room, lease, false, List.of(user.value(), checksum)),
                PresenceCommands::changeReply);
    }

    @Override
    public CompletionStage<ChangeReply> reconcile(
            RoomName room, String lease, Collection<User> users, UserChecksums checksums) {
        return Futures.map(
                onRoom(scripts.reconcile, room, lease, false, withChecksums(users, checksums)),
                PresenceCommands::changeReply);
    }

    @Override
    public CompletionStage<EvictReply> evict(RoomName room, String lease, int limit) {
        return Futures.map(
                onRoom(scripts.evict, room, lease, false, List.of(limit)),
                reply -> new EvictReply((Long) ((List<?>) reply).get(2) == 1));
    }

    @Override
    public CompletionStage<CompareReply> compare(RoomName room, String lease, Sums own) {
        return Futures.map(
                onRoom(scripts.compare, room, lease, false, List.of(own.checksum(), own.users(), own.shown())),
                reply -> {
                    List<?> parts = (List<?>) reply;
                    long same = (Long) parts.get(0);
                    return new CompareReply(
                            same == 1,
                            same == -1,
                            (Long) parts.get(1),
                            (Long) parts.get(2),
                            texts(parts.subList(3, parts.size())));
                });
    }

    @Override
    public CompletionStage<RosterReply> roster(RoomName room, int limit, boolean bounded) {
        return Futures.map(onRoom(scripts.roster, room, NO_LEASE, bounded, List.of(limit)), reply -> {
            List<?> parts = (List<?>) reply;
            int users = 4 + ((Long) parts.get(3)).intValue();
            Roster roster = new Roster(
                    (Long) parts.get(1), users(parts.subList(users, parts.size())), (Long) parts.get(0), (Long)
                            parts.get(2));
            return new RosterReply(roster, texts(parts.subList(4, users)));
        });
    }

    private static List<Object> withChecksums(Collection<User> users, UserChecksums checksums) {
        List<Object> arguments = new ArrayList<>(4 * users.size());
        for (User user : users) {
            arguments.add(user.id().value());
            arguments.add(checksums.of(user.id()));
            arguments.add(UserText.afterId(user));
            arguments.add(checksums.ofShown(user));
        }
        return arguments;
    }

    private CompletionStage<Object> onRoom(
            Script script, RoomName room, String lease, boolean bounded, List<?> arguments) {
        RoomKeys names = keys.apply(room);
        List<Object> all = new ArrayList<>(arguments.size() + 2);
        all.add(lease);
        all.add(ttlMillis);
        all.addAll(arguments);
        CommandArguments call = script.call(List.of(names.presence(), names.channel(), names.names()), all.toArray());
        return shards.of(names.slot()).read(names.slot(), call, bounded);
    }

    private static ChangeReply changeReply(Object reply) {
        List<?> parts = (List<?>) reply;
        long revision = (Long) parts.get(0);
        return revision < 0
                ? new ChangeReply(true, 0, 0, false)
                : new ChangeReply(false, revision, (Long) parts.get(1), parts.size() > 2);
    }

    /**
     * Renews a lease. The command is sent on both command connections, so that the lease does not expire when one of
     * these connections hangs. Completes with the first reply.
     */
    @Override
    public CompletionStage<Renewal> renewLease(String lease, boolean isNew, boolean findExpired) {
        CommandArguments call = renewCommand(lease, isNew ? "new" : "held", findExpired ? "judge" : "");
        return Futures.map(
                Futures.first(
                        shards.of(leasesSlot).read(leasesSlot, call, false),
                        shards.of(leasesSlot).publish(leasesSlot, call)),
                reply -> {
                    List<?> parts = (List<?>) reply;
                    RenewalState state = RenewalState.valueOf(text(parts.get(0)).toUpperCase(Locale.ROOT));
                    return new Renewal(
                            state,
                            parts.subList(1, parts.size()).stream()
                                    .map(PresenceCommands::id)
                                    .toList());
                });
    }

    @Override
    public void end(String lease) {
        var unused = shards.of(leasesSlot).read(leasesSlot, renewCommand(lease, "end", ""), false);
    }

    private CommandArguments renewCommand(String lease, String how, String judge) {
        return scripts.renew.call(List.of(leasesKey.getBytes(UTF_8)), node + ":" + lease, leaseMillis, how, judge);
    }

    private static String id(Object lease) {
        String text = text(lease);
        return text.substring(text.lastIndexOf(':') + 1);
    }

    private static List<String> texts(List<?> parts) {
        return parts.stream().map(PresenceCommands::text).toList();
    }

    private static List<User> users(List<?> parts) {
        List<User> users = new ArrayList<>(parts.size());
        for (Object part : parts) {
            try {
                users.add(UserText.parse(text(part)));
            } catch (ProtocolException e) {
                LOG.log(
                        Level.DEBUG,
                        "a node of another version entered the user {0}, which this version refuses",
                        text(part));
            }
        }
        return users;
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }
}

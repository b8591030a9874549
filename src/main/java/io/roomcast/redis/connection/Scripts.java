package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.cursor.SeenMessage;
import io.roomcast.protocol.Position;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Lives;
import io.roomcast.relay.Relay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.args.RawableFactory;

/**
 * The scripts on a room's log. The limits of the room's history are arguments, so that one script serves all rooms. The
 * nodes may have different limits for a room: see publish.lua. Immutable.
 */
public final class Scripts {
    private static final byte[] NO_EPOCH = {};
    private static final int EPOCH_BITS = 40;
    /** The largest number that is exact in Lua. */
    private static final long LARGEST = 1L << 52;

    /**
     * Least time that the numbering of a room is kept after it was renewed. It is kept longer if the history is older.
     */
    private static final long NUMBERING_MS = Duration.ofDays(7).toMillis();
    /** Time that the numbering of a room without any message is kept after the last read. */
    private static final long UNUSED_MS = Duration.ofHours(1).toMillis();
    /** A log is trimmed whenever it has grown by its limit in age or bytes, divided by this number. */
    private static final int TRIM_STEPS = 8;
    /** How long the keys of a probe live. */
    private static final Duration PROBE_LIFE = Duration.ofMinutes(1);
    /** The history of the rooms of probes. */
    public static final HistoryLimits PROBE_HISTORY = new HistoryLimits(10, PROBE_LIFE, 1 << 20);

    private static final Script NOTHING = Script.of("return 0");

    private final Script publish;
    private final Script read;
    private final Script renumber;
    private final Script check;
    private final Script copy;
    private final Script trim;
    private final Script attempt;
    private final Script restore;
    private final boolean sharded;
    /** Lua statements that precede the scripts. */
    private final String constants;

    private final Rawable admission;
    /** Whether rooms without a numbering stay so until {@link #restore}. */
    private final boolean strict;

    public Scripts(boolean sharded) {
        this(sharded, null);
    }

    /**
     * Scripts that store nothing unless the node is admitted, and that begin no numbering: see {@link #restore}.
     *
     * @param admission what admits the node, as publish.lua takes it; null if no node needs that
     */
    public Scripts(boolean sharded, Rawable admission) {
        this(sharded, NUMBERING_MS, Duration.ofSeconds(Relay.KEY_MEMORY_SECONDS).toMillis(), admission);
    }

    /** The same scripts for the rooms of probes. The keys of these rooms expire after {@link #PROBE_LIFE}. */
    public static Scripts forProbes(boolean sharded) {
        return new Scripts(sharded, PROBE_LIFE.toMillis(), PROBE_LIFE.toMillis(), null);
    }

    private Scripts(boolean sharded, long numberingMillis, long keyMillis, Rawable admission) {
        this.sharded = sharded;
        this.strict = admission != null;
        this.admission = strict ? admission : RawableFactory.from("");
        constants = "local TRIM_STEPS, KEY_MS = " + TRIM_STEPS + ", " + keyMillis + "\n"
                + "local LEAST_NUMBERING_MS, UNUSED_MS = " + numberingMillis + ", " + UNUSED_MS + "\n"
                + "local PUBLISH, ENVELOPE = '" + (sharded ? "SPUBLISH" : "PUBLISH") + "', '" + Envelope.VERSION
                + "'\n";
        publish = Script.of(constants, "numbering.lua", "publish.lua");
        read = Script.of(constants, "numbering.lua", "read.lua");
        renumber = Script.of(constants, "numbering.lua", "renumber.lua");
        check = Script.of(constants, "numbering.lua", "check.lua");
        copy = Script.of(constants, "numbering.lua", "copy.lua");
        trim = Script.of(constants, "trim.lua");
        attempt = Script.of(constants, "attempt.lua");
        restore = Script.of(constants, "numbering.lua", "restore.lua");
    }

    /** Another script that uses the numbering of a room. */
    public Script onNumbering(String file) {
        return Script.of(constants, "numbering.lua", file);
    }

    /** The scripts that each connection loads. */
    public List<Script> all() {
        return List.of(publish, read, renumber, attempt, copy, trim, restore);
    }

    /**
     * Stores messages and publishes them, in this order.
     *
     * @param nodePosition this node's position in the room, or null
     * @param lineage lineage of the server's data: see {@code DataLineage}
     * @param run run of the server: see {@link RedisConnection#serverRun()}
     */
    public RoomPublish publish(
            RoomKeys keys, Position nodePosition, Rawable lineage, Rawable run, List<Relay.Entry> entries) {
        int slot = sharded ? keys.slot() : -1;
        return new RoomPublish(
                new RoomPublish.Head(publish, slot, lineage, run, keys.history(), admission),
                keys,
                nodePosition,
                entries);
    }

    /** Reads the oldest messages after {@code offset}. */
    public CommandArguments readAfter(
            RoomKeys keys, Position nodePosition, Rawable lineage, long offset, int limit, long bytes) {
        return read(
                keys,
                nodePosition,
                lineage,
                "after",
                offset,
                limit,
                bytes,
                0,
                keys.history().messages());
    }

    /**
     * Reads the message at {@code nodePosition}, and the oldest messages after it within {@code limit} and
     * {@code bytes}.
     */
    public CommandArguments readFrom(RoomKeys keys, Position nodePosition, Rawable lineage, int limit, long bytes) {
        return read(
                keys,
                nodePosition,
                lineage,
                "after",
                Math.max(nodePosition.offset() - 1, 0),
                limit,
                bytes,
                nodePosition.offset(),
                LARGEST);
    }

    /** Reads the newest messages before {@code offset}, or the newest messages of the log if {@code offset} is 0. */
    public CommandArguments readBefore(
            RoomKeys keys, Position nodePosition, Rawable lineage, long offset, int limit, long bytes) {
        return read(
                keys,
                nodePosition,
                lineage,
                "before",
                offset == 0 ? LARGEST : offset,
                limit,
                bytes,
                0,
                keys.history().messages());
    }

    private CommandArguments read(
            RoomKeys keys,
            Position nodePosition,
            Rawable lineage,
            String direction,
            long offset,
            int limit,
            long bytes,
            long uncounted,
            long messages) {
        return read.call(
                List.of(keys.numbering(), keys.log()),
                epochSuffix(),
                lineage,
                epoch(nodePosition),
                offset(nodePosition),
                direction,
                Math.min(offset, LARGEST),
                limit,
                bytes,
                uncounted,
                ageMillis(keys.history()),
                messages,
                strict ? 1 : 0);
    }

    /**
     * Reads what the log has after a message that was copied, with this message: see copy.lua.
     *
     * @param copied null if nothing was
     * @param lifeKey key of lineage.lua; empty in a Cluster
     */
    public CommandArguments copy(
            RoomKeys keys, Position copied, Rawable lineage, int limit, long bytes, String lifeKey) {
        return copy.call(
                List.of(keys.numbering(), keys.log()),
                epochSuffix(),
                lineage,
                epoch(copied),
                offset(copied),
                limit,
                bytes,
                lifeKey);
    }

    /**
     * Begins the numbering of a room that has none: see restore.lua.
     *
     * @param birth of the data in which the archive was asked
     * @param placed what the archive has; null for a new numbering
     * @param positions of messages, by their idempotency keys
     */
    public CommandArguments restore(
            RoomKeys keys,
            Rawable lineage,
            String lifeKey,
            String birth,
            Lives.Placed placed,
            Map<String, Position> positions) {
        List<byte[]> names = new ArrayList<>(List.of(keys.numbering(), keys.log()));
        List<Object> arguments = new ArrayList<>(List.of(
                epochSuffix(),
                lineage,
                lifeKey,
                birth,
                placed == null ? "" : placed.epoch(),
                placed == null ? 0 : placed.offset(),
                placed == null ? 0 : placed.base()));
        positions.forEach((key, position) -> {
            names.add(keys.idempotencyKey(key));
            arguments.add(position.epoch() + ":" + position.offset());
        });
        return restore.call(names, arguments.toArray());
    }

    /** Cuts the log to the limits of its history, as far as it is copied: see trim.lua. */
    public CommandArguments trim(RoomKeys keys, Position copied) {
        return trim.call(
                List.of(keys.numbering(), keys.log()),
                epoch(copied),
                offset(copied),
                keys.history().messages(),
                maxBytes(keys.history()),
                ageMillis(keys.history()));
    }

    static long maxBytes(HistoryLimits history) {
        return Math.min(Math.max(history.bytes(), 1), LARGEST);
    }

    static long ageMillis(HistoryLimits history) {
        return Math.min(Math.max(history.age().toMillis(), 1), LARGEST / 4);
    }

    /** Ends the epoch of {@code nodePosition}, unless this epoch has ended already. */
    public CommandArguments renumber(RoomKeys keys, Position nodePosition, Rawable lineage) {
        return renumber.call(List.of(keys.numbering(), keys.log()), epochSuffix(), lineage, epoch(nodePosition), 0);
    }

    /** As {@link #renumber}, for a connection that may not have loaded the script. */
    public CommandArguments renumberByText(RoomKeys keys, Position nodePosition, Rawable lineage) {
        return renumber.callByText(
                List.of(keys.numbering(), keys.log()), epochSuffix(), lineage, epoch(nodePosition), 0);
    }

    /** Tries each command of all scripts once, with keys in the same hash slot as {@code keys}. */
    public CommandArguments attempt(RoomKeys keys) {
        List<byte[]> names = Stream.of("hash", "sorted", "string", "stream")
                .map(kind -> (keys.base() + ":try:" + kind).getBytes(UTF_8))
                .toList();
        return attempt.call(names, keys.channel(), PROBE_LIFE.toMillis());
    }

    /** Tries the commands that are used outside of scripts, without an effect. */
    public List<CommandArguments> attemptsOutsideScripts(RoomKeys keys) {
        Protocol.Command unsubscribe = sharded ? Protocol.Command.SUNSUBSCRIBE : Protocol.Command.UNSUBSCRIBE;
        return List.of(
                new CommandArguments(Protocol.Command.ROLE),
                NOTHING.load(),
                NOTHING.callByText(List.of(keys.base().getBytes(UTF_8))),
                new CommandArguments(unsubscribe).add(keys.channel()));
    }

    /** The script of {@link #check(RoomKeys, SeenMessage, Rawable)}, which is not in {@link #all}. */
    public Script check() {
        return check;
    }

    /**
     * Ends the epoch of {@code seen} if Redis has fewer messages of this epoch. Otherwise returns the message that
     * Redis has at the position of {@code seen}, if the messages can be compared.
     */
    public CommandArguments check(RoomKeys keys, SeenMessage seen, Rawable lineage) {
        Position position = seen.position();
        return check.call(
                List.of(keys.numbering(), keys.log()),
                epochSuffix(),
                lineage,
                epoch(position),
                offset(position),
                seen.isComparable() ? 1 : 0);
    }

    /**
     * The random part of an epoch. The script adds the time. If two masters begin an epoch of a room in the same
     * millisecond, this part tells the epochs apart.
     */
    static byte[] epochSuffix() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1L << EPOCH_BITS), Character.MAX_RADIX)
                .getBytes(UTF_8);
    }

    static byte[] epoch(Position nodePosition) {
        return nodePosition == null ? NO_EPOCH : nodePosition.epoch().getBytes(UTF_8);
    }

    static long offset(Position nodePosition) {
        return nodePosition == null ? 0 : nodePosition.offset();
    }
}

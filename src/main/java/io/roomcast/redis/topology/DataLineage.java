package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.connection.SeenMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Detects that a Redis server has lost data, by a failover or a restart from an older file. Each node leaves a growing
 * mark in the data, and remembers its last mark and the messages that it has seen since that mark. The script
 * {@code lineage.lua} compares the marks. If the data lack something that a node has seen, the nodes end the epochs of
 * the rooms that lost messages. If the nodes do not know all these rooms, the data get a new <i>lineage</i>, and every
 * room a new epoch.
 *
 * <p><b>Concurrency.</b> The threads of two connections verify the data, one after the other, under the lock
 * {@code verifyLock}. This lock is held while Redis answers. The object's monitor guards the fields, and no thread
 * waits inside the monitor. A command takes the lineage at the moment when the command is written. So a command that
 * was prepared before there was a connection carries what the connection found out.
 */
public final class DataLineage {
    private static final Logger LOG = System.getLogger(DataLineage.class.getName());
    private static final Script SCRIPT = Script.of("", "lineage.lua");
    /** A node that has left no mark for this long counts as stopped. */
    private static final long SILENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);
    /** How long nodes wait for each other. They need this time to find a new master. */
    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private static final String OTHER_VERSION = "this node speaks version " + Envelope.VERSION
            + " of the protocol between nodes, but these nodes use the same Redis and roomcast.redis.prefix with another version;"
            + " stop them, or set another prefix for this node: ";

    /** The scripts that each connection loads. */
    public static final List<Script> SCRIPTS = List.of(SCRIPT);

    /** What a call of {@code lineage.lua} asks for or states. The script knows the names in small letters. */
    private enum Action {
        /** Leaves a mark if the data may be used, and asks for the state of the data. */
        LOOK,
        /** States that this node has compared its rooms with the data, and ended the epochs of those that differ. */
        VOUCH,
        /** States that this node cannot compare its rooms, so that a new lineage must begin. */
        ANEW,
        /** States that this node has stopped. */
        END;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The state of the data in a reply of {@code lineage.lua}, which explains the states. */
    private enum State {
        /** The data may be used. */
        OPEN,
        /** This node must compare its rooms with the data, and then call with {@link Action#VOUCH}. */
        VOUCH,
        /** Other nodes have not compared their rooms yet. */
        WAIT,
        /** Nodes of another version use the data. */
        FOREIGN;

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** The rooms that this node is subscribed to, each with the last message that this node has seen. */
    public interface SeenRooms {
        /** Calls the action for each room whose data belong to the lineage. */
        void forEach(DataLineage lineage, BiConsumer<RoomName, SeenMessage> action);
    }

    /**
     * Holds one lineage for each Redis server. In a Cluster, a lineage outlives its server when a replica takes over.
     * Any thread may call.
     */
    public static final class Registry {
        private final ConcurrentHashMap<String, DataLineage> byKey = new ConcurrentHashMap<>();
        private final Function<String, DataLineage> factory;

        /**
         * @param node name of this node, to which this registry adds an id of its own start
         * @param keys the keys of a room
         */
        public Registry(
                String node,
                NodeChannels channels,
                Scripts scripts,
                SeenRooms seenRooms,
                Function<RoomName, RoomKeys> keys) {
            String start = node + ":" + UUID.randomUUID();
            this.factory = key -> new DataLineage(key, start, channels, scripts, seenRooms, keys);
        }

        /** @param key key of the hash that {@code lineage.lua} keeps */
        public DataLineage of(String key) {
            return byKey.computeIfAbsent(key, factory);
        }
    }

    private final byte[] key;
    /** Name of this start of this node. */
    private final String node;

    private final NodeChannels channels;
    private final SeenRooms seenRooms;
    private final LogComparison comparison;
    private final ConnectionGroup connections = new ConnectionGroup();
    private final SeenMessages seen = new SeenMessages();
    private final Rawable lineageArgument = this::lineageText;
    private final Rawable runArgument = this::runText;
    private final Object verifyLock = new Object();
    /** The last mark that was given out. */
    private long lastMark;
    /** The last mark that Redis has confirmed; 0 if there is none. */
    private volatile long confirmedMark;
    /** The time in milliseconds when the lineage began, by the clock of Redis; 0 for the first lineage. */
    private volatile long lineage;
    /**
     * The name of the data, which the first node gave them: {@code birth} in lineage.lua. Empty until this node has
     * used the data.
     */
    private volatile String dataId = "";
    /** How many starts of nodes the data knew when this node saw them last: {@code starts} in lineage.lua. */
    private volatile long startCount;
    /** The run of Redis in which this node found the data last, as {@code lineage.lua} names it. */
    private volatile String reportedRun = "";
    /** The run of the server whose data were verified last, as {@link RedisConnection#serverRun()} names it. */
    private volatile String verifiedRun = "";

    /** Whether {@link #endCommand} was called. */
    private volatile boolean ended;
    /** Why the last mark failed, or null. */
    private volatile String problem;
    /**
     * Whether this node has compared its rooms, and may wait for other nodes. It has cut its other connections then.
     * Guarded by {@code verifyLock}.
     */
    private boolean reported;
    /** The last warning, which is not logged again. Guarded by {@code verifyLock}. */
    private String lastWarning = "";

    DataLineage(
            String key,
            String node,
            NodeChannels channels,
            Scripts scripts,
            SeenRooms seenRooms,
            Function<RoomName, RoomKeys> keys) {
        this.key = key.getBytes(UTF_8);
        this.node = node;
        this.channels = channels;
        this.seenRooms = seenRooms;
        this.comparison = new LogComparison(scripts, keys, lineageArgument);
    }

    /** The Redis Cluster hash slot of the key. */
    int slot() {
        return RoomKeys.slotOf(new String(key, UTF_8));
    }

    /** The lineage as an argument of a command. The argument has the value of the time when the command is written. */
    public Rawable argument() {
        return lineageArgument;
    }

    private byte[] lineageText() {
        return Long.toString(lineage).getBytes(UTF_8);
    }

    /**
     * The run of the server's process as an argument of a command. Connections to other servers are cut before this
     * value changes, so that the argument names the server that gets the command.
     */
    public Rawable runArgument() {
        return runArgument;
    }

    private byte[] runText() {
        return verifiedRun.getBytes(UTF_8);
    }

    /** Notes that this node has seen the message in the room. */
    public void note(RoomName room, SeenMessage message) {
        seen.note(room, message);
    }

    /** This node's connections to servers with these data. */
    ConnectionGroup connections() {
        return connections;
    }

    /**
     * Finds out whether the data behind a new connection may be used. Before this node compares its rooms with the
     * data, it cuts its other connections, which may lead to a former master that still takes messages.
     *
     * @throws JedisException if the data may not be used, or not yet
     */
    void verify(RedisConnection connection) {
        synchronized (verifyLock) {
            verifyLocked(connection);
        }
    }

    private void verifyLocked(RedisConnection connection) {
        List<String> others = confirmedMark == 0 ? channels.ofOtherVersions(connection) : List.of();
        if (!others.isEmpty()) {
            throw refused(OTHER_VERSION + String.join(", ", others));
        }
        Verdict verdict = ask(connection, Action.LOOK);
        if (verdict.state() == State.VOUCH) {
            connections.cutOthers(connection, !reported);
            reported = true;
            Map<SeenMessages.RoomEpoch, SeenMessage> epochs = seen.seenSince(verdict.number());
            if (verdict.number() == 0 || epochs == null) {
                LOG.log(Level.WARNING, "Redis has lost the marks of this node: all rooms begin a new epoch");
                verdict = ask(connection, Action.ANEW);
            } else {
                seenRooms.forEach(
                        this,
                        (room, message) ->
                                epochs.merge(SeenMessages.RoomEpoch.of(room, message), message, SeenMessage::later));
                comparison.compare(connection, epochs);
                verdict = ask(connection, Action.VOUCH);
            }
        }
        if (verdict.state() != State.OPEN) {
            throw refused(verdict.refusal());
        }
        verifiedRun = connection.serverRun();
        reported = false;
        lastWarning = "";
    }

    private JedisException refused(String why) {
        if (!why.equals(lastWarning)) {
            LOG.log(Level.WARNING, why);
            lastWarning = why;
        }
        return new JedisException(why);
    }

    private Verdict ask(RedisConnection connection, Action action) {
        long mark = nextMark();
        connection.write(SCRIPT.callByText(List.of(key), arguments(mark, action)));
        connection.flush();
        return verdict(mark, connection.read());
    }

    /** A new mark. The messages so far count as seen before the mark. */
    private synchronized long nextMark() {
        seen.startSegment(++lastMark);
        return lastMark;
    }

    private Object[] arguments(long mark, Action action) {
        return new Object[] {
            node,
            confirmedMark,
            mark,
            lineageArgument,
            action.text(),
            String.valueOf(Envelope.VERSION),
            SILENCE_MILLIS,
            WAIT_MILLIS,
            dataId,
            startCount,
            reportedRun
        };
    }

    /** The command that leaves a mark in the data. Sent once a second. */
    record MarkCommand(long mark, CommandArguments command) {}

    /** @return the command for a new mark, or null after {@link #endCommand} */
    synchronized MarkCommand nextMarkCommand() {
        if (ended) {
            return null;
        }
        long mark = nextMark();
        return new MarkCommand(mark, SCRIPT.call(List.of(key), arguments(mark, Action.LOOK)));
    }

    /**
     * Takes the reply to a mark.
     *
     * @return whether the connection may still be used
     */
    boolean markAnswered(MarkCommand markCommand, Object reply) {
        boolean usable = verdict(markCommand.mark(), reply).state() == State.OPEN;
        problem = usable ? null : "Redis has other data than before";
        return usable;
    }

    /** Notes that a mark has failed. */
    void markFailed(Throwable failure) {
        problem = "this node cannot write its mark: " + failure.getMessage();
    }

    /** Why the last mark failed, or null. */
    public String problem() {
        return problem;
    }

    /** The last command of this node, which states that no other node has to wait for this node. */
    synchronized CommandArguments endCommand() {
        ended = true;
        return SCRIPT.call(List.of(key), arguments(lastMark, Action.END));
    }

    private synchronized Verdict verdict(long mark, Object reply) {
        Verdict verdict = Verdict.of(reply);
        if (verdict.state() == State.OPEN) {
            lineage = Math.max(lineage, verdict.lineage());
            dataId = verdict.dataId();
            startCount = verdict.number();
            reportedRun = verdict.rest().get(1);
            if (verdict.rest().contains("marked")) {
                confirmedMark = Math.max(confirmedMark, mark);
            }
        }
        return verdict;
    }

    /**
     * A reply of {@code lineage.lua}.
     *
     * @param rest what follows, which depends on the state
     */
    private record Verdict(State state, long lineage, String dataId, List<String> rest) {
        static Verdict of(Object reply) {
            List<String> parts = ((List<?>) reply)
                    .stream().map(part -> new String((byte[]) part, UTF_8)).toList();
            return new Verdict(
                    State.of(parts.get(0)), Long.parseLong(parts.get(1)), parts.get(2), parts.subList(3, parts.size()));
        }

        /** The number of starts for {@link State#OPEN}; this node's mark in the data for {@link State#VOUCH}. */
        long number() {
            return Long.parseLong(rest.get(0));
        }

        String refusal() {
            if (state == State.FOREIGN) {
                return OTHER_VERSION + String.join(", ", rest.subList(1, rest.size()));
            }
            return "Redis was restarted or failed over; this node waits for the reports of other nodes: "
                    + String.join(", ", rest);
        }
    }
}

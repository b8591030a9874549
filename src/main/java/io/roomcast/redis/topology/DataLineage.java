package io.roomcast.redis.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.cursor.SeenMessage;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Script;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.relay.Lives;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Detects that a Redis server has lost data, by a failover or a restart from an older file. Each node writes marks into
 * the data. The marks of a node are increasing numbers. The node remembers its last mark, and the messages that it has
 * seen since that mark. The script {@code lineage.lua} compares the marks. If the data lack something that a node has
 * seen, the nodes end the epochs of the rooms that lost messages. If the nodes do not know all these rooms, the data
 * get a new <i>lineage</i>, and every room a new epoch.
 *
 * <p><b>Concurrency.</b> The threads of two connections verify the data, one after the other, under the lock
 * {@code verifyLock}. This lock is held while Redis answers. The object's monitor guards the marks and what replies
 * change, and no thread waits inside the monitor. Other fields say what guards them. Volatile fields may be read without
 * a lock. The lineage in a command is evaluated when the command is written. So a command has the lineage that its
 * connection found, even if the command was made before the connection.
 */
public final class DataLineage {
    private static final Logger LOG = System.getLogger(DataLineage.class.getName());
    private static final Script SCRIPT = Script.of("", "lineage.lua");
    /** A node that has written no mark for this long counts as stopped. */
    private static final long SILENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);
    /** How long nodes wait for each other. They need this time to find a new master. */
    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    /** The scripts that each connection loads. */
    public static final List<Script> SCRIPTS = List.of(SCRIPT);

    /** What a call of {@code lineage.lua} asks for or states. */
    private enum Action {
        /** Writes a mark if the data may be used, and asks for the state of the data. */
        LOOK("look"),
        /** States that this node has compared its rooms with the data, and ended the epochs of those that differ. */
        VOUCH("vouch"),
        /** States that this node cannot compare its rooms, so that a new lineage must begin. */
        NEW_LINEAGE("anew"),
        /** States that this node has stopped. */
        END("end");

        /** The argument of {@code lineage.lua}. */
        private final String text;

        Action(String text) {
            this.text = text;
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
         * @param node name of this node, to which this registry adds an id for this start of the node
         * @param keys the keys of a room
         */
        public Registry(
                String node,
                NodeChannels channels,
                Scripts scripts,
                SeenRooms seenRooms,
                Function<RoomName, RoomKeys> keys) {
            String nodeStart = node + ":" + UUID.randomUUID();
            this.factory = key -> new DataLineage(key, nodeStart, channels, scripts, seenRooms, keys);
        }

        /** @param key key of the hash that {@code lineage.lua} keeps */
        public DataLineage of(String key) {
            return byKey.computeIfAbsent(key, factory);
        }
    }

    private final byte[] key;
    /** The name of this node, with an id for this start of the node. */
    private final String nodeStart;

    private final NodeChannels channels;
    private final SeenRooms seenRooms;
    private final LogComparison comparison;
    private final ConnectionGroup connections = new ConnectionGroup();
    private final SeenMessages seenMessages = new SeenMessages();
    private final Rawable lineageArgument = this::lineageText;
    private final Rawable runArgument = this::runText;
    private final Object verifyLock = new Object();
    /** The last mark that was made. */
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
    /** How many starts of nodes the data contained when this node last saw the data: {@code starts} in lineage.lua. */
    private volatile long startCount;
    /** The run of Redis in which this node last saw the data, as {@code lineage.lua} names a run. */
    private volatile String dataRun = "";
    /** The run of the server whose data were verified last, as {@link RedisConnection#serverRun()} names a run. */
    private volatile String verifiedServerRun = "";

    /** Whether {@link #endCommand} was called. */
    private volatile boolean ended;
    /** Why the last mark failed, or null. */
    private volatile String problem;
    /**
     * Whether this node must compare its rooms, or waits for other nodes to compare theirs. This node has then cut its
     * earlier connections, and need not cut new connections to the same server. Remains true if the comparison fails,
     * and becomes false when the data may be used. Guarded by {@code verifyLock}.
     */
    private boolean comparing;
    /** The last warning, which is not logged again. Guarded by {@code verifyLock}. */
    private String lastWarning = "";

    DataLineage(
            String key,
            String nodeStart,
            NodeChannels channels,
            Scripts scripts,
            SeenRooms seenRooms,
            Function<RoomName, RoomKeys> keys) {
        this.key = key.getBytes(UTF_8);
        this.nodeStart = nodeStart;
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
        return verifiedServerRun.getBytes(UTF_8);
    }

    /** The name of this node, with an id for this start of the node. */
    public String nodeStart() {
        return nodeStart;
    }

    /** The data that this node has used last, which lose nothing as long as they have this name. */
    public synchronized Optional<Lives.Data> data() {
        return dataId.isEmpty() || dataRun.isEmpty() ? Optional.empty() : Optional.of(new Lives.Data(dataId, dataRun));
    }

    /** Notes that this node has seen the message in the room. */
    public void note(RoomName room, SeenMessage message) {
        seenMessages.note(room, message);
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
            throw loggedRefusal(Verdict.OTHER_VERSION_TEXT + String.join(", ", others));
        }
        Verdict verdict = ask(connection, Action.LOOK);
        if (verdict.state() == Verdict.State.MUST_COMPARE) {
            connections.cutOthers(connection, !comparing);
            comparing = true;
            Map<SeenMessages.RoomEpoch, SeenMessage> epochs = seenMessages.seenSince(verdict.ownMark());
            if (verdict.ownMark() == 0 || epochs == null) {
                LOG.log(Level.WARNING, "Redis has lost the marks of this node: all rooms begin a new epoch");
                verdict = ask(connection, Action.NEW_LINEAGE);
            } else {
                seenRooms.forEach(
                        this,
                        (room, message) ->
                                epochs.merge(SeenMessages.RoomEpoch.of(room, message), message, SeenMessage::later));
                comparison.compare(connection, epochs);
                verdict = ask(connection, Action.VOUCH);
            }
        }
        if (verdict.state() != Verdict.State.USABLE) {
            throw loggedRefusal(verdict.refusal());
        }
        verifiedServerRun = connection.serverRun();
        comparing = false;
        lastWarning = "";
    }

    private JedisException loggedRefusal(String why) {
        if (!why.equals(lastWarning)) {
            LOG.log(Level.WARNING, why);
            lastWarning = why;
        }
        return new JedisException(why);
    }

    private Verdict ask(RedisConnection connection, Action action) {
        long mark = newMark();
        connection.write(SCRIPT.callByText(List.of(key), arguments(mark, action)));
        connection.flush();
        return takeReply(mark, connection.read());
    }

    /** A new mark. The messages so far count as seen before the mark. */
    private synchronized long newMark() {
        seenMessages.startSegment(++lastMark);
        return lastMark;
    }

    private Object[] arguments(long mark, Action action) {
        return new Object[] {
            nodeStart,
            confirmedMark,
            mark,
            lineageArgument,
            action.text,
            String.valueOf(Envelope.VERSION),
            SILENCE_MILLIS,
            WAIT_MILLIS,
            dataId,
            startCount,
            dataRun
        };
    }

    /** The command that writes a mark into the data. Sent once a second. */
    record MarkCommand(long mark, CommandArguments command) {}

    /** @return the command for a new mark, or null after {@link #endCommand} */
    synchronized MarkCommand nextMarkCommand() {
        if (ended) {
            return null;
        }
        long mark = newMark();
        return new MarkCommand(mark, SCRIPT.call(List.of(key), arguments(mark, Action.LOOK)));
    }

    /**
     * Takes the reply to a mark.
     *
     * @return whether the connection may still be used
     */
    boolean takeMarkReply(MarkCommand markCommand, Object reply) {
        boolean usable = takeReply(markCommand.mark(), reply).state() == Verdict.State.USABLE;
        problem = usable ? null : "Redis has other data than before";
        return usable;
    }

    /** Notes that a mark has failed. */
    void noteMarkFailure(Throwable failure) {
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

    private synchronized Verdict takeReply(long mark, Object reply) {
        Verdict verdict = Verdict.of(reply);
        if (verdict.state() == Verdict.State.USABLE) {
            lineage = Math.max(lineage, verdict.lineage());
            dataId = verdict.dataId();
            startCount = verdict.startCount();
            dataRun = verdict.run();
            if (verdict.markWritten()) {
                confirmedMark = Math.max(confirmedMark, mark);
            }
        }
        return verdict;
    }
}

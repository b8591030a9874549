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
 * mark in the data, and remembers its last mark and the messages that it has seen since. {@code lineage.lua}
 * compares these. Data that are older than a node knows them get a new <i>lineage</i>, and every room a new epoch. If
 * the nodes know which rooms have lost messages, only these rooms get one.
 *
 * <p><b>Concurrency.</b> The threads of two connections verify the data, one after the other, under the lock
 * {@code verifying}, which is held while Redis answers. The monitor guards the fields, and nothing is waited for inside
 * it. A command takes the lineage at the moment when it is written: so a command that was prepared before there was a
 * connection carries what the connection found out.
 */
public final class DataLineage {
    private static final Logger LOG = System.getLogger(DataLineage.class.getName());
    private static final Script SCRIPT = Script.of("", "lineage.lua");
    private static final long SILENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);
    /** How long nodes wait for each other; long enough to find a new master. */
    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private static final String OTHER_VERSION = "this node speaks version " + Envelope.VERSION
            + " of the protocol between nodes, but these nodes use the same Redis and roomcast.redis.prefix with another version;"
            + " stop them, or set another prefix for this node: ";

    public static final List<Script> SCRIPTS = List.of(SCRIPT);

    /** The rooms that are open on this node, and their last messages. */
    public interface OpenRooms {
        void forEach(DataLineage lineage, BiConsumer<RoomName, SeenMessage> action);
    }

    /** One for each Redis server. In a Cluster it outlives the server when a replica takes over. Any thread. */
    public static final class Registry {
        private final ConcurrentHashMap<String, DataLineage> byKey = new ConcurrentHashMap<>();
        private final Function<String, DataLineage> factory;

        /** @param node name of this node; each start of a node leaves marks of its own */
        public Registry(
                String node,
                NodeChannels channels,
                Scripts scripts,
                OpenRooms open,
                Function<RoomName, RoomKeys> keys) {
            String start = node + ":" + UUID.randomUUID();
            this.factory = key -> new DataLineage(key, start, channels, scripts, open, keys);
        }

        /** @param key of the hash that {@code lineage.lua} keeps */
        public DataLineage of(String key) {
            return byKey.computeIfAbsent(key, factory);
        }
    }

    private final byte[] key;
    private final String node;
    private final NodeChannels channels;
    private final OpenRooms open;
    private final LogComparison comparison;
    private final ConnectionGroup connections = new ConnectionGroup();
    private final SeenMessages seen = new SeenMessages();
    private final Rawable lineageArgument = this::lineageText;
    private final Rawable runArgument = this::runText;
    private final Object verifying = new Object();
    private long lastMark;
    private volatile long confirmedMark;
    private volatile long lineage;
    /** The name of the data, given when they were begun. */
    private volatile String birth = "";
    /** How many nodes had ever started with these data. */
    private volatile long starts;
    /** The run of Redis, as {@code lineage.lua} tells it, in which this node found the data last. */
    private volatile String reportedRun = "";
    /** The run of the server whose data were verified last, as {@link RedisConnection#serverRun()}. */
    private volatile String verifiedRun = "";

    private volatile boolean ended;
    private volatile String problem;
    /** Whether this node has reported what it has seen, and waits for others. Guarded by {@code verifying}. */
    private boolean reported;
    /** The last warning, which is not logged again. Guarded by {@code verifying}. */
    private String lastWarning = "";

    DataLineage(
            String key,
            String node,
            NodeChannels channels,
            Scripts scripts,
            OpenRooms open,
            Function<RoomName, RoomKeys> keys) {
        this.key = key.getBytes(UTF_8);
        this.node = node;
        this.channels = channels;
        this.open = open;
        this.comparison = new LogComparison(scripts, keys, lineageArgument);
    }

    int slot() {
        return RoomKeys.slotOf(new String(key, UTF_8));
    }

    /** The lineage as an argument of a command: its value at the time when the command is written. */
    public Rawable argument() {
        return lineageArgument;
    }

    private byte[] lineageText() {
        return Long.toString(lineage).getBytes(UTF_8);
    }

    /**
     * The run of the server's process as an argument of a command. Connections to other servers are cut first, so this
     * names the server that gets the command.
     */
    public Rawable runArgument() {
        return runArgument;
    }

    private byte[] runText() {
        return verifiedRun.getBytes(UTF_8);
    }

    /** A message of the room was seen. */
    public void note(RoomName room, SeenMessage message) {
        seen.note(room, message);
    }

    /** This node's connections to the data. */
    ConnectionGroup connections() {
        return connections;
    }

    /**
     * Finds out whether the data behind a new connection may be used. Before this node reports what it has seen, it
     * cuts its other connections, which may lead to a former master that still takes messages.
     *
     * @throws JedisException if they may not be used, or not yet
     */
    void verify(RedisConnection connection) {
        synchronized (verifying) {
            verifyLocked(connection);
        }
    }

    private void verifyLocked(RedisConnection connection) {
        List<String> others = confirmedMark == 0 ? channels.ofOtherVersions(connection) : List.of();
        if (!others.isEmpty()) {
            throw refused(OTHER_VERSION + String.join(", ", others));
        }
        Verdict verdict = ask(connection, "look");
        if (verdict.state().equals("vouch")) {
            connections.cutOthers(connection, !reported);
            reported = true;
            Map<RoomName, SeenMessage> rooms = seen.since(verdict.number());
            if (verdict.number() == 0 || rooms == null) {
                LOG.log(Level.WARNING, "Redis has lost the marks of this node: all rooms begin a new epoch");
                verdict = ask(connection, "anew");
            } else {
                open.forEach(this, (room, message) -> rooms.merge(room, message, SeenMessage::later));
                comparison.compare(connection, rooms);
                verdict = ask(connection, "vouch");
            }
        }
        if (!verdict.state().equals("open")) {
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

    private Verdict ask(RedisConnection connection, String action) {
        long mark = nextMark();
        connection.write(SCRIPT.callByText(List.of(key), arguments(mark, action)));
        connection.flush();
        return verdict(mark, connection.read());
    }

    private synchronized long nextMark() {
        seen.mark(++lastMark);
        return lastMark;
    }

    private Object[] arguments(long mark, String action) {
        return new Object[] {
            node,
            confirmedMark,
            mark,
            lineageArgument,
            action,
            String.valueOf(Envelope.VERSION),
            SILENCE_MILLIS,
            WAIT_MILLIS,
            birth,
            starts,
            reportedRun
        };
    }

    /** The command that leaves a mark, once a second. */
    record Beat(long mark, CommandArguments command) {}

    /** @return null after {@link #end} */
    synchronized Beat beat() {
        if (ended) {
            return null;
        }
        long mark = nextMark();
        return new Beat(mark, SCRIPT.call(List.of(key), arguments(mark, "look")));
    }

    /** @return whether the connection may still be used */
    boolean answered(Beat beat, Object reply) {
        boolean open = verdict(beat.mark(), reply).state().equals("open");
        problem = open ? null : "Redis has other data than before";
        return open;
    }

    void unanswered(Throwable failure) {
        problem = "this node cannot write its mark: " + failure.getMessage();
    }

    /** Why the last mark failed, or null. */
    public String problem() {
        return problem;
    }

    /** The last command: other nodes need not wait for this node. */
    synchronized CommandArguments end() {
        ended = true;
        return SCRIPT.call(List.of(key), arguments(lastMark, "end"));
    }

    private synchronized Verdict verdict(long mark, Object reply) {
        Verdict verdict = Verdict.of(reply);
        if (verdict.state().equals("open")) {
            lineage = Math.max(lineage, verdict.lineage());
            birth = verdict.birth();
            starts = verdict.number();
            reportedRun = verdict.rest().get(1);
            if (verdict.rest().contains("marked")) {
                confirmedMark = Math.max(confirmedMark, mark);
            }
        }
        return verdict;
    }

    private record Verdict(String state, long lineage, String birth, List<String> rest) {
        static Verdict of(Object reply) {
            List<String> parts = ((List<?>) reply)
                    .stream().map(part -> new String((byte[]) part, UTF_8)).toList();
            return new Verdict(
                    parts.get(0), Long.parseLong(parts.get(1)), parts.get(2), parts.subList(3, parts.size()));
        }

        long number() {
            return Long.parseLong(rest.get(0));
        }

        String refusal() {
            if (state.equals("foreign")) {
                return OTHER_VERSION + String.join(", ", rest.subList(1, rest.size()));
            }
            return "Redis was restarted or failed over; this node waits for the reports of other nodes: "
                    + String.join(", ", rest);
        }
    }
}

package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.RoomName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What this node remembers of the data of one Redis server, to tell whether they are still the same: the mark that it left there last, and
 * where rooms were seen to stand since. {@code life.lua} says what is made of it. Data that have stepped back have another <i>lineage</i>, and
 * every room a new epoch; where it is known which rooms have lost something, only these have.
 *
 * <p><b>Concurrency.</b> The threads of two connections judge, one after the other under {@code judging}, which is held while Redis answers; the
 * monitor guards the fields, and nothing is waited for in it. The lineage is read at the moment when a command is written, so that
 * what was prepared before there was a connection goes out with what the connection has found out.
 */
final class Witness {
    private static final Logger LOG = System.getLogger(Witness.class.getName());
    private static final Script LIFE = Script.of("", "life.lua");
    private static final long SILENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);
    /** Long enough for a node that has to find a new master. */
    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private static final String FOREIGN = "this node speaks version " + Envelope.VERSION
            + ", and others that are connected to this Redis under the same prefix speak another one; stop these first, or give this one"
            + " another roomcast.redis.prefix: ";

    static final List<Script> SCRIPTS = List.of(LIFE);

    /** The rooms that are open here, and where they stand. */
    interface OpenRooms {
        void forEach(Witness witness, BiConsumer<RoomName, Seen> action);
    }

    private final byte[] key;
    private final String node;
    private final NodeChannels channels;
    private final OpenRooms open;
    private final Comparison comparison;
    private final Lines lines = new Lines();
    private final SeenRooms seen = new SeenRooms();
    private final Rawable lineageArgument = this::lineageText;
    private final Object judging = new Object();
    private long next;
    private volatile long confirmed;
    private volatile long lineage;
    private volatile String birth = "";
    private volatile long starts;
    private volatile String run = "";
    private volatile boolean ended;
    private volatile String complaint;
    /** Whether this node has said what it knows, and waits for others; guarded by {@code judging}. */
    private boolean spoken;
    /** Guarded by {@code judging}. */
    private String told = "";

    Witness(
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
        this.comparison = new Comparison(scripts, keys, lineageArgument);
    }

    int slot() {
        return RoomKeys.slotOf(new String(key, UTF_8));
    }

    /** An argument of a command: the lineage at the time when it is written. */
    Rawable lineage() {
        return lineageArgument;
    }

    private byte[] lineageText() {
        return Long.toString(lineage).getBytes(UTF_8);
    }

    /** A room was seen to have a message. */
    void note(RoomName room, Seen message) {
        seen.note(room, message);
    }

    /** All connections to the data. */
    Lines lines() {
        return lines;
    }

    /**
     * Finds out whether the data behind a new connection may be used. Before this node says what it knows of them, it cuts its other connections:
     * they may lead to a server that was in charge before, and still takes messages.
     *
     * @throws JedisException when they may not, or not yet
     */
    void judge(Link link) {
        synchronized (judging) {
            judgeAlone(link);
        }
    }

    private void judgeAlone(Link link) {
        List<String> strangers = confirmed == 0 ? channels.foreign(link) : List.of();
        if (!strangers.isEmpty()) {
            throw refused(FOREIGN + String.join(", ", strangers));
        }
        Verdict verdict = ask(link, "look");
        if (verdict.state().equals("vouch")) {
            lines.leave(link, !spoken);
            spoken = true;
            Map<RoomName, Seen> rooms = seen.since(verdict.number());
            if (verdict.number() == 0 || rooms == null) {
                LOG.log(Level.WARNING, "Redis has lost what this node had marked: all rooms begin a new epoch");
                verdict = ask(link, "anew");
            } else {
                open.forEach(this, (room, message) -> rooms.merge(room, message, Seen::later));
                comparison.make(link, rooms);
                verdict = ask(link, "vouch");
            }
        }
        if (!verdict.state().equals("open")) {
            throw refused(verdict.refusal());
        }
        spoken = false;
        told = "";
    }

    private JedisException refused(String why) {
        if (!why.equals(told)) {
            LOG.log(Level.WARNING, why);
            told = why;
        }
        return new JedisException(why);
    }

    private Verdict ask(Link link, String action) {
        long mark = nextMark();
        link.write(LIFE.callByText(List.of(key), arguments(mark, action)));
        link.flush();
        return verdict(mark, link.read());
    }

    private synchronized long nextMark() {
        seen.mark(++next);
        return next;
    }

    private Object[] arguments(long mark, String action) {
        return new Object[] {
            node,
            confirmed,
            mark,
            lineageArgument,
            action,
            String.valueOf(Envelope.VERSION),
            SILENCE_MILLIS,
            WAIT_MILLIS,
            birth,
            starts,
            run
        };
    }

    /** One beat: a mark, once a second. */
    record Beat(long mark, CommandArguments command) {}

    /** Null after the end. */
    synchronized Beat beat() {
        if (ended) {
            return null;
        }
        long mark = nextMark();
        return new Beat(mark, LIFE.call(List.of(key), arguments(mark, "look")));
    }

    /** @return whether the connection may go on being used */
    boolean answered(Beat beat, Object reply) {
        boolean open = verdict(beat.mark(), reply).state().equals("open");
        complaint = open ? null : "the data of Redis are others";
        return open;
    }

    void unanswered(Throwable failure) {
        complaint = "this node cannot leave its mark: " + failure.getMessage();
    }

    /** Why the last beat failed; null if it did not. */
    String complaint() {
        return complaint;
    }

    /** Said last: nobody waits for this node. */
    synchronized CommandArguments end() {
        ended = true;
        return LIFE.call(List.of(key), arguments(next, "end"));
    }

    private synchronized Verdict verdict(long mark, Object reply) {
        Verdict verdict = Verdict.of(reply);
        if (verdict.state().equals("open")) {
            lineage = Math.max(lineage, verdict.lineage());
            birth = verdict.birth();
            starts = verdict.number();
            run = verdict.rest().get(1);
            if (verdict.rest().contains("marked")) {
                confirmed = Math.max(confirmed, mark);
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
                return FOREIGN + String.join(", ", rest.subList(1, rest.size()));
            }
            return "Redis was started anew or failed over, and nodes that were connected to it have yet to say what they know: "
                    + String.join(", ", rest);
        }
    }
}

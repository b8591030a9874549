package io.roomcast.redis;

import io.roomcast.protocol.RoomName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/**
 * Ends the epochs of rooms in which Redis has less than this node has seen, or another message where it has seen the last. Logs only grow at
 * their ends: where the last message is the same, so are those before it. Where the log has let go of the message, the position counts.
 */
final class Comparison {
    private static final Logger LOG = System.getLogger(Comparison.class.getName());
    private static final int AT_ONCE = 500;

    private final Scripts scripts;
    private final Function<RoomName, RoomKeys> keys;
    private final Rawable lineage;

    Comparison(Scripts scripts, Function<RoomName, RoomKeys> keys, Rawable lineage) {
        this.scripts = scripts;
        this.keys = keys;
        this.lineage = lineage;
    }

    void make(Link link, Map<RoomName, Seen> rooms) {
        Iterator<Map.Entry<RoomName, Seen>> left = rooms.entrySet().iterator();
        if (left.hasNext()) {
            link.write(scripts.check().load());
            link.flush();
            link.read();
        }
        int others = 0;
        while (left.hasNext()) {
            List<Map.Entry<RoomName, Seen>> asked = new ArrayList<>();
            while (left.hasNext() && asked.size() < AT_ONCE) {
                Map.Entry<RoomName, Seen> room = left.next();
                link.write(scripts.check(keys.apply(room.getKey()), room.getValue(), lineage));
                asked.add(room);
            }
            link.flush();
            List<CommandArguments> endings = new ArrayList<>();
            for (Map.Entry<RoomName, Seen> room : asked) {
                byte[] body = bodyIn(read(link));
                if (body != null && room.getValue().isOtherThan(body)) {
                    endings.add(scripts.renumberByText(
                            keys.apply(room.getKey()), room.getValue().position(), lineage));
                }
            }
            endings.forEach(link::write);
            link.flush();
            endings.forEach(ending -> read(link));
            others += endings.size();
        }
        if (others > 0) {
            LOG.log(
                    Level.WARNING,
                    "Redis has other messages than this node has seen there, in {0} of its rooms: they begin a new epoch",
                    others);
        }
    }

    private static byte[] bodyIn(Object reply) {
        return reply == null ? null : (byte[]) ((List<?>) reply).get(1);
    }

    /** Null where the room is not there to be looked at. */
    private static Object read(Link link) {
        try {
            return link.read();
        } catch (JedisMovedDataException e) {
            LOG.log(Level.DEBUG, "a room has moved to another server: {0}", e.getMessage());
            return null;
        }
    }
}

package io.roomcast.redis.topology;

import io.roomcast.cursor.SeenMessage;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisConnection;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.topology.SeenMessages.RoomEpoch;
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
 * Compares the logs of Redis with what this node has seen. It ends the epoch of a room whose log has fewer messages, or
 * a different message at the position of the last message. A log only grows at its end. So if the last message is the
 * same, all earlier messages are the same. If the log no longer holds the last message, only the positions are
 * compared.
 */
final class LogComparison {
    private static final Logger LOG = System.getLogger(LogComparison.class.getName());
    private static final int CHECKS_PER_BATCH = 500;

    private final Scripts scripts;
    private final Function<RoomName, RoomKeys> keys;
    private final Rawable lineage;

    /** @param lineage as an argument of the scripts */
    LogComparison(Scripts scripts, Function<RoomName, RoomKeys> keys, Rawable lineage) {
        this.scripts = scripts;
        this.keys = keys;
        this.lineage = lineage;
    }

    /**
     * Compares the epochs. Of several epochs of a room, only the one that Redis has can differ. Waits for Redis. No
     * other thread may use the connection meanwhile.
     */
    void compare(RedisConnection connection, Map<RoomEpoch, SeenMessage> epochs) {
        Iterator<Map.Entry<RoomEpoch, SeenMessage>> remaining =
                epochs.entrySet().iterator();
        if (remaining.hasNext()) {
            connection.write(scripts.check().load());
            connection.flush();
            connection.read();
        }
        int differentRooms = 0;
        while (remaining.hasNext()) {
            List<Map.Entry<RoomEpoch, SeenMessage>> checked = new ArrayList<>();
            while (remaining.hasNext() && checked.size() < CHECKS_PER_BATCH) {
                Map.Entry<RoomEpoch, SeenMessage> epoch = remaining.next();
                connection.write(scripts.check(keys.apply(epoch.getKey().room()), epoch.getValue(), lineage));
                checked.add(epoch);
            }
            connection.flush();
            differentRooms += endEpochs(connection, checked);
        }
        if (differentRooms > 0) {
            LOG.log(
                    Level.WARNING,
                    "Redis has other messages than this node has seen, in {0} of its rooms: they begin a new epoch",
                    differentRooms);
        }
    }

    /**
     * Reads the replies to the checks, and ends the epochs of the rooms whose last message differs.
     *
     * @return the number of rooms whose epoch was ended
     */
    private int endEpochs(RedisConnection connection, List<Map.Entry<RoomEpoch, SeenMessage>> checked) {
        List<CommandArguments> endCommands = new ArrayList<>();
        for (Map.Entry<RoomEpoch, SeenMessage> epoch : checked) {
            byte[] body = body(read(connection));
            if (body != null && epoch.getValue().differsFrom(body)) {
                endCommands.add(scripts.renumberByText(
                        keys.apply(epoch.getKey().room()), epoch.getValue().position(), lineage));
            }
        }
        endCommands.forEach(connection::write);
        connection.flush();
        endCommands.forEach(command -> read(connection));
        return endCommands.size();
    }

    private static byte[] body(Object reply) {
        return reply == null ? null : (byte[]) ((List<?>) reply).get(1);
    }

    /** @return the reply, or null if the room has moved to another server */
    private static Object read(RedisConnection connection) {
        try {
            return connection.read();
        } catch (JedisMovedDataException e) {
            LOG.log(Level.DEBUG, "a room has moved to another server: {0}", e.getMessage());
            return null;
        }
    }
}

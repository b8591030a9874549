package io.roomcast.redis;

import io.roomcast.protocol.Position;
import io.roomcast.redis.connection.Scripts;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Relay;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.args.Rawable;

/**
 * Reads the log for the cursors. The reads of all rooms of a server share one pipeline: after a reconnect, a thousand
 * of them take a few round trips. A failed read is repeated while the room is subscribed. If the first read of a
 * subscription fails, the subscription fails.
 */
final class GapRepair implements RoomCursor.Log {
    private static final Logger LOG = System.getLogger(GapRepair.class.getName());
    private static final int PAGE_MESSAGES = 500;
    private static final long RETRY_MILLIS = 500;

    /** Fails a subscription that has not begun. */
    interface SubscribeFailure {
        void fail(RoomCursor cursor, String why);
    }

    private final Shards shards;
    private final Scripts scripts;
    private final ScheduledExecutorService timer;
    private final SubscribeFailure failure;

    GapRepair(Shards shards, Scripts scripts, ScheduledExecutorService timer, SubscribeFailure failure) {
        this.shards = shards;
        this.scripts = scripts;
        this.timer = timer;
        this.failure = failure;
    }

    @Override
    public void read(RoomCursor cursor, int readNumber) {
        Position known = cursor.known();
        Rawable lineage = shard(cursor).lineage().argument();
        // Reads the last message again, to see that it is still the same.
        CommandArguments read = known == null
                ? scripts.readBefore(cursor.keys(), null, lineage, 0, 1, Relay.PAGE_BYTES)
                : scripts.readFrom(cursor.keys(), known, lineage, PAGE_MESSAGES, Relay.PAGE_BYTES);
        send(cursor, read)
                .thenAccept(reply -> cursor.pageRead(readNumber, LogPage.of(reply)))
                .whenComplete((done, failure) -> repeatIfFailed(cursor, readNumber, failure));
    }

    @Override
    public void renumber(RoomCursor cursor, int readNumber) {
        Rawable lineage = shard(cursor).lineage().argument();
        send(cursor, scripts.renumber(cursor.keys(), cursor.known(), lineage))
                .thenAccept(epoch -> cursor.retry(readNumber))
                .whenComplete((done, failure) -> repeatIfFailed(cursor, readNumber, failure));
    }

    private CompletionStage<Object> send(RoomCursor cursor, CommandArguments command) {
        return shard(cursor).read(cursor.keys().slot(), command, false);
    }

    private Shard shard(RoomCursor cursor) {
        return shards.of(cursor.keys().slot());
    }

    private void repeatIfFailed(RoomCursor cursor, int readNumber, Throwable error) {
        if (error == null) {
            return;
        }
        LOG.log(Level.DEBUG, "could not read the log of " + cursor.room(), error);
        if (cursor.known() == null) {
            failure.fail(cursor, "Redis does not answer");
        } else {
            long pause = RETRY_MILLIS / 2 + ThreadLocalRandom.current().nextLong(RETRY_MILLIS);
            var unused = timer.schedule(() -> cursor.retry(readNumber), pause, TimeUnit.MILLISECONDS);
        }
    }
}

package io.roomcast.cursor;

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
 * Reads the log for the cursors. The reads of all rooms of a server share one pipeline. So a thousand reads after a
 * reconnect take only a few round trips. A failed read is repeated while the room is subscribed. If the first read of a
 * subscription fails, the subscription fails. Any thread may call. No method blocks.
 */
final class GapRepair implements RoomCursor.LogReader {
    private static final Logger LOG = System.getLogger(GapRepair.class.getName());
    private static final int PAGE_MESSAGES = 500;
    private static final long RETRY_MILLIS = 500;

    /** Fails a subscription whose first read has failed. */
    interface SubscribeFailure {
        void fail(RoomCursor cursor, String why);
    }

    private final Shards shards;
    private final Scripts scripts;
    private final ScheduledExecutorService timer;
    private final SubscribeFailure onSubscribeFailure;

    GapRepair(Shards shards, Scripts scripts, ScheduledExecutorService timer, SubscribeFailure onSubscribeFailure) {
        this.shards = shards;
        this.scripts = scripts;
        this.timer = timer;
        this.onSubscribeFailure = onSubscribeFailure;
    }

    @Override
    public void read(RoomCursor cursor, int readNumber) {
        Position last = cursor.position();
        Rawable lineage = shard(cursor).lineage().argument();
        // Reads the last message again, to find out whether the log still has the same message.
        CommandArguments read = last == null
                ? scripts.readBefore(cursor.keys(), null, lineage, 0, 1, Relay.PAGE_BYTES)
                : scripts.readFrom(cursor.keys(), last, lineage, PAGE_MESSAGES, Relay.PAGE_BYTES);
        send(cursor, read)
                .thenAccept(reply -> cursor.pageRead(readNumber, LogPage.of(reply)))
                .whenComplete((done, failure) -> retryIfFailed(cursor, readNumber, failure));
    }

    @Override
    public void renumber(RoomCursor cursor, int readNumber) {
        Rawable lineage = shard(cursor).lineage().argument();
        send(cursor, scripts.renumber(cursor.keys(), cursor.position(), lineage))
                .thenAccept(epoch -> cursor.retry(readNumber))
                .whenComplete((done, failure) -> retryIfFailed(cursor, readNumber, failure));
    }

    private CompletionStage<Object> send(RoomCursor cursor, CommandArguments command) {
        return shard(cursor).read(cursor.keys().slot(), command, false);
    }

    private Shard shard(RoomCursor cursor) {
        return shards.of(cursor.keys().slot());
    }

    private void retryIfFailed(RoomCursor cursor, int readNumber, Throwable error) {
        if (error == null) {
            return;
        }
        LOG.log(Level.DEBUG, "could not read the log of " + cursor.room(), error);
        if (cursor.position() == null) {
            onSubscribeFailure.fail(cursor, "Redis does not answer");
        } else {
            long pause = RETRY_MILLIS / 2 + ThreadLocalRandom.current().nextLong(RETRY_MILLIS);
            var unused = timer.schedule(() -> cursor.retry(readNumber), pause, TimeUnit.MILLISECONDS);
        }
    }
}

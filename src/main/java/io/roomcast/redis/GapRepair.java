package io.roomcast.redis;

import io.roomcast.protocol.Position;
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
 * Reads the log for the cursors. The reads of all rooms go through one pipeline: after a reconnect a thousand of them are a few round
 * trips. A read that fails is tried again for as long as the room is subscribed; the first one, which a subscription waits for, fails
 * it.
 */
final class GapRepair implements RoomCursor.Log {
    private static final Logger LOG = System.getLogger(GapRepair.class.getName());
    private static final int PAGE_MESSAGES = 500;
    private static final long RETRY_MILLIS = 500;

    /** Gives up a subscription that never began. */
    interface Refusal {
        void refuse(RoomCursor cursor, String why);
    }

    private final Shards shards;
    private final Scripts scripts;
    private final ScheduledExecutorService timer;
    private final Refusal refusal;

    GapRepair(Shards shards, Scripts scripts, ScheduledExecutorService timer, Refusal refusal) {
        this.shards = shards;
        this.scripts = scripts;
        this.timer = timer;
        this.refusal = refusal;
    }

    @Override
    public void read(RoomCursor cursor, int turn) {
        Position known = cursor.known();
        Rawable lineage = shard(cursor).witness().lineage();
        // The last message is read again, to see that it is still the same.
        CommandArguments read = known == null
                ? scripts.readBefore(cursor.keys(), null, lineage, 0, 1, Relay.PAGE_BYTES)
                : scripts.readOn(cursor.keys(), known, lineage, PAGE_MESSAGES, Relay.PAGE_BYTES);
        send(cursor, read)
                .thenAccept(reply -> cursor.answer(turn, Reading.of(reply)))
                .whenComplete((done, failure) -> check(cursor, turn, failure));
    }

    @Override
    public void renumber(RoomCursor cursor, int turn) {
        Rawable lineage = shard(cursor).witness().lineage();
        send(cursor, scripts.renumber(cursor.keys(), cursor.known(), lineage))
                .thenAccept(epoch -> cursor.retry(turn))
                .whenComplete((done, failure) -> check(cursor, turn, failure));
    }

    private CompletionStage<Object> send(RoomCursor cursor, CommandArguments command) {
        return shard(cursor).read(cursor.keys().slot(), command, false);
    }

    private Shard shard(RoomCursor cursor) {
        return shards.of(cursor.keys().slot());
    }

    private void check(RoomCursor cursor, int turn, Throwable failure) {
        if (failure == null) {
            return;
        }
        LOG.log(Level.DEBUG, "could not read the log of " + cursor.room(), failure);
        if (cursor.known() == null) {
            refusal.refuse(cursor, "Redis does not answer");
        } else {
            long pause = RETRY_MILLIS / 2 + ThreadLocalRandom.current().nextLong(RETRY_MILLIS);
            var unused = timer.schedule(() -> cursor.retry(turn), pause, TimeUnit.MILLISECONDS);
        }
    }
}

package io.roomcast.nats;

import io.roomcast.cursor.RoomCursor;
import io.roomcast.cursor.Subscriptions;
import io.roomcast.protocol.Position;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Compares the last records of rooms with what this node has delivered. Inside a cluster of NATS servers, a message may
 * be lost on its way to a subscription, and nobody tells: the servers learn of a new subscription late, or the route
 * between two of them breaks. So each room is looked at soon after it was subscribed, and all of them once a minute; and at
 * once if probes did not come back in time, and do again. Only used by the timer, but for {@link #probed}.
 */
final class TailWatch {
    private static final int ROUND_SECONDS = 60;
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Most rooms that are looked at in one second. */
    private static final int MAX_ROOMS = 500;

    private final Subscriptions subscriptions;
    private final RoomTails tails;
    private final NatsChannels channels;
    private final LongSupplier nanoClock;
    /** A probe that takes longer did not come back in time. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Whether a probe did not come back in time, and none has since. */
    private volatile boolean probesLost;
    /** Whether all rooms are to be looked at now. */
    private volatile boolean allDue;

    private Iterator<RoomCursor> due = Collections.emptyIterator();
    private Iterator<RoomCursor> round = Collections.emptyIterator();
    private long lastLook;

    TailWatch(Subscriptions subscriptions, RoomTails tails, NatsChannels channels, LongSupplier nanoClock) {
        this.subscriptions = subscriptions;
        this.tails = tails;
        this.channels = channels;
        this.nanoClock = nanoClock;
        this.lastLook = nanoClock.getAsLong();
    }

    /** Notes that a probe came back, or failed. Any thread. */
    void probed(boolean cameBack, long tookNanos) {
        if (!cameBack || tookNanos > PROBE_NANOS) {
            probesLost = true;
        } else if (probesLost) {
            probesLost = false;
            allDue = true;
        }
    }

    /** Looks at a share of the rooms, and at the new ones. To be called each second. */
    void look() {
        long now = nanoClock.getAsLong();
        if (allDue) {
            allDue = false;
            due = subscriptions.cursors().iterator();
        }
        for (int i = 0; i < MAX_ROOMS && due.hasNext(); i++) {
            look(due.next());
        }
        int share = Math.min(subscriptions.cursors().size() / ROUND_SECONDS + 1, MAX_ROOMS);
        for (int i = 0; i < share; i++) {
            if (!round.hasNext()) {
                round = subscriptions.cursors().iterator();
            }
            if (round.hasNext()) {
                look(round.next());
            }
        }
        for (RoomCursor cursor : subscriptions.cursors()) {
            long age = now - cursor.createdAtNanos();
            if (age >= SOON_NANOS && age - (now - lastLook) < SOON_NANOS && age < SOON_NANOS + 10 * SECOND_NANOS) {
                look(cursor);
            }
        }
        lastLook = now;
    }

    private void look(RoomCursor cursor) {
        Position before = cursor.position();
        if (before == null) {
            return;
        }
        var unused = tails.read(cursor.room()).thenAccept(tail -> {
            Position delivered = cursor.position();
            boolean isBehind = tail == null
                    || !tail.head().epoch().equals(delivered.epoch())
                    || tail.head().offset() != delivered.offset();
            // Messages may be on their way: only what was there before and does not come is missed.
            if (isBehind && delivered.equals(before)) {
                channels.readAgain(cursor);
            }
        });
    }
}

package io.roomcast.cursor;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.RelayListener;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The rooms that this node listens to, and their cursors.
 *
 * <p><b>Concurrency.</b> Any thread may call. The map {@code cursors} holds the rooms that are to be subscribed. After
 * each change, {@link Channels#update} compares the map with the subscribed channels, and subscribes or unsubscribes.
 * It reads the map when it runs, one update of a room at a time. So calls and reconnects may come in any order, since
 * the last update sees the last state of the map.
 */
public final class Subscriptions implements RoomChannels {
    private static final long SUBSCRIBE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The subscriptions to the channels of rooms, in a broker. Any thread may call. No method blocks. */
    public interface Channels {
        /**
         * Subscribes or unsubscribes the room's channel, as {@link Subscriptions#isWanted} says when this is done. Then
         * calls {@link RoomCursor#channelSubscribed} and {@link PresenceEvents#subscribed}, if the channel is subscribed.
         */
        void update(RoomName room);

        /** Whether the room's channel cannot be subscribed now. */
        boolean isDown(RoomName room);

        /** Takes note of a cursor that has ended. */
        void ended(RoomCursor cursor);
    }

    /** The cursors, by the names of their rooms. */
    private final ConcurrentHashMap<String, RoomCursor> cursors = new ConcurrentHashMap<>();

    private final String broker;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;
    private Channels channels;
    private GapRepair gapRepair;
    private volatile RelayListener listener;
    private volatile PresenceEvents presence = PresenceEvents.NONE;

    /**
     * @param broker name of the broker, for messages to operators
     * @param nanoClock as {@link System#nanoTime}
     */
    public Subscriptions(String broker, NodeMetrics metrics, LongSupplier nanoClock) {
        this.broker = broker;
        this.nanoClock = nanoClock;
        this.metrics = metrics;
    }

    /** Sets the parts that are made after this object. Must be called before any other method. */
    public void start(Channels ofRooms, GapRepair reader, RelayListener receiver) {
        channels = ofRooms;
        gapRepair = reader;
        listener = receiver;
    }

    /** Sets the presence of this node. The channels of the rooms that presence watches are also subscribed. */
    @Override
    public void setPresence(PresenceEvents events) {
        presence = events;
    }

    /** Reports a new connection for commands. Commands of the earlier connection may be carried out late, or never. */
    public void reconnected() {
        presence.reconnected();
    }

    public PresenceEvents presence() {
        return presence;
    }

    /** Subscribes or unsubscribes the room, if presence is the only user of its channel. */
    @Override
    public void watchChanged(RoomName room) {
        channels.update(room);
    }

    /** Whether a member or presence listens to the room, so that its channel is to be subscribed. */
    public boolean isWanted(String room) {
        return cursors.containsKey(room) || presence.isWatched(room);
    }

    /** The cursors of all rooms that are to be subscribed. */
    public Collection<RoomCursor> cursors() {
        return Collections.unmodifiableCollection(cursors.values());
    }

    public CompletionStage<Position> subscribe(RoomName room) {
        RoomCursor cursor = new RoomCursor(room, listener, gapRepair, metrics, nanoClock);
        RoomCursor earlier = cursors.put(room.value(), cursor);
        if (earlier != null) {
            earlier.close("the room was subscribed again");
            channels.ended(earlier);
        }
        channels.update(room);
        if (channels.isDown(room)) {
            fail(cursor, broker + " cannot be reached");
        }
        return cursor.subscribed();
    }

    public void unsubscribe(RoomName room) {
        RoomCursor cursor = cursors.remove(room.value());
        if (cursor != null) {
            endCursor(cursor, "the room was unsubscribed");
        }
    }

    /** Fails the subscription of the cursor. */
    public void fail(RoomCursor cursor, String why) {
        if (cursors.remove(cursor.room().value(), cursor)) {
            endCursor(cursor, why);
        }
    }

    private void endCursor(RoomCursor cursor, String why) {
        cursor.close(why);
        channels.ended(cursor);
        channels.update(cursor.room());
    }

    /** The cursor of a room, or null if the room is not subscribed. */
    public RoomCursor find(String room) {
        return cursors.get(room);
    }

    /** This node's position in a room, or null if this node is not subscribed or has no position yet. */
    public Position position(RoomName room) {
        RoomCursor cursor = cursors.get(room.value());
        return cursor == null ? null : cursor.position();
    }

    /** Fails the subscriptions that wait for a server, which cannot be reached. */
    public void unreachable(Predicate<RoomName> ofServer, String why) {
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.position() == null && ofServer.test(cursor.room())) {
                fail(cursor, why);
            }
        }
    }

    /** Fails subscriptions that take too long, and reads rooms without new messages. To be called regularly. */
    public void checkCursors() {
        long now = nanoClock.getAsLong();
        for (RoomCursor cursor : cursors.values()) {
            if (cursor.position() == null && now - cursor.createdAtNanos() > SUBSCRIBE_TIMEOUT_NANOS) {
                fail(cursor, broker + " takes too long");
            }
            cursor.readIfQuiet(now);
        }
    }

    public void close() {
        cursors.values().forEach(cursor -> cursor.close("the node is stopping"));
        cursors.clear();
    }
}

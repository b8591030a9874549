package io.roomcast.replica;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.RelayListener;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rooms to which this node is subscribed. Any thread may subscribe and unsubscribe. The thread of the log activates a
 * subscription, and delivers to it: if it is still the last one of its room.
 */
final class Subscribed {
    /** A subscription. */
    static final class Subscription {
        final RoomName room;
        /** Whether deliveries were promised. */
        private volatile boolean active;
        /** Whether it was active, and the listener must be told where it goes on. */
        private volatile boolean interrupted;

        Subscription(RoomName room) {
            this.room = room;
        }

        boolean isInterrupted() {
            return interrupted;
        }
    }

    private final ConcurrentHashMap<String, Subscription> rooms = new ConcurrentHashMap<>();
    private final RelayListener listener;

    Subscribed(RelayListener listener) {
        this.listener = listener;
    }

    Subscription add(RoomName room) {
        Subscription next = new Subscription(room);
        rooms.put(room.value(), next);
        return next;
    }

    void remove(RoomName room) {
        rooms.remove(room.value());
    }

    void remove(Subscription failed) {
        rooms.remove(failed.room.value(), failed);
    }

    boolean has(String room) {
        return rooms.containsKey(room);
    }

    Collection<Subscription> all() {
        return rooms.values();
    }

    /** Whether members in the room are to be told of what happens there now. */
    boolean isActive(String room) {
        Subscription found = rooms.get(room);
        return found != null && found.active;
    }

    /** Begins the deliveries. Returns false if the subscription is not the last one of its room. */
    boolean activate(Subscription subscription) {
        if (rooms.get(subscription.room.value()) != subscription) {
            return false;
        }
        subscription.active = true;
        subscription.interrupted = false;
        return true;
    }

    /** Stops all deliveries, until each subscription is activated again. */
    void interrupt() {
        rooms.values().forEach(subscription -> {
            subscription.interrupted |= subscription.active;
            subscription.active = false;
        });
    }

    void deliver(RoomName room, StoredMessage message) {
        if (isActive(room.value())) {
            listener.deliver(room, message);
        }
    }
}

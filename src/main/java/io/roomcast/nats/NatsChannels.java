package io.roomcast.nats;

import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.roomcast.cursor.RoomCursor;
import io.roomcast.cursor.Subscriptions;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.nats.connection.NatsLink;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.nats.presence.ChangeText;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.PresenceChange;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The subscriptions to what nodes hear of rooms: messages and presence changes, which the server publishes again when it
 * has stored them, and signals, which are not stored. Any thread may call. No method blocks.
 *
 * <p><b>Concurrency.</b> The monitor guards {@code subscribed}, and the order of the commands of a room. What arrives is
 * handled on one thread of the connection.
 */
final class NatsChannels implements Subscriptions.Channels {
    private static final Logger LOG = System.getLogger(NatsChannels.class.getName());
    /** There is no other server from which a message could come late. */
    private static final String RUN = "nats";

    private static final byte SIGNAL = 'S';
    private static final byte PRESENCE_SIGNAL = 'P';

    private final Subscriptions subscriptions;
    private final RoomAppenders appenders;
    private final NatsLink link;
    private final Subjects subjects;
    private final NodeMetrics metrics;
    /** The subscribed rooms, by the names of the rooms; the values are the subjects. */
    private final Map<String, String> subscribed = new HashMap<>();
    /** The dispatcher that has subscribed them. A connection that was closed for good takes it along. */
    private Dispatcher subscriber;

    NatsChannels(
            Subscriptions subscriptions,
            RoomAppenders appenders,
            NatsLink link,
            Subjects subjects,
            NodeMetrics metrics) {
        this.subscriptions = subscriptions;
        this.appenders = appenders;
        this.link = link;
        this.subjects = subjects;
        this.metrics = metrics;
    }

    @Override
    public void update(RoomName room) {
        if (align(room.value())) {
            tell(room.value(), false);
        }
    }

    /** Subscribes or unsubscribes the room. Returns whether it is subscribed. */
    private synchronized boolean align(String room) {
        Dispatcher dispatcher = link.dispatcher();
        if (dispatcher == null) {
            return false;
        }
        if (dispatcher != subscriber) {
            subscriber = dispatcher;
            subscribed.clear();
        }
        try {
            if (subscriptions.isWanted(room)) {
                if (!subscribed.containsKey(room)) {
                    String subject = subjects.live(room);
                    dispatcher.subscribe(subject);
                    subscribed.put(room, subject);
                }
                return link.isReady();
            }
            String subject = subscribed.remove(room);
            if (subject != null) {
                dispatcher.unsubscribe(subject);
            }
        } catch (IllegalStateException e) {
            LOG.log(Level.DEBUG, "the connection was closed for good: the next one subscribes", e);
        }
        return false;
    }

    /** @param mayHaveMissed whether messages may have been missed while the room was subscribed */
    private void tell(String room, boolean mayHaveMissed) {
        RoomCursor cursor = subscriptions.find(room);
        if (cursor != null) {
            cursor.channelSubscribed(mayHaveMissed, RUN);
        }
        subscriptions.presence().subscribed(room, mayHaveMissed);
    }

    /** Subscribes what is missing, and lets all rooms be read, since messages may have been missed. */
    void updateAll() {
        for (RoomCursor cursor : subscriptions.cursors()) {
            resume(cursor.room());
        }
        for (RoomName room : subscriptions.presence().watched()) {
            if (subscriptions.find(room.value()) == null) {
                resume(room);
            }
        }
    }

    private void resume(RoomName room) {
        appenders.forget(room);
        if (align(room.value())) {
            tell(room.value(), true);
        }
    }

    /** Lets the cursor read, since its room has more messages than it has delivered. */
    void readAgain(RoomCursor cursor) {
        cursor.channelSubscribed(true, RUN);
    }

    @Override
    public boolean isDown(RoomName room) {
        return !link.isReady();
    }

    @Override
    public void ended(RoomCursor cursor) {
        // Nothing is kept for a room that is not subscribed.
    }

    /** Sends a frame to all nodes. */
    void signal(RoomName room, FrameKind kind, byte[] frame) {
        byte[] body = new byte[frame.length + 1];
        body[0] = kind == FrameKind.PRESENCE ? PRESENCE_SIGNAL : SIGNAL;
        System.arraycopy(frame, 0, body, 1, frame.length);
        link.publish(subjects.live(room.value()), null, body);
    }

    /** Takes what has arrived for a room. Called on the thread of the subscriptions. */
    void received(Message message) {
        String room = Subjects.decodeLast(message.getSubject());
        Headers headers = message.getHeaders();
        MessageHead head = MessageHead.of(headers);
        String sequence = headers == null ? null : headers.getFirst("Nats-Sequence");
        if (head != null && sequence != null) {
            stored(room, head, Long.parseLong(sequence), message.getData());
            return;
        }
        PresenceChange change = headers == null ? null : ChangeText.of(headers);
        if (change != null) {
            subscriptions.presence().received(room, change);
            return;
        }
        if (headers != null && ChangeText.isOmitted(headers)) {
            subscriptions.presence().subscribed(room, true);
            return;
        }
        RoomCursor cursor = subscriptions.find(room);
        byte[] body = message.getData();
        if (headers == null && body.length > 0 && (body[0] == SIGNAL || body[0] == PRESENCE_SIGNAL)) {
            if (cursor != null) {
                cursor.signal(
                        body[0] == SIGNAL ? FrameKind.SIGNAL : FrameKind.PRESENCE,
                        Arrays.copyOfRange(body, 1, body.length));
            }
            return;
        }
        metrics.increment(Counter.UNKNOWN_ENVELOPES);
        subscriptions.presence().subscribed(room, true);
        if (cursor != null) {
            cursor.arriveUnknown();
        }
    }

    private void stored(String room, MessageHead head, long sequence, byte[] body) {
        appenders.observe(room, head, sequence);
        RoomCursor cursor = subscriptions.find(room);
        if (cursor == null) {
            return;
        }
        if (!head.isMark()) {
            cursor.arrive(new RoomCursor.Arrival(head.epoch(), head.offset(), RUN, body));
            return;
        }
        Position position = cursor.position();
        if (position != null && !position.epoch().equals(head.epoch())) {
            cursor.arriveUnknown();
        }
    }
}

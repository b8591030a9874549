package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;

/** The events of a room. Its lane handles them in order. */
sealed interface RoomEvent {

    /** The room is subscribed; deliveries begin after {@code position}. */
    record Subscribed(Position position) implements RoomEvent {}

    /** The subscription failed; no message can be delivered. */
    record SubscribeFailed() implements RoomEvent {}

    /** Delivers the next message. */
    record Deliver(StoredMessage message) implements RoomEvent {}

    /** A signal, or a presence change. {@code revision} is the revision of the presence change, and 0 for a signal. */
    record SendNotice(EncodedFrame frame, long revision) implements RoomEvent {}

    /** Runs an action between the events before and after it. */
    record RunAction(Runnable action) implements RoomEvent {}

    /** Deliveries continue after {@code position}: this node lost the messages in between, or a new epoch began. */
    record Reset(Position position) implements RoomEvent {}

    /** @param since the member's last position, or null */
    record Join(Member member, Position since) implements RoomEvent {}

    /** @param left runs when no further frame of the room is sent to the member */
    record Leave(Member member, Runnable left) implements RoomEvent {}

    /**
     * The member can be sent its next page. {@code shared} was read for another member at the same offset, or is null.
     */
    record CatchUp(Member member, Recovery.Page shared) implements RoomEvent {}

    /** A page that was read for a member that catches up, or null if the read failed. */
    record CatchUpPage(Member member, HistoryPage page) implements RoomEvent {}

    /**
     * The relay's position of the room, for a member that is ahead of this node's deliveries; null if the relay failed.
     *
     * @param at time of the message at the member's offset; 0 if it is not known
     */
    record RelayPosition(Member member, Position position, long at) implements RoomEvent {}

    /** The lane is full, and the messages after this event must be read from the history. See {@link LaneIntake}. */
    record IntakeFull() implements RoomEvent {}

    /**
     * The result of a read of the history by {@link LaneIntake}.
     *
     * @param number the number of the read
     * @param page null if the read failed
     */
    record IntakePage(int number, HistoryPage page) implements RoomEvent {}
}

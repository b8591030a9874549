package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.StoredMessage;

/** What happens to a room, in the order in which its lane takes it. */
sealed interface RoomEvent {

    /** The subscription is live from here on. */
    record Positioned(Position position) implements RoomEvent {}

    /** The subscription failed; nothing can be delivered. */
    record Unreachable() implements RoomEvent {}

    record Deliver(StoredMessage message) implements RoomEvent {}

    /** A signal, or who came and went up to that revision; 0 for a signal. */
    record Announce(EncodedFrame frame, long revision) implements RoomEvent {}

    /** Something that concerns the members belongs between what was before and what comes after. */
    record Then(Runnable action) implements RoomEvent {}

    /** Deliveries go on after {@code position}; what was between is lost to this node, or numbering began anew. */
    record Reset(Position position) implements RoomEvent {}

    /** @param since null for a member that asks for nothing */
    record Join(Member member, Position since) implements RoomEvent {}

    /** @param left runs when nothing of the room is sent to the member any more */
    record Leave(Member member, Runnable left) implements RoomEvent {}

    /** The member's queue has room for the next page, or it is its turn. {@code shared} was read for another that stood where it stands, or is null. */
    record CatchUp(Member member, Recovery.Page shared) implements RoomEvent {}

    /** A page for a member that catches up, or null where it could not be read. */
    record CatchUpPage(Member member, HistoryPage page) implements RoomEvent {}

    /** Where the relay says that the room stands, for a member that is ahead of what was delivered here; null where it could not tell. */
    record Stands(Member member, Position position) implements RoomEvent {}

    /** What comes from here on is left to the history; see {@link LaneIntake}. */
    record Lag() implements RoomEvent {}

    /** A page of what was left to the history, or null where it could not be read. {@code turn} tells which read it answers. */
    record LagPage(int turn, HistoryPage page) implements RoomEvent {}
}

package io.roomcast.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Copies.Head;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A room stays unarchived until the archive has all that this node may have published there. */
class UnarchivedRoomsTest {
    private static final String EPOCH = "a0-x";
    private static final String LATER = "b0-x";
    private static final String EARLIER = "90-x";

    private final RoomName room = new RoomName("lobby");
    private final UnarchivedRooms rooms = new UnarchivedRooms();

    @BeforeEach
    void open() {
        rooms.open();
    }

    private boolean isArchived(String epoch, long offset) {
        rooms.archived(rooms.known(10), Map.of(room, new Head(epoch, offset)), each -> true);
        return rooms.isEmpty();
    }

    private void publish(String epoch, long offset) {
        assertTrue(rooms.sending(room));
        rooms.stored(room, new Position(epoch, offset));
    }

    @Test
    void nothingIsSentWhileItIsClosed() {
        rooms.close();
        assertFalse(rooms.sending(room));
        assertTrue(rooms.isEmpty());
    }

    @Test
    void aRoomStaysUntilTheArchiveHasTheLastMessage() {
        publish(EPOCH, 3);
        publish(EPOCH, 2);
        assertFalse(isArchived(EPOCH, 2));
        assertFalse(isArchived(EARLIER, 9), "the archive has not begun with the epoch");
        assertTrue(isArchived(EPOCH, 3));
    }

    @Test
    void aLaterEpochInTheArchiveEndsTheFormerOne() {
        publish(EPOCH, 3);
        publish(LATER, 1);
        assertFalse(isArchived(EPOCH, 3));
        assertTrue(isArchived(LATER, 1));
        publish(EPOCH, 3);
        assertTrue(isArchived(LATER, 1));
    }

    @Test
    void aRoomStaysWhileAPublishIsOnItsWay() {
        publish(EPOCH, 1);
        assertTrue(rooms.sending(room));
        assertFalse(isArchived(EPOCH, 9));
        rooms.failed(room, true);
        assertTrue(isArchived(EPOCH, 1));
    }

    @Test
    void nothingIsLeftOfWhatWasNotSent() {
        assertTrue(rooms.sending(room));
        rooms.failed(room, true);
        assertTrue(rooms.isEmpty());
    }

    @Test
    void anUnansweredPublishCountsUntilAPositionAfterItIsKnown() {
        assertTrue(rooms.sending(room));
        rooms.failed(room, false);
        assertFalse(isArchived(EPOCH, 9));
        assertEquals(List.of(room), rooms.unknown(10));
        // What was read before the broker refuses what was sent says nothing.
        rooms.found(room, new Position(EPOCH, 4), rooms.number());
        assertFalse(isArchived(EPOCH, 9));
        rooms.found(room, new Position(EPOCH, 5), rooms.nextNumber());
        assertEquals(List.of(), rooms.unknown(10));
        assertFalse(isArchived(EPOCH, 4));
        assertTrue(isArchived(EPOCH, 5));
    }

    @Test
    void aPublishThatFailsWithTheNewNumberWaitsForTheNextOne() {
        assertTrue(rooms.sending(room));
        rooms.failed(room, false);
        long admitted = rooms.nextNumber();
        assertTrue(rooms.sending(room));
        rooms.failed(room, false);
        rooms.found(room, new Position(EPOCH, 5), admitted);
        assertFalse(isArchived(EPOCH, 9));
    }

    @Test
    void whatWasLostIsForgottenWhenItIsStated() {
        RoomName sending = new RoomName("sending");
        publish(EPOCH, 1);
        assertTrue(rooms.sending(sending));
        rooms.close();
        assertEquals(2, rooms.unarchived().rooms().size());
        rooms.stated(true);
        assertEquals(List.of(sending), List.copyOf(rooms.unarchived().rooms()));
    }

    @Test
    void whatIsStatedWithoutALossStaysUntilItIsArchived() {
        publish(EPOCH, 1);
        rooms.stated(false);
        assertFalse(rooms.isEmpty());
        assertEquals(List.of(room), rooms.archived(rooms.known(10), Map.of(room, new Head(EPOCH, 1)), each -> true));
    }

    @Test
    void aRoomThatIsNotArchivedCountsOnlyIfTheArchiveKnowsIt() {
        publish(EPOCH, 1);
        rooms.archived(rooms.known(10), Map.of(), each -> true);
        assertFalse(rooms.isEmpty());
        rooms.archived(rooms.known(10), Map.of(room, new Head(EARLIER, 1)), each -> false);
        assertFalse(rooms.isEmpty());
        rooms.archived(rooms.known(10), Map.of(), each -> false);
        assertTrue(rooms.isEmpty());
    }
}

package io.roomcast.service.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.service.CoreFixture;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RoomPageTest {
    private static final RoomPage EAST = new RoomPage(List.of(new RoomSize("a", 5), new RoomSize("b", 4)), false);
    private static final RoomPage WEST = new RoomPage(List.of(new RoomSize("b", 3), new RoomSize("c", 1)), true);

    @Test
    void aRoomHasTheMembersOfAllNodes() {
        RoomPage all = RoomPage.merged(Stream.of(EAST, WEST));
        assertEquals(List.of(new RoomSize("b", 7), new RoomSize("a", 5), new RoomSize("c", 1)), all.rooms());
    }

    @Test
    void aCutListMakesTheWholeOneCut() {
        assertTrue(RoomPage.merged(Stream.of(EAST, WEST)).cut());
        assertFalse(RoomPage.merged(Stream.of(EAST, EAST)).cut());
    }

    @Test
    void aNodeListsItsRoomsWithMembers() {
        CoreFixture core = new CoreFixture(Map.of());
        CoreFixture.Client ann = core.enter("ann");
        CoreFixture.Client ben = core.enter("ben");
        ann.send("{\"type\":\"join\",\"room\":\"attic\"}");
        ann.news();
        ben.news();
        NodeRooms rooms = core.nodeRooms;
        assertEquals(
                List.of(new RoomSize("lobby", 2), new RoomSize("attic", 1)),
                rooms.list(null, room -> true).rooms());
        assertEquals(
                List.of(new RoomSize("attic", 1)),
                rooms.list("at", room -> true).rooms());
        assertEquals(
                List.of(new RoomSize("attic", 1)),
                rooms.list("", room -> room.value().equals("attic")).rooms());
    }
}

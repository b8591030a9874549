package io.roomcast.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetTest {
    private static final int EACH = 12;

    @ParameterizedTest
    @CsvSource({"1,2", "3,2", "4,2", "2,3", "3,4", "10,4"})
    void membersOfEachRoomAreSpreadOverAllNodes(int rooms, int nodes) {
        for (int room = 0; room < rooms; room++) {
            int[] members = new int[nodes];
            for (int i = 0; i < EACH; i++) {
                members[Fleet.node(room + i * rooms, 0, rooms, nodes)]++;
            }
            int[] even = new int[nodes];
            Arrays.fill(even, EACH / nodes);
            assertEquals(Arrays.toString(even), Arrays.toString(members), "room " + room);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,2", "3,4"})
    void whoComesAgainTriesTheNextNode(int rooms, int nodes) {
        int first = Fleet.node(7, 0, rooms, nodes);
        assertEquals((first + 1) % nodes, Fleet.node(7, 1, rooms, nodes));
    }
}

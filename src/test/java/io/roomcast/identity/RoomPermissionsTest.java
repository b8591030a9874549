package io.roomcast.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.RoomName;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomPermissionsTest {
    private final RoomPermissions permissions = new RoomPermissions(Map.of(
            "ops-*", List.of("read"),
            "ops-alarm-*", List.of("read", "publish"),
            "ops-alarm-secret", List.of(),
            "lobby", List.of("read", "publish", "dance")));

    @ParameterizedTest
    @CsvSource({
        "lobby, true, true",
        "lobby2, false, false",
        "ops-, true, false",
        "ops-db, true, false",
        "ops-alarm-db, true, true",
        "ops-alarm-secret, false, false",
        "ops, false, false",
        "Lobby, false, false",
    })
    void theClosestRuleCounts(String room, boolean read, boolean publish) {
        assertEquals(read, permissions.mayRead(new RoomName(room)));
        assertEquals(publish, permissions.mayPublish(new RoomName(room)));
    }
}

package io.roomcast.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeUsersTest {
    /** A repair has both lists for as long as its command waits: one of another time would let in who was refused. */
    @Test
    void whoIsInAndWhoIsAskingAreOfOneMoment() {
        User ann = User.of(new UserId("ann"));
        NodeUsers own = new NodeUsers(new RoomName("lobby"), new UserChecksums());
        own.add(ann, "session", true);
        List<User> users = own.users();
        Set<UserId> asking = own.asking();
        own.answered(ann.id(), "session", false);
        assertEquals(List.of(ann), users);
        assertEquals(Set.of(ann.id()), asking);
        assertEquals(Set.of(), own.asking());
    }
}

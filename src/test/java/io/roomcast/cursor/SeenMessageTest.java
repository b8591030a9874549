package io.roomcast.cursor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import org.junit.jupiter.api.Test;

class SeenMessageTest {
    private static final Position PLACE = new Position("e", 5);

    private final byte[] one = "{\"at\":7,\"content\":\"one\"}".getBytes(UTF_8);
    private final byte[] other = "{\"at\":7,\"content\":\"other\"}".getBytes(UTF_8);
    private final byte[] erased = MessageFrames.erased(new RoomName("lobby"), one);

    @Test
    void aMessageThatWasErasedSinceIsNoOther() {
        SeenMessage seen = SeenMessage.of(PLACE, one);
        assertTrue(seen.differsFrom(other));
        assertFalse(seen.differsFrom(erased));
    }

    @Test
    void whoHasSeenItErasedTakesItAsItWas() {
        SeenMessage seen = SeenMessage.later(SeenMessage.of(PLACE, one), SeenMessage.of(PLACE, erased));
        assertFalse(seen.differsFrom(one));
        assertTrue(seen.differsFrom(other), "what was seen first is remembered");
        assertFalse(SeenMessage.of(PLACE, erased).differsFrom(one));
    }

    @Test
    void noMessageEqualsTwo() {
        SeenMessage seen = SeenMessage.later(SeenMessage.of(PLACE, one), SeenMessage.of(PLACE, other));
        assertTrue(seen.differsFrom(erased));
    }
}

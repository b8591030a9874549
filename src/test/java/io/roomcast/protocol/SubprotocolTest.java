package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SubprotocolTest {
    @Test
    void oneThatIsKnownIsEnough() {
        assertTrue(Subprotocol.isServed(List.of("roomcast.v1")));
        assertTrue(Subprotocol.isServed(List.of("chat ,\troomcast.v1.deflate")));
        assertTrue(Subprotocol.isServed(List.of("chat", "stomp,roomcast.v1")));
    }

    @Test
    void whoeverAsksForNoneIsServed() {
        assertTrue(Subprotocol.isServed(List.of()));
        assertTrue(Subprotocol.isServed(List.of("", " , ")));
    }

    @Test
    void othersAreNotServed() {
        assertFalse(Subprotocol.isServed(List.of("roomcast.v2")));
        assertFalse(Subprotocol.isServed(List.of("Roomcast.V1", "chat, stomp")));
        assertFalse(Subprotocol.isServed(List.of("roomcast.v1 roomcast.v1.deflate")));
    }

    @Test
    void aConnectionHasOneOfThisServerOrNone() {
        assertEquals("roomcast.v1.deflate", Subprotocol.known("roomcast.v1.deflate"));
        assertNull(Subprotocol.known(""));
        assertNull(Subprotocol.known(null));
    }
}

package io.roomcast.websocket.undertow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.websocket.transport.ReflectiveLookup;
import org.junit.jupiter.api.Test;

class UndertowInternalsTest {

    /** What a session and its channel are to {@link UndertowInternals}. */
    public static final class Stranger {
        /** Of the container. */
        boolean dispatch = true;

        private int asked;
        private boolean broken;

        /** Of the session. */
        public Stranger channel() {
            if (broken) {
                throw new IllegalStateException("the connection is gone");
            }
            return this;
        }

        /** Of the channel. */
        public Object connection() {
            return this;
        }

        /** Of the channel. */
        public boolean extended() {
            asked++;
            return true;
        }
    }

    @Test
    void aConnectionThatBreaksAsItOpensChangesNothingForTheNext() throws Exception {
        UndertowInternals access = new UndertowInternals(
                Stranger.class,
                Stranger.class.getMethod("channel"),
                Stranger.class.getMethod("extended"),
                Stranger.class.getMethod("connection"),
                Stranger.class.getDeclaredField("dispatch"),
                Stranger.class.getDeclaredField("dispatch"),
                Stranger.class.getMethod("channel"));
        Stranger unlucky = new Stranger();
        unlucky.broken = true;
        assertNull(access.transport(unlucky, null));
        Stranger next = new Stranger();
        assertNull(access.transport(next, null), "extensions have to see each message");
        assertEquals(1, next.asked);
    }

    @Test
    void anotherServerIsToldWhatItDoesNotHave() {
        ReflectiveLookup.Result<UndertowInternals> result =
                ReflectiveLookup.find(() -> UndertowInternals.of(new Stranger()));
        assertNull(result.found());
        assertTrue(result.missing().contains("UndertowSession"), result.missing());
    }
}

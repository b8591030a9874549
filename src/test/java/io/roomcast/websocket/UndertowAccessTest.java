package io.roomcast.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class UndertowAccessTest {

    /** What a session and its channel are to {@link UndertowAccess}. */
    public static final class Stranger {
        /** Of the channel. */
        Object connection;

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
        public boolean extended() {
            asked++;
            return true;
        }
    }

    @Test
    void aConnectionThatBreaksAsItOpensChangesNothingForTheNext() throws Exception {
        UndertowAccess access = new UndertowAccess(
                Stranger.class,
                Stranger.class.getMethod("channel"),
                Stranger.class.getMethod("extended"),
                Stranger.class.getDeclaredField("connection"));
        Stranger unlucky = new Stranger();
        unlucky.broken = true;
        assertNull(access.transport(unlucky, null));
        Stranger next = new Stranger();
        assertNull(access.transport(next, null), "extensions have to see each message");
        assertEquals(1, next.asked);
    }

    @Test
    void otherContainersHaveNone() {
        assertNull(UndertowAccess.of(null));
        assertNull(UndertowAccess.of(new Object()));
    }
}

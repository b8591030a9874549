package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.Position;
import io.roomcast.support.ManualTransport;

/**
 * A client that joins, leaves and returns with the last position it knows, and checks each thing that it is told:
 *
 * <ul>
 *   <li>messages have consecutive offsets of one epoch, from where {@code joined} or {@code behind} put it;
 *   <li>{@code recovered:true} continues exactly where it stood, and is told only in the same epoch;
 *   <li>{@code recovered:false} is told only where something is really lost, or where nothing was asked for;
 *   <li>{@code behind} begins with the first message that it does not have.
 * </ul>
 */
final class ModelClient {
    private final RoomFixture fixture;
    private final boolean quick;
    private final boolean elsewhere;
    private final long bytes;
    private Connection connection;
    private Position known;
    private boolean proves;

    /**
     * @param quick whether it reads at once
     * @param elsewhere whether its connection is written to as a task of its own
     * @param bytes that may wait for it before messages are forgotten; 0 for no limit
     */
    ModelClient(RoomFixture fixture, boolean quick, boolean elsewhere, long bytes) {
        this.fixture = fixture;
        this.quick = quick;
        this.elsewhere = elsewhere;
        this.bytes = bytes;
    }

    boolean isIn() {
        return connection != null;
    }

    /** How far it has come; null while it is joining. */
    Position position() {
        connection.check();
        return connection.position;
    }

    /** Every other time with the time of the message there: so a position with a proof is as good as one without. */
    void join() {
        leave();
        proves = !proves;
        Position since = known == null || !proves
                ? known
                : new Position(known.epoch(), known.offset(), FakeSource.timeOf(known.offset()));
        connection = new Connection(since);
        connection.room = fixture.join(connection, since);
    }

    void leave() {
        if (connection != null) {
            Connection left = connection;
            connection = null;
            left.check();
            known = left.position == null ? known : left.position;
            left.queue.markClosed();
            fixture.registry.leave(left.room, left.member);
        }
    }

    /** @return false when there was nothing to read */
    boolean readOne() {
        if (connection == null || !connection.transport.isInFlight()) {
            return false;
        }
        connection.transport.complete();
        connection.check();
        return true;
    }

    @Override
    public String toString() {
        return connection == null ? "away, knows " + known : "since " + connection.since + ": " + connection.log();
    }

    /** Tasks of its own run in any order with those of the lane. */
    private ManualTransport transport() {
        ManualTransport transport = quick ? ManualTransport.immediate() : new ManualTransport();
        return elsewhere ? transport.on(fixture.executor) : transport;
    }

    private final class Connection extends FakeMember {
        private final Position since;
        private int checked;
        private Room room;
        /** Null until joined. */
        private Position position;

        Connection(Position since) {
            super(transport(), true, bytes);
            this.since = since;
        }

        /** Takes what has come since the last time. */
        void check() {
            for (; checked < transport.frames().size(); checked++) {
                String frame = transport.frames().get(checked);
                String[] words = frame.split(" ", -1);
                switch (words[0]) {
                    case "joined" -> checkJoined(words[1], words[2]);
                    case "behind" -> checkBehind(Long.parseLong(words[1]), position(words[2]));
                    case "signal" -> assertNotNull(position, "a signal before joined");
                    case "unavailable" -> assertEquals(0, checked, "unavailable is all that is said");
                    default -> checkMessage(FakeMember.messagePosition(frame));
                }
            }
        }

        private void checkJoined(String at, String recovered) {
            assertEquals(0, checked, "joined comes first");
            position = position(at);
            if (recovered.equals("true")) {
                assertEquals(since.epoch(), position.epoch());
                assertTrue(since.offset() <= position.offset());
                position = new Position(since.epoch(), since.offset());
            }
        }

        private void checkMessage(Position message) {
            assertNotNull(position, "a message before joined");
            assertEquals(new Position(position.epoch(), position.offset() + 1), message);
            position = message;
        }

        private void checkBehind(long from, Position next) {
            assertNotNull(position, "behind before joined");
            boolean sameEpoch = next.epoch().equals(position.epoch());
            assertEquals(sameEpoch ? position.offset() + 1 : 1, from);
            assertTrue(!sameEpoch || next.offset() > position.offset());
            position = next;
        }

        @Override
        public void joined(Position at, boolean recovered) {
            assertFalse(!recovered && since != null && fixture.source.has(since), "a gap that is none");
            super.joined(at, recovered);
        }

        @Override
        public void unavailable() {
            super.unavailable();
            if (connection == this) {
                leave();
            } else {
                // It is joining anew already; the old place is given back all the same.
                assertNotNull(room);
            }
        }

        private Position position(String text) {
            return Position.parse(text);
        }
    }
}

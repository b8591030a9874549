package io.roomcast.websocket.tyrus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.WritableMessage;
import org.junit.jupiter.api.Test;

/** Frames in hexadecimal: a pong begins with 8a, a ping with 89, a Close with 88. */
class FrameWriterTest {
    private static final byte[] CLOSE = {(byte) 0x88, 2, 3, (byte) 0xe8};

    private final FakeTcp tcp = new FakeTcp();
    private int held;
    private final List<String> told = new ArrayList<>();
    private final FrameWriter writer = new FrameWriter(
            tcp.connection(), bytes -> held += bytes, () -> told.add("control sent"), () -> told.add("closed"));

    @Test
    void onePongIsInFlightAndTheLastOfTheOthersWaits() {
        for (int i = 1; i <= 100; i++) {
            writer.pong(new byte[] {(byte) i});
        }
        assertEquals(List.of("8a0101"), tcp.frames());
        assertTrue(writer.isPongPending());
        assertEquals(6, held);
        tcp.take();
        assertEquals(List.of("8a0101", "8a0164"), tcp.frames());
        assertFalse(writer.isPongPending());
        assertEquals(3, held);
        tcp.take();
        assertEquals(0, held);
        assertEquals(2, tcp.frames().size());
        assertEquals(0, tcp.inFlight());
        assertEquals(List.of("control sent", "control sent"), told);
    }

    @Test
    void whenTheNetworkHasTakenAllTheNextPongIsSentAtOnce() {
        writer.pong(new byte[] {1});
        tcp.take();
        writer.pong(new byte[] {2});
        assertEquals(List.of("8a0101", "8a0102"), tcp.frames());
        assertFalse(writer.isPongPending());
    }

    @Test
    void ofPingsThatTheNetworkDoesNotTakeOneWaitsBehindThePong() {
        writer.ping();
        writer.ping();
        writer.pong(new byte[] {1});
        writer.ping();
        assertEquals(List.of("8900"), tcp.frames());
        tcp.take();
        tcp.take();
        tcp.take();
        assertEquals(List.of("8900", "8a0101", "8900"), tcp.frames());
        assertEquals(0, tcp.inFlight());
    }

    @Test
    void nothingFollowsTheFirstClose() {
        writer.pong(new byte[] {1});
        writer.pong(new byte[] {2});
        assertTrue(writer.close(CLOSE));
        assertFalse(writer.close(new byte[] {(byte) 0x88, 2, 3, (byte) 0xf3}));
        List<Throwable> refused = new ArrayList<>();
        writer.send(new byte[] {(byte) 0x81, 0}, new EmptyCompletionHandler<>() {
            @Override
            public void completed(WriteResult<WritableMessage, SocketAddress> written) {
                throw new AssertionError("sent");
            }

            @Override
            public void failed(Throwable cause) {
                refused.add(cause);
            }
        });
        assertInstanceOf(ClosedChannelException.class, refused.get(0));
        writer.ping();
        tcp.take();
        assertEquals(List.of("control sent"), told);
        tcp.take();
        assertEquals(List.of("8a0101", "880203e8"), tcp.frames());
        assertEquals(List.of("control sent", "closed"), told);
        assertTrue(writer.isClosing());
    }
}

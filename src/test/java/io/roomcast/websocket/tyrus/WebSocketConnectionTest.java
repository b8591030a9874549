package io.roomcast.websocket.tyrus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.CloseCode;
import io.roomcast.support.ManualTimer;
import io.roomcast.support.RawWebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.junit.jupiter.api.Test;

class WebSocketConnectionTest {
    private static final int LIMIT = 1_000;
    private static final String KICKED = "88021194";

    private final FakeTcp tcp = new FakeTcp();
    private final ManualTimer timer = new ManualTimer();
    private final WebSocketConnection connection = new WebSocketConnection(tcp.connection(), () -> LIMIT, timer);

    /** A read of Grizzly, which reads no more from a connection while one is suspended. */
    private static final class Read extends FilterChainContext {
        private final List<NextAction> resumed = new ArrayList<>();
        private boolean suspended;

        @Override
        public Runnable suspend() {
            suspended = true;
            return null;
        }

        @Override
        public void resume(NextAction next) {
            resumed.add(next);
        }
    }

    @Test
    void oneThatSendsOnForEverIsCutASecondAfterTheClose() {
        connection.close(CloseCode.KICKED, "");
        tcp.take();
        timer.advance(1_000);
        sendsOnFor(999);
        assertFalse(tcp.isCut());
        sendsOnFor(1);
        assertTrue(tcp.isCut());
        assertEquals(List.of(KICKED), tcp.frames());
        assertEquals(0, timer.pending());
    }

    @Test
    void oneThatReadsNothingEitherIsCutAfterFiveSeconds() {
        connection.close(CloseCode.KICKED, "");
        sendsOnFor(4_999);
        assertFalse(tcp.isCut());
        sendsOnFor(1);
        assertTrue(tcp.isCut());
        assertEquals(0, timer.pending());
    }

    @Test
    void oneThatAnswersTheCloseIsNotCut() {
        connection.close(CloseCode.KICKED, "");
        tcp.take();
        read(RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe8});
        assertTrue(tcp.isClosed());
        assertEquals(List.of(KICKED), tcp.frames());
    }

    @Test
    void nothingMoreIsReadFromOneThatDoesNotTakeItsPongs() {
        assertFalse(read(1).suspended, "one pong may be in flight");
        Read second = read(2);
        assertTrue(second.suspended);
        assertEquals(List.of("8a0101"), tcp.frames());
        assertEquals(List.of(), second.resumed);
        tcp.take();
        assertEquals(List.of(second.getStopAction()), second.resumed);
        assertEquals(List.of("8a0101", "8a0102"), tcp.frames());
        tcp.take();
        assertFalse(read(3).suspended);
    }

    @Test
    void oneThatIsClosedIsReadAgainUpToItsClose() {
        read(1);
        Read second = read(2);
        connection.close(CloseCode.KICKED, "");
        assertEquals(List.of(second.getStopAction()), second.resumed);
        assertFalse(read(3).suspended);
    }

    /** Everything that it sends is read and discarded. */
    private void sendsOnFor(int millis) {
        for (int i = 0; i < millis; i++) {
            assertFalse(read(i).suspended);
            read(RawWebSocket.TEXT, new byte[2 * LIMIT]);
            timer.advance(1);
        }
    }

    private Read read(int ping) {
        return read(RawWebSocket.PING, new byte[] {(byte) ping});
    }

    private Read read(int opcode, byte[] payload) {
        Read read = new Read();
        NextAction next = connection.read(read, ByteBuffer.wrap(RawWebSocket.frame(opcode, true, payload)));
        assertSame(read.suspended ? read.getSuspendAction() : read.getStopAction(), next);
        return read;
    }
}

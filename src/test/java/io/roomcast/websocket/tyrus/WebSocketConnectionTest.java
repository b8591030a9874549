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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Tyrus refuses these codes, although IANA has registered them. */
    @ParameterizedTest
    @ValueSource(ints = {1012, 1013, 1014})
    void theClientsCodeIsAnswered(int code) {
        read(RawWebSocket.CLOSE, new byte[] {(byte) (code >> 8), (byte) code, 'b', 'y', 'e'});
        assertEquals(List.of(String.format("8805%04x627965", code)), tcp.frames());
        assertFalse(tcp.isClosed());
        tcp.take();
        assertTrue(tcp.isClosed());
    }

    @Test
    void aReasonThatIsNoTextIsNotAnswered() {
        read(RawWebSocket.CLOSE, new byte[] {3, (byte) 0xf4, (byte) 0xff});
        assertEquals(1, tcp.frames().size());
        assertEquals("03ef", tcp.frames().get(0).substring(4, 8));
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

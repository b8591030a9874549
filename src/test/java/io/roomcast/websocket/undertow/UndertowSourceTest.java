package io.roomcast.websocket.undertow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.RawWebSocket;
import io.roomcast.websocket.transport.ObservableTransport;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Undertow gets what a client sends up to its Close or its first bad frame, however that was cut on its way. */
class UndertowSourceTest {
    private static final int LIMIT = 100_000;
    private static final byte[] BYE = {3, (byte) 0xf4, 'b', 'y', 'e'};

    private final List<String> events = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final FakeInput network = new FakeInput();
    private final ByteBuffer buffer = ByteBuffer.allocate(200_000);
    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
    private final List<Integer> pongs = new ArrayList<>();
    private final Queue<Runnable> unsentPongs = new ArrayDeque<>();
    private boolean networkTakesPongs = true;
    private int held;
    private final UndertowSource source = source(false);

    private UndertowSource source(boolean compression) {
        return new UndertowSource(
                network, tasks::add, session(), listener(), () -> LIMIT, compression, (payload, sent) -> {
                    byte[] copy = new byte[payload.remaining()];
                    payload.get(copy);
                    pongs.add(copy.length == 0 ? 0 : (int) copy[0]);
                    if (networkTakesPongs) {
                        sent.run();
                    } else {
                        unsentPongs.add(sent);
                    }
                });
    }

    private Session session() {
        return (Session) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Session.class}, (self, method, arguments) -> {
                    CloseReason reason = (CloseReason) arguments[0];
                    events.add("close " + reason.getCloseCode().getCode() + " " + reason.getReasonPhrase());
                    return null;
                });
    }

    private ObservableTransport.Listener listener() {
        return (ObservableTransport.Listener) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ObservableTransport.Listener.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("onControlHeld")) {
                        held += (int) arguments[0];
                    } else {
                        events.add(method.getName());
                    }
                    return null;
                });
    }

    /** Reads as Undertow does: once when something has arrived, and again whenever it is network.woken. */
    private void arrive(byte[] bytes) {
        network.arriving.add(bytes);
        do {
            network.woken = false;
            read(0);
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        } while (network.woken && !network.ended);
    }

    /** @param held bytes that Undertow has read before and has not taken */
    private int read(int held) {
        buffer.clear().position(held);
        try {
            int count = source.read(buffer);
            assertEquals(held + Math.max(count, 0), buffer.position());
            passed.write(buffer.array(), held, Math.max(count, 0));
            return count;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void arriveInPieces(byte[] bytes, int piece) {
        for (int from = 0; from < bytes.length; from += piece) {
            arrive(Arrays.copyOfRange(bytes, from, Math.min(from + piece, bytes.length)));
        }
    }

    private static byte[] joined(byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        return all.toByteArray();
    }

    private static byte[] talk() {
        return talkAround(RawWebSocket.frame(RawWebSocket.PING, true, new byte[] {1}));
    }

    /** The same without the ping, which Undertow does not get. */
    private static byte[] passedTalk() {
        return talkAround();
    }

    private static byte[] talkAround(byte[]... pings) {
        return joined(
                RawWebSocket.frame(RawWebSocket.TEXT, true, "hello".getBytes(StandardCharsets.UTF_8)),
                RawWebSocket.frame(RawWebSocket.TEXT, false, new byte[130]),
                joined(pings),
                RawWebSocket.frame(RawWebSocket.CONTINUATION, false, new byte[0]),
                RawWebSocket.frame(RawWebSocket.CONTINUATION, true, new byte[70_000]),
                RawWebSocket.frame(RawWebSocket.BINARY, true, new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 100, 1_000_000})
    void passesAllUpToTheCloseHoweverItIsCut(int piece) {
        byte[] talk = talk();
        byte[] close = RawWebSocket.frame(RawWebSocket.CLOSE, true, BYE);
        arriveInPieces(joined(talk, close, talk), piece);
        assertArrayEquals(passedTalk(), passed.toByteArray());
        assertEquals(List.of(1), pongs);
        assertEquals(List.of("close 1012 bye"), closes());
        assertTrue(network.ended);
    }

    @Test
    void passesAllUpToTheCloseWhereverItIsCutOnce() {
        byte[] close = RawWebSocket.frame(RawWebSocket.CLOSE, true, BYE);
        byte[] ping = RawWebSocket.frame(RawWebSocket.PING, true, new byte[] {1});
        byte[] all = joined(ping, close, ping);
        for (int cut = 1; cut < all.length; cut++) {
            UndertowSourceTest once = new UndertowSourceTest();
            once.arrive(Arrays.copyOf(all, cut));
            once.arrive(Arrays.copyOfRange(all, cut, all.length));
            assertEquals(0, once.passed.size(), "cut at " + cut);
            assertEquals(List.of(1), once.pongs, "cut at " + cut);
            assertEquals(List.of("close 1012 bye"), once.closes(), "cut at " + cut);
        }
    }

    @Test
    void readsNothingWhileAPongWaitsAndTellsWhatIsHeld() {
        networkTakesPongs = false;
        byte[] text = RawWebSocket.frame(RawWebSocket.TEXT, true, BYE);
        arrive(joined(ping(1), ping(2)));
        arrive(joined(ping(3), text, ping(4)));
        assertEquals(List.of(2), pongs, "one in flight");
        assertArrayEquals(text, passed.toByteArray());
        assertEquals(6, held);
        arrive(ping(5));
        assertEquals(1, network.arriving.size(), "not read");
        assertTrue(network.suspended);

        unsentPongs.remove().run();
        assertEquals(3, held);
        arrive(text);
        assertEquals(List.of(2, 4), pongs, "the latest of those that waited");
        assertEquals(6, held, "and the one that was not read then");
        assertEquals(1, network.arriving.size());
        networkTakesPongs = true;
        unsentPongs.remove().run();
        arrive(new byte[0]);
        assertEquals(List.of(2, 4, 5), pongs);
        assertEquals(0, held);
        assertArrayEquals(joined(text, text), passed.toByteArray());
    }

    private static byte[] ping(int payload) {
        return RawWebSocket.frame(RawWebSocket.PING, true, new byte[] {(byte) payload});
    }

    private List<String> closes() {
        return events.stream().filter(event -> event.startsWith("close")).toList();
    }

    @Test
    void closesWhenUndertowHasTakenWhatCameBefore() {
        network.arriving.add(joined(passedTalk(), RawWebSocket.frame(RawWebSocket.CLOSE, true, BYE)));
        read(0);
        assertEquals(0, read(10));
        assertTrue(tasks.isEmpty());
        assertEquals(0, read(0));
        assertEquals(0, read(0));
        assertEquals(1, tasks.size());
        assertTrue(!network.ended, "the session must be closed first");
        tasks.remove().run();
        assertEquals(-1, read(0));
        assertTrue(network.ended);
    }

    @Test
    void refusesALargeMessageByItsHeaderAndReadsOnToTheClose() {
        byte[] header = Arrays.copyOf(RawWebSocket.frame(RawWebSocket.TEXT, true, new byte[LIMIT + 1]), 14);
        arrive(header);
        assertEquals(List.of("onMessageTooLarge"), events);
        arrive(new byte[LIMIT]);
        arrive(new byte[1]);
        arrive(header);
        assertTrue(passed.size() < 10, "no header is whole: " + passed.size());
        arrive(new byte[LIMIT]);
        arrive(new byte[1]);
        assertTrue(!network.ended);
        arrive(RawWebSocket.frame(RawWebSocket.CLOSE, true, BYE));
        assertEquals(List.of("onMessageTooLarge"), events);
        assertTrue(network.ended);
    }

    @Test
    void readsOnAndPassesNothingAfterAViolation() {
        arrive(joined(RawWebSocket.frame(RawWebSocket.PING, true, BYE), new byte[] {(byte) 0xc1, 0}));
        passed.reset();
        arrive(talk());
        arrive(RawWebSocket.frame(RawWebSocket.CLOSE, true, BYE));
        assertEquals(0, passed.size());
        assertEquals(List.of("close 1002 a reserved bit is set"), events);
        assertTrue(network.arriving.isEmpty());
    }

    @Test
    void acceptsACompressedMessageWhereCompressionWasAgreed() {
        byte[] frame = RawWebSocket.frame(0x40 | RawWebSocket.TEXT, true, BYE);
        network.arriving.add(frame);
        try {
            assertEquals(frame.length, source(true).read(buffer));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        arrive(frame);
        assertEquals(List.of("close 1002 a reserved bit is set"), events);
    }

    @Test
    void reportsAMessageThatHasBegunFromItsFirstByteToItsLast() {
        byte[] frame = RawWebSocket.frame(RawWebSocket.TEXT, true, BYE);
        arrive(frame);
        assertEquals(List.of(), events);
        arrive(Arrays.copyOf(frame, 1));
        assertEquals(List.of("onMessageBegun"), events);
        arrive(Arrays.copyOfRange(frame, 1, 7));
        assertEquals(List.of("onMessageBegun"), events);
        // The next one begins in the same packet.
        arrive(joined(Arrays.copyOfRange(frame, 7, frame.length), Arrays.copyOf(frame, 3)));
        assertEquals(List.of("onMessageBegun", "onMessageBegun"), events);
        arrive(Arrays.copyOfRange(frame, 3, frame.length));
        assertEquals(List.of("onMessageBegun", "onMessageBegun", "onMessageEnd"), events);
        arrive(RawWebSocket.frame(RawWebSocket.TEXT, false, BYE));
        arrive(RawWebSocket.frame(RawWebSocket.CONTINUATION, true, BYE));
        assertEquals(List.of("onMessageBegun", "onMessageEnd"), events.subList(3, 5));
    }
}

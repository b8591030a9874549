package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.support.ManualTimer;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What members that come back have missed is read, also if the broker is away for a moment. */
class OpenRoomsTest {
    private static final RoomName ROOM = new RoomName("lobby");
    private static final HistoryPage PAGE = new HistoryPage("epoch", List.of(), false);

    @AutoClose("shutdownNow")
    private final ManualTimer timer = new ManualTimer();

    /** The answers of the relay, one for each read; the last one stays. */
    private final Queue<CompletionStage<?>> answers = new ArrayDeque<>();

    private int reads;

    private final OpenRooms rooms = new OpenRooms(
            (Relay) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Relay.class}, (proxy, method, args) -> {
                        reads++;
                        return answers.size() > 1 ? answers.remove() : answers.element();
                    }),
            null,
            timer,
            timer::nanos);

    private static CompletionStage<?> unavailable() {
        return CompletableFuture.failedFuture(new RelayUnavailableException("gone"));
    }

    @Test
    void aReadThatFailedIsRepeated() {
        answers.addAll(List.of(unavailable(), unavailable(), CompletableFuture.completedFuture(PAGE)));
        CompletableFuture<HistoryPage> page =
                rooms.promisedHistoryAfter(ROOM, 0, 10).toCompletableFuture();
        assertFalse(page.isDone());
        timer.advance(2_000);
        assertEquals(PAGE, page.join());
        assertEquals(3, reads);
    }

    @Test
    void notForEver() {
        answers.add(unavailable());
        CompletableFuture<?> page = rooms.promisedHistoryAfter(ROOM, 0, 10).toCompletableFuture();
        timer.advance(4_000);
        assertFalse(page.isDone());
        timer.advance(4_000);
        assertTrue(page.isCompletedExceptionally());
        assertEquals(0, timer.pending());
    }

    @Test
    void whatCannotPassIsToldAtOnce() {
        answers.add(CompletableFuture.failedFuture(new ProtocolException(ErrorCode.BUSY, "too much")));
        CompletableFuture<?> page = rooms.promisedHistoryAfter(ROOM, 0, 10).toCompletableFuture();
        assertThrows(CompletionException.class, page::join);
        assertEquals(1, reads);
    }

    /** Whoever was promised nothing asks again. */
    @Test
    void aJoinDoesNotWait() {
        answers.add(unavailable());
        CompletableFuture<?> page = rooms.historyAfter(ROOM, 0, 10).toCompletableFuture();
        assertThrows(CompletionException.class, page::join);
        assertEquals(0, timer.pending());
    }
}

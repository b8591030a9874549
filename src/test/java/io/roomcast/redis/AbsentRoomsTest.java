package io.roomcast.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.archiver.Admission;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay.Prefix;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishes keep their order where Redis has nothing of the room, whenever the answers come. */
class AbsentRoomsTest {
    private static final RoomName ROOM = new RoomName("lobby");
    private final AbsentRooms rooms = new AbsentRooms();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final List<String> sent = new ArrayList<>();
    /** What Redis is to answer, the last call of each publish. */
    private final Map<String, CompletableFuture<Prefix>> answers = new LinkedHashMap<>();

    private final Map<String, CompletableFuture<Prefix>> results = new HashMap<>();
    private int asked;

    @BeforeEach
    void start() {
        rooms.start(new Admission() {
            @Override
            public Pass pass() {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean sending(RoomName room) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void stored(RoomName room, Position last) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void failed(RoomName room, boolean isNothingDone) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void fenced() {
                throw new UnsupportedOperationException();
            }

            @Override
            public CompletionStage<Void> absent(RoomName room) {
                asked++;
                return begun;
            }
        });
    }

    private void publish(String name) {
        CompletionStage<Prefix> result = rooms.publish(ROOM, () -> {
            sent.add(name);
            answers.put(name, new CompletableFuture<>());
            return answers.get(name);
        });
        results.put(name, result.toCompletableFuture());
    }

    private void absent(String name) {
        answers.get(name)
                .completeExceptionally(
                        RelayUnavailableException.nothingDone("Redis: ABSENT the room has no numbering"));
    }

    private Prefix store(String name) {
        Prefix prefix = new Prefix(List.of(new Position("e", sent.size())), null);
        answers.get(name).complete(prefix);
        return prefix;
    }

    @Test
    void thoseThatWereRefusedGoBeforeThoseThatCameLater() {
        publish("first");
        publish("second");
        absent("first");
        publish("third");
        absent("second");
        assertEquals(List.of("first", "second"), sent);
        begun.complete(null);
        assertEquals(List.of("first", "second", "first", "second", "third"), sent);
        assertEquals(1, asked);
        assertEquals(store("first"), results.get("first").join());
        publish("fourth");
        assertEquals("fourth", sent.get(5));
    }

    @Test
    void whatIsOnItsWayIsWaitedFor() {
        publish("first");
        publish("second");
        absent("first");
        begun.complete(null);
        assertEquals(List.of("first", "second"), sent);
        absent("second");
        assertEquals(List.of("first", "second", "first", "second"), sent);
    }

    @Test
    void oneThatWasOvertakenIsNotSentAgain() {
        publish("first");
        publish("second");
        absent("first");
        publish("third");
        begun.complete(null);
        assertFalse(results.get("third").isDone());
        assertEquals(store("second"), results.get("second").join());
        assertEquals(List.of("first", "second", "third"), sent);
        CompletionException failure = assertThrows(CompletionException.class, results.get("first")::join);
        assertTrue(failure.getCause() instanceof RelayUnavailableException told && told.isNothingDone());
        assertEquals(store("third"), results.get("third").join());
    }

    @Test
    void aRoomThatIsLostAgainIsTold() {
        publish("first");
        absent("first");
        begun.complete(null);
        absent("first");
        assertThrows(CompletionException.class, results.get("first")::join);
        publish("second");
        assertEquals(List.of("first", "first", "second"), sent);
    }
}

package io.roomcast.local;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.RelayContractTest;
import io.roomcast.relay.Restoring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a relay with an archive of its own promises to operators, who bring messages and replace them. */
abstract class KeptMessagesContract extends RelayContractTest {
    abstract Archive archive();

    static List<Long> between(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    /** All offsets of the room, read by pages from the end. */
    final List<Long> allBackwards() {
        List<Long> all = new ArrayList<>();
        HistoryPage page;
        long before = 0;
        do {
            page = get(relay.historyBefore(room, before, 7));
            all.addAll(0, offsets(page.messages()));
            before = all.get(0);
        } while (page.more());
        return all;
    }

    private String bodyAt(long offset) {
        return new String(
                get(relay.historyBefore(room, offset + 1, 1)).messages().get(0).body(), StandardCharsets.UTF_8);
    }

    @Test
    void replacedBodiesAreReadFromMemoryAndFromTheArchive() {
        for (int i = 1; i <= 15; i++) {
            publish("m" + i);
        }
        String epoch = get(relay.position(room)).epoch();
        long id = archive().epochs(room).get(0).id();
        // The last ten are in memory.
        List<StoredMessage> changed = List.of(
                new StoredMessage(
                        2, "a shorter or longer one than before".repeat(9).getBytes(StandardCharsets.UTF_8)),
                new StoredMessage(8, "x".getBytes(StandardCharsets.UTF_8)),
                new StoredMessage(14, "a much longer one".repeat(900).getBytes(StandardCharsets.UTF_8)));
        archive().replace(id, changed);
        get(relay.replace(room, "other-epoch", List.of(new StoredMessage(9, new byte[0]))));
        get(relay.replace(room, epoch, changed));
        for (StoredMessage message : changed) {
            assertEquals(new String(message.body(), StandardCharsets.UTF_8), bodyAt(message.offset()));
        }
        assertEquals(between(1, 15), allBackwards());
        assertTrue(bodyAt(9).contains("m9") && bodyAt(15).contains("m15"), bodyAt(15));
        publish("m16");
        assertEquals(between(1, 16), allBackwards());
        start(PLENTY);
        assertEquals("x", bodyAt(8));
    }

    private Restoring restoring(String epoch, Position previous, long first, long last) {
        return new Restoring(
                epoch,
                previous,
                false,
                LongStream.rangeClosed(first, last)
                        .mapToObj(offset -> new StoredMessage(offset, body("r" + offset, 1_000 + offset)))
                        .toList());
    }

    @Test
    void restoredMessagesHaveTheirPlacesAndTheRoomGoesOnAfterThem() {
        assertEquals(new Restoring.Done(20, 0), get(relay.restore(room, restoring("e1", null, 1, 20))));
        assertEquals(new Restoring.Done(3, 18), get(relay.restore(room, restoring("e1", null, 3, 23))));
        assertConflict(restoring("e1", null, 25, 25));
        assertConflict(restoring("e2", null, 1, 1));
        assertConflict(restoring("e2", new Position("e1", 22), 1, 1));
        assertEquals(new Restoring.Done(2, 0), get(relay.restore(room, restoring("e2", new Position("e1", 23), 1, 2))));
        assertEquals(new Restoring.Done(0, 23), get(relay.restore(room, restoring("e1", null, 1, 23))));
        assertEquals(new Position("e2", 2), get(relay.position(room)));
        assertEquals(new Position("e2", 3), publish("goes on"));
        assertEquals(new Position("e2", 3), withoutProof(get(relay.subscribe(room))));
        assertConflict(restoring("e2", null, 4, 4));
        assertEquals(between(1, 3), allBackwards());
    }

    @Test
    void messagesInThePlacesOfOthersAreRefused() {
        Restoring first = restoring("e1", null, 1, 5);
        get(relay.restore(room, first));
        List<StoredMessage> others = new ArrayList<>(restoring("e1", null, 1, 7).messages());
        others.set(3, new StoredMessage(4, body("other", 1_004)));
        assertEquals("the room has another message at offset 4", conflict(new Restoring("e1", null, false, others)));
        others.set(3, new StoredMessage(4, body("r4", 1_005)));
        others.set(4, new StoredMessage(5, body("other", 1_005)));
        assertEquals("the room has another message at offset 4", conflict(new Restoring("e1", null, false, others)));
        others.set(3, new StoredMessage(4, MessageFrames.erased(room, body("r4", 1_004))));
        others.remove(4);
        others.remove(4);
        others.remove(4);
        Restoring erased = new Restoring("e1", null, false, others);
        assertEquals("the room has another message at offset 4", conflict(erased));
        archive().replace(archive().epochs(room).get(0).id(), others.subList(3, 4));
        assertEquals(new Restoring.Done(0, 4), get(relay.restore(room, erased)));
        assertEquals(new Restoring.Done(0, 5), get(relay.restore(room, first)));
        assertEquals(between(1, 5), allBackwards());
        publish("said here");
        assertEquals("the room has another message at offset 6", conflict(restoring("e1", null, 1, 7)));
    }

    @Test
    void anEmptyRoomBeginsWithTheBeginning() {
        Restoring later = restoring("e1", null, 5, 9);
        assertTrue(conflict(later).startsWith("the room is empty, and these messages begin at offset 5"));
        assertEquals(
                new Restoring.Done(5, 0), get(relay.restore(room, new Restoring("e1", null, true, later.messages()))));
        assertEquals(new Restoring.Done(0, 5), get(relay.restore(room, later)));
    }

    @Test
    void anEpochThatHasEndedTakesNothingMore() {
        Restoring next = restoring("e2", new Position("e1", 1), 1, 1);
        Restoring back = restoring("e1", new Position("e2", 1), 2, 2);
        List<Restoring> all = List.of(restoring("e1", null, 1, 1), next, back);
        String ended = "the room has gone on with another epoch already";
        assertEquals(ended, conflict(relay.checkRestore(room, all)));
        get(relay.checkRestore(room, all.subList(0, 2)));
        get(relay.restore(room, all.get(0)));
        get(relay.restore(room, next));
        assertEquals(ended, conflict(back));
    }

    private String conflict(Restoring messages) {
        assertEquals(conflict(relay.checkRestore(room, List.of(messages))), conflict(relay.restore(room, messages)));
        return conflict(relay.restore(room, messages));
    }

    private static String conflict(CompletionStage<?> stage) {
        CompletionException failure = assertThrows(
                CompletionException.class, () -> stage.toCompletableFuture().join());
        ProtocolException refused = (ProtocolException) failure.getCause();
        assertEquals(ErrorCode.CONFLICT, refused.code());
        return refused.getMessage();
    }

    private static Position withoutProof(Position position) {
        return new Position(position.epoch(), position.offset());
    }

    private void assertConflict(Restoring messages) {
        conflict(relay.restore(room, messages));
    }
}

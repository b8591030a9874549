package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.Copies;
import io.roomcast.support.Await;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.postgres.TestPostgres;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes share a database, and only one of them copies a room. */
class PostgresCopiesTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static final Duration LONG = Duration.ofMinutes(1);

    private final String url = POSTGRES.newUrl();
    private final RoomName room = new RoomName("lobby");
    private final Archive first = open("redis");
    private final Archive second = open("redis");

    private Archive open(String relay) {
        Map<String, String> settings = PostgresProcess.settings(url, "roomcast.relay", relay);
        return EmbeddedArchive.open(
                        RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()))
                .orElseThrow();
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    private static Copies.Copy copy(
            RoomName room, String epoch, long continuesTo, List<Copies.Hole> holes, long from, long to) {
        return new Copies.Copy(
                room,
                epoch,
                continuesTo,
                holes,
                LongStream.rangeClosed(from, to)
                        .mapToObj(offset -> new Archive.Message(offset, offset, null, new byte[] {(byte) offset}))
                        .toList());
    }

    private static boolean store(Archive archive, String node, Copies.Copy copy) {
        return archive.copies().store(node, LONG, List.of(copy));
    }

    @Test
    void nodesShareTheShards() {
        Set<Integer> all = first.copies().lease("first", LONG).shards();
        assertEquals(Copies.SHARDS, all.size());
        assertEquals(Set.of(), second.copies().lease("second", LONG).shards());

        Copies.Lease half = first.copies().lease("first", LONG);
        assertEquals(2, half.nodes());
        Set<Integer> both = new HashSet<>(half.shards());
        assertEquals(Copies.SHARDS / 2, both.size());
        Set<Integer> other = second.copies().lease("second", LONG).shards();
        assertEquals(Copies.SHARDS / 2, other.size());
        both.addAll(other);
        assertEquals(all, both);

        second.copies().release("second");
        assertEquals(all, first.copies().lease("first", LONG).shards());
    }

    @Test
    void aNodeThatStoodStillStoresNothing() {
        first.copies().lease("first", Duration.ofMillis(1));
        assertTrue(first.copies().store("first", Duration.ofMillis(1), List.of(copy(room, "e", 0, List.of(), 1, 2))));
        Await.until(
                "the lease has ended",
                () -> second.copies()
                                .lease("second", Duration.ofMillis(1))
                                .shards()
                                .size()
                        == Copies.SHARDS);
        second.copies().lease("second", LONG);

        assertFalse(store(first, "first", copy(room, "e", 0, List.of(new Copies.Hole(3, 4)), 5, 5)));
        assertEquals(
                Map.of(room, new Copies.Head("e", 2)), second.copies().heads(List.of(room, new RoomName("other"))));
        assertTrue(store(second, "second", copy(room, "e", 0, List.of(), 3, 5)));
        assertThrows(
                ArchiveException.class, () -> store(second, "second", copy(room, "e", 0, List.of(), 5, 6)), "once");
        assertEquals(5, second.copies().heads(List.of(room)).get(room).offset());
    }

    /** What a node has read before an erasure must not be stored after it. */
    @Test
    void aNodeThatIsInterruptedReadsAnewBeforeItStores() {
        first.copies().lease("first", LONG);
        second.copies().interrupt();
        assertFalse(store(first, "first", copy(room, "e", 0, List.of(), 1, 2)));
        assertEquals(Copies.SHARDS, first.copies().lease("first", LONG).shards().size());
        assertTrue(store(first, "first", copy(room, "e", 0, List.of(), 1, 2)));
    }

    @Test
    void aHoleCountsAsCopiedAndAnEpochContinuesAnother() {
        first.copies().lease("first", LONG);
        store(first, "first", copy(room, "e", 0, List.of(), 1, 2));
        store(first, "first", copy(room, "e", 0, List.of(new Copies.Hole(3, 9)), 1, 0));
        assertEquals(
                new Copies.Head("e", 9), first.copies().heads(List.of(room)).get(room));

        store(first, "first", copy(room, "f", 9, List.of(new Copies.Hole(10, 11)), 12, 13));
        assertEquals(
                new Copies.Head("f", 13), second.copies().heads(List.of(room)).get(room));
        assertEquals(
                List.of(new Copies.Link("f", 9), new Copies.Link("e", 0)),
                second.copies().chain(room, 5));
    }

    @Test
    void aNodeThatIsAloneWaitsForThoseThatShare() {
        first.copies().lease("first", LONG);
        try (Archive alone = open("local")) {
            assertThrows(ArchiveException.class, () -> alone.check(0));
            first.close();
            second.close();
            Await.until("the database is free", () -> {
                try {
                    alone.check(0);
                    return true;
                } catch (ArchiveException e) {
                    return false;
                }
            });
        }
    }
}

package io.roomcast.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies;
import io.roomcast.relay.Lives;
import io.roomcast.relay.Lives.Claims;
import io.roomcast.relay.Lives.Data;
import io.roomcast.relay.Lives.Placed;
import io.roomcast.relay.Lives.Silent;
import io.roomcast.relay.Lives.Unarchived;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.postgres.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A numbering goes on after a loss only if the database proves that nobody knows more of it. */
class PostgresLivesTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration AT_ONCE = Duration.ofSeconds(-1);
    private static final Data BEFORE = new Data("one", "run");
    private static final Data AFTER = new Data("two", "run");
    private static final Unarchived NOTHING = new Unarchived(List.of(), false);

    private final RoomName room = new RoomName("lobby");
    private final RoomName other = new RoomName("other");
    private final Archive archive = open();
    private final Lives lives = archive.lives();

    private static Archive open() {
        Map<String, String> settings = PostgresProcess.settings(POSTGRES.newUrl(), "roomcast.relay", "redis");
        return EmbeddedArchive.open(
                        RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()))
                .orElseThrow();
    }

    @BeforeEach
    void twoNodesHavePublished() {
        archive.copies().lease("archiver", LONG);
        lives.enter("ann", BEFORE, NOTHING);
        lives.enter("bob", BEFORE, NOTHING);
        lives.archived(Lives.STRANGERS, BEFORE, AT_ONCE);
        assertTrue(store(BEFORE, room, "e", 1, 3));
        assertTrue(store(BEFORE, other, "f", 1, 1));
    }

    @AfterEach
    void close() {
        archive.close();
    }

    private boolean store(Data data, RoomName of, String epoch, long from, long to) {
        List<Archive.Message> messages = LongStream.rangeClosed(from, to)
                .mapToObj(offset -> new Archive.Message(offset, offset, null, new byte[] {(byte) offset}))
                .toList();
        return archive.copies()
                .store("archiver", LONG, data.name(), List.of(new Copies.Copy(of, epoch, 0, List.of(), messages)));
    }

    private Claims claim(Data data) {
        return lives.claim(data, List.of(room, other, new RoomName("new")));
    }

    private void bothEnter(Data data) {
        lives.enter("ann", data, NOTHING);
        lives.enter("bob", data, NOTHING);
    }

    @Test
    void aNumberingIsPlacedOnceInData() {
        assertEquals(new Claims(false, Map.of(), Set.of(room, other)), claim(BEFORE), "they are there already");
        bothEnter(AFTER);
        assertEquals(
                new Claims(false, Map.of(room, new Placed("e", 0, 3), other, new Placed("f", 0, 1)), Set.of()),
                claim(AFTER));
        assertEquals(new Claims(false, Map.of(), Set.of(room, other)), claim(AFTER));
        bothEnter(new Data("two", "another run"));
        assertEquals(Map.of(), claim(new Data("two", "another run")).placed());
        bothEnter(new Data("three", "run"));
        assertEquals(2, claim(new Data("three", "run")).placed().size());
    }

    @Test
    void allLivesMustBeInTheSameData() {
        lives.enter("ann", AFTER, NOTHING);
        assertTrue(claim(AFTER).later(), "bob lives, and may know more");
        assertTrue(claim(BEFORE).later(), "these data are gone");
        lives.leave("bob");
        assertEquals(2, claim(AFTER).placed().size());
    }

    @Test
    void whatANodeHasNotSeenArchivedEnds() {
        lives.enter("ann", AFTER, new Unarchived(List.of(room, new RoomName("new")), false));
        lives.enter("bob", AFTER, NOTHING);
        assertEquals(new Claims(false, Map.of(other, new Placed("f", 0, 1)), Set.of(room)), claim(AFTER));

        // A later numbering may go on. So may this one, when the node has seen all of it.
        store(AFTER, room, "g", 1, 2);
        bothEnter(BEFORE);
        assertEquals(
                Map.of(room, new Placed("g", 0, 2), other, new Placed("f", 0, 1)),
                claim(BEFORE).placed());
        lives.enter("ann", AFTER, new Unarchived(List.of(room), false));
        lives.enter("bob", AFTER, NOTHING);
        lives.settled("ann", List.of(room));
        bothEnter(new Data("three", "run"));
        assertEquals(2, claim(new Data("three", "run")).placed().size());
    }

    @Test
    void allRoomsOfANodeThatHasForgottenEnd() {
        lives.enter("ann", AFTER, new Unarchived(List.of(), true));
        lives.enter("bob", AFTER, NOTHING);
        assertEquals(Set.of(room, other), claim(AFTER).ended());
        store(AFTER, room, "g", 1, 2);
        bothEnter(new Data("three", "run"));
        assertEquals(Set.of(room), claim(new Data("three", "run")).placed().keySet());
    }

    @Test
    void whatWasReadInFormerDataIsNotStored() {
        lives.enter("ann", AFTER, NOTHING);
        assertFalse(store(BEFORE, room, "e", 4, 4));
        assertFalse(store(new Data("two", "another run"), room, "e", 4, 4));
        assertTrue(store(AFTER, room, "e", 4, 4));
        assertFalse(lives.renew("bob", BEFORE), "it must enter these data");
        assertTrue(lives.renew("ann", AFTER));
    }

    @Test
    void aDeadLifeThatTheArchiveHasAllOfIsForgotten() {
        assertEquals(List.of(), lives.silent(BEFORE, LONG));
        assertEquals(
                Set.of(new Silent("ann", true, true), new Silent("bob", true, true)),
                Set.copyOf(lives.silent(BEFORE, AT_ONCE)));
        lives.archived("bob", BEFORE, LONG);
        assertTrue(lives.renew("bob", BEFORE), "it is not silent");
        lives.archived("bob", AFTER, AT_ONCE);
        assertTrue(lives.renew("bob", BEFORE), "these are not the data");
        lives.archived("bob", BEFORE, AT_ONCE);
        assertFalse(lives.renew("bob", BEFORE));
        lives.enter("ann", AFTER, NOTHING);
        assertEquals(2, claim(AFTER).placed().size());
    }

    @Test
    void whatADeadNodeMayHaveKnownEnds() {
        lives.enter("ann", AFTER, NOTHING);
        assertTrue(lives.silent(AFTER, AT_ONCE).contains(new Silent("bob", false, false)));
        lives.lost("bob", AFTER, LONG);
        assertTrue(claim(AFTER).later(), "it is not silent");
        lives.lost("bob", AFTER, AT_ONCE);
        assertEquals(Set.of(room, other), claim(AFTER).ended());

        // In another run of the same data, its messages may be there in part: somebody still has to look.
        lives.lost("ann", new Data("two", "another run"), AT_ONCE);
        assertTrue(lives.renew("ann", AFTER), "these are not the data");
        lives.enter("cid", new Data("two", "another run"), NOTHING);
        lives.lost("ann", new Data("two", "another run"), AT_ONCE);
        assertTrue(lives.silent(new Data("two", "another run"), AT_ONCE).contains(new Silent("ann", true, true)));
    }

    @Test
    void nodesThatDoNotTakePartBlockOthers() {
        lives.strangers(BEFORE);
        bothEnter(AFTER);
        assertTrue(claim(AFTER).later());
    }
}

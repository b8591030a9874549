package io.roomcast.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore.Roster;
import io.roomcast.support.RecordedPresence;
import io.roomcast.support.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a node makes of changes and rosters that come late, twice, out of turn, or not at all. */
class PresenceFoldTest {
    private static final int NAMES = 3;

    private final RoomName room = new RoomName("lobby");
    private final RecordedPresence told = new RecordedPresence();
    /** Read numbers with which the roster was requested. */
    private final List<Integer> asked = new ArrayList<>();

    private final List<Integer> retries = new ArrayList<>();
    private int awaited;

    private final PresenceFold fold = new PresenceFold(room, NAMES, told, new PresenceFold.Rosters() {
        @Override
        public void read(PresenceFold from, int readNumber, int names) {
            asked.add(readNumber);
        }

        @Override
        public void retryLater(PresenceFold from, int readNumber) {
            retries.add(readNumber);
        }

        @Override
        public void dropUnconfirmedLater(PresenceFold from) {
            awaited++;
        }
    });

    /** Each as {@code ID} or {@code ID:NAME}. */
    private static List<User> users(String... users) {
        return Stream.of(users)
                .map(user -> user.split(":"))
                .map(parts -> new User(new UserId(parts[0]), parts[parts.length - 1], null))
                .toList();
    }

    private void change(long previous, long revision, long count, List<User> joined, List<User> left) {
        change(previous, revision, count, joined, List.of(), left);
    }

    private void change(
            long previous, long revision, long count, List<User> joined, List<User> renamed, List<User> left) {
        fold.arrive(new PresenceChange(
                previous,
                revision,
                count,
                joined,
                renamed,
                left.stream().map(User::id).toList()));
    }

    private void answer(boolean certain, long revision, long origin, String... present) {
        fold.rosterRead(
                asked.get(asked.size() - 1), new Roster(present.length, users(present), revision, origin), certain);
    }

    private void begin(String... present) {
        fold.channelSubscribed();
        answer(true, 10, 10, present);
    }

    private void assertTold(String... words) {
        assertEquals(List.of(words), told.told(room));
        assertEquals(List.of(), told.wrong());
    }

    /** While the roster is read, strangers may come and go with names as long as they like. */
    @Test
    void holdsFewChangesOfLongNamesDuringARead() {
        begin();
        fold.changesMissed();
        String name = "n".repeat(60 * 1024);
        for (int i = 0; i < 4; i++) {
            change(10 + i, 11 + i, 1, users("ann:" + name + i), List.of());
        }
        answer(true, 10, 10);
        assertEquals(List.of("+ann:" + name + "0", "=ann:" + name + "1"), told.changes(room));
        assertEquals(3, asked.size(), "the rest is in the roster, which is read again");
        answer(true, 14, 10, "ann:" + name + "3");
        assertEquals(List.of("ann:" + name + "3"), told.shown(room));
        assertEquals(List.of(), told.wrong());
    }

    @Test
    void changesThatFollowAreToldAsTheyCome() {
        begin("ann");
        change(10, 11, 2, users("bob"), users());
        change(11, 12, 1, users(), users("ann"));
        assertTold("present ann", "+bob 2", "-ann 1");
        assertEquals(List.of(1), asked);
    }

    @Test
    void newNamesAreToldOfThoseWhoAreThere() {
        begin("1:ann", "2");
        change(10, 11, 2, users(), users("1:Ann Lee", "9:nobody"), users());
        change(11, 12, 2, users(), users("1:Ann Lee"), users());
        change(12, 13, 2, users("2:bob"), users(), users());
        assertTold("present 1:ann,2", "=1:Ann Lee 2", "2", "=2:bob 2");
    }

    @Test
    void newNamesThatWereMissedAreReadFromTheRoster() {
        begin("1:ann", "2:bob");
        change(12, 13, 2, users(), users("2:Bob"), users());
        answer(true, 13, 10, "1:Ann Lee", "2:Bob", "3:cem");
        change(13, 14, 3, users(), users("3:Cem"), users());
        assertTold("present 1:ann,2:bob", "+3:cem =1:Ann Lee =2:Bob 3", "=3:Cem 3");
    }

    @Test
    void whatCameBeforeTheRosterIsToldAfterIt() {
        fold.channelSubscribed();
        change(9, 10, 1, users("ann"), users());
        change(10, 11, 2, users("bob"), users());
        assertFalse(fold.firstRoster().toCompletableFuture().isDone());
        answer(true, 10, 10, "ann");
        assertTold("present ann", "+bob 2");
        assertTrue(fold.firstRoster().toCompletableFuture().isDone());
    }

    @Test
    void aHoleIsFilledFromTheRosterAndWhatFollowsIsToldOnce() {
        begin("ann");
        change(12, 13, 3, users("cem"), users());
        change(13, 14, 2, users(), users("ann"));
        assertEquals(List.of(1, 2), asked);
        answer(true, 13, 10, "ann", "bob", "cem");
        assertTold("present ann", "+bob +cem 3", "-ann 2");
    }

    @Test
    void theSameChangeAgainIsNotTold() {
        begin("ann");
        change(10, 11, 2, users("bob"), users());
        change(10, 11, 2, users("bob"), users());
        assertTold("present ann", "+bob 2");
    }

    @Test
    void anAnswerToAnEarlierQuestionIsNotUsed() {
        begin("ann");
        fold.changesMissed();
        fold.changesMissed();
        fold.rosterRead(2, new Roster(0, users(), 20, 20), true);
        answer(true, 21, 10, "ann", "bob");
        assertTold("present ann", "+bob 2");
    }

    @Test
    void aRoomThatEmptiedAndBeganAnewNeedsNoRoster() {
        begin("ann");
        change(10, 11, 0, users(), users("ann"));
        change(0, 20, 1, users("bob"), users());
        assertTold("present ann", "-ann 0", "+bob 1");
        assertEquals(List.of(1), asked);
    }

    @Test
    void whoIsMissingWhereNothingWasLostHasLeft() {
        begin("ann", "bob");
        fold.changesMissed();
        answer(true, 12, 10, "bob");
        assertTold("present ann,bob", "-ann 1");
        assertEquals(0, awaited);
    }

    @Test
    void whoMayHaveBeenLostByTheStoreIsGivenTimeAndTheCountAgreesWithWhatWasTold() {
        begin("ann", "bob");
        change(0, 20, 1, users("cem"), users());
        answer(true, 20, 20, "cem");
        assertTold("present ann,bob", "+cem 3");
        assertEquals(1, awaited);
        change(20, 21, 2, users("ann"), users());
        fold.dropUnconfirmed();
        answer(true, 21, 20, "ann", "cem");
        assertEquals(List.of("+cem", "-bob"), told.changes(room));
        assertEquals(List.of("ann", "cem"), told.shown(room));
        assertEquals(List.of(), told.wrong());
    }

    @Test
    void oneWhoLeavesWhileGivenTimeIsToldToLeaveOnce() {
        begin("ann", "bob");
        fold.changesMissed();
        answer(false, 12, 10, "bob");
        change(12, 13, 2, users("ann"), users());
        change(13, 14, 1, users(), users("ann"));
        assertEquals(List.of("-ann"), told.changes(room));
        assertEquals(List.of(), told.wrong());
    }

    @Test
    void aRevisionThatWasNotHeardIsLookedAtTwiceBeforeTheRosterIsRead() {
        begin("ann");
        assertFalse(fold.compareRevision(10));
        assertTrue(fold.compareRevision(12));
        assertEquals(List.of(1), asked);
        assertFalse(fold.compareRevision(12));
        assertEquals(List.of(1, 2), asked);
        answer(true, 12, 10, "ann", "bob");
        assertTold("present ann", "+bob 2");
    }

    @Test
    void aRosterThatCannotBeReadIsAskedForAgain() {
        begin("ann");
        fold.changesMissed();
        fold.readFailed(2, new RelayUnavailableException("away"));
        assertEquals(List.of(2), retries);
        fold.retry(2);
        assertEquals(List.of(1, 2, 3), asked);
        answer(true, 12, 10, "bob");
        assertEquals(List.of("bob"), told.shown(room));
    }

    @Test
    void whoeverWatchesGivesUpWhenTheFirstRosterCannotBeRead() {
        fold.channelSubscribed();
        fold.readFailed(1, new RelayUnavailableException("away"));
        Stages.assertUnavailable(fold.firstRoster());
    }

    @Test
    void aRoomThatIsTooLargeIsCountedAndNamedAgainOnceItIsSmaller() {
        begin("ann", "bob", "cem");
        change(10, 11, 4, users("dan"), users());
        change(11, 12, 3, users(), users("ann"));
        assertEquals(List.of(1, 2), asked);
        answer(true, 12, 10, "bob", "cem", "dan");
        assertEquals(List.of("present ann,bob,cem", "4", "3", "present bob,cem,dan"), told.told(room));
    }

    @Test
    void afterTheEndNothingIsTold() {
        begin("ann");
        fold.changesMissed();
        fold.close();
        answer(true, 12, 10, "bob");
        change(10, 11, 2, users("bob"), users());
        assertTold("present ann");
    }
}

package io.roomcast.relay;

import static io.roomcast.support.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.local.LocalPresence;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceStore.Roster;
import io.roomcast.relay.PresenceStore.UpdateResult;
import io.roomcast.support.RecordedPresence;
import io.roomcast.support.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link PresenceStore} promises, for any implementation of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class PresenceContractTest {
    /** Users of the largest room that is told by name. */
    protected static final int NAMES = 5;

    protected static final UserId ANN = new UserId("ann");
    protected static final UserId BOB = new UserId("bob");

    protected final RoomName room = new RoomName("lobby-" + UUID.randomUUID());

    /** A store that is started with {@link #NAMES}; the same one at each call. */
    protected abstract PresenceStore presence();

    /** What its listener is told. */
    protected abstract RecordedPresence told();

    protected static void assertChange(boolean changed, long count, CompletionStage<UpdateResult> actual) {
        UpdateResult change = get(actual);
        assertEquals(changed + " " + count, change.changed() + " " + change.count());
    }

    protected static void assertRoster(long count, List<UserId> users, CompletionStage<Roster> actual) {
        Roster roster = get(actual);
        assertEquals(
                count + " " + users,
                roster.count() + " " + roster.users().stream().map(User::id).toList());
    }

    private void enter(String... users) {
        for (String user : users) {
            get(presence().enter(room, User.of(new UserId(user)), "of-" + user));
        }
    }

    private void leave(String... users) {
        for (String user : users) {
            get(presence().leave(room, new UserId(user), "of-" + user));
        }
    }

    @Test
    void firstSessionOfAUserEntersAndLastOneLeaves() {
        assertChange(true, 1, presence().enter(room, User.of(ANN), "s1"));
        assertChange(false, 1, presence().enter(room, User.of(ANN), "s2"));
        assertChange(true, 2, presence().enter(room, User.of(BOB), "s3"));
        assertChange(false, 2, presence().leave(room, ANN, "s1"));
        assertChange(true, 1, presence().leave(room, ANN, "s2"));
        assertChange(true, 0, presence().leave(room, BOB, "s3"));
    }

    @Test
    void idsDecideWhoIsThereAndTheNewestNameIsShown() {
        UserId id = new UserId("auth0|5f7c");
        User lee = new User(id, "Ann Lee", "{\"n\":1.50}");
        User annie = new User(id, "Annie \u5c0f", null);
        get(presence().watch(room));
        assertChange(true, 1, presence().enter(room, lee, "s1"));
        assertChange(false, 1, presence().enter(room, annie, "s2"));
        assertChange(false, 1, presence().enter(room, annie, "s2"));
        assertChange(true, 2, presence().enter(room, new User(BOB, "Annie \u5c0f", null), "s3"));
        assertEquals(
                List.of(annie, new User(BOB, "Annie \u5c0f", null)),
                get(presence().roster(room, 9)).users());
        assertChange(false, 2, presence().leave(room, id, "s2"));
        assertEquals(annie, get(presence().roster(room, 1)).users().get(0));
        assertChange(false, 2, presence().enter(room, User.of(id), "s1"));
        assertEquals(User.of(id), get(presence().roster(room, 1)).users().get(0));
        assertChange(true, 1, presence().leave(room, id, "s1"));
        told().awaitTold(
                        room,
                        "present 0",
                        "+auth0|5f7c:Ann Lee:{\"n\":1.50} 1",
                        "=auth0|5f7c:Annie \u5c0f 1",
                        "+bob:Annie \u5c0f 2",
                        "=auth0|5f7c 2",
                        "-auth0|5f7c 1");
        assertEquals(List.of(), told().wrong());
    }

    @Test
    void idsOfAnyKindAreKeptApart() {
        List<String> ids =
                List.of("!a", "#users", "@a", "a", "a b", "a+b", "a/b", "a:b", "ab", "\u5c0f", "\ud83d\ude00");
        ids.forEach(this::enter);
        List<UserId> users = ids.stream().map(UserId::new).toList();
        assertRoster(users.size(), users, presence().roster(room, 20));
        ids.forEach(this::leave);
        assertRoster(0, List.of(), presence().roster(room, 20));
    }

    @Test
    void enteringOrLeavingTwiceChangesNothing() {
        get(presence().enter(room, User.of(ANN), "s1"));
        assertChange(false, 1, presence().enter(room, User.of(ANN), "s1"));
        assertChange(true, 0, presence().leave(room, ANN, "s1"));
        assertChange(false, 0, presence().leave(room, ANN, "s1"));
        assertRoster(0, List.of(), presence().roster(room, 10));
    }

    @Test
    void leavingWhatWasNeverEnteredChangesNothing() {
        get(presence().enter(room, User.of(ANN), "s1"));
        assertChange(false, 1, presence().leave(room, ANN, "s9"));
        assertChange(false, 1, presence().leave(room, BOB, "s1"));
        assertRoster(1, List.of(ANN), presence().roster(room, 10));
    }

    @Test
    void rosterIsSortedAndCutOffAtTheLimit() {
        List<String> names = List.of("zoe", "Ann", "bob", "caf\u00e9", "ann", "ann.b", "@ann", "_ann");
        names.forEach(this::enter);
        List<UserId> sorted = names.stream().map(UserId::new).sorted().toList();

        assertRoster(8, sorted, presence().roster(room, 10));
        assertRoster(8, sorted.subList(0, 2), presence().roster(room, 2));
        assertRoster(8, List.of(), presence().roster(room, 0));
    }

    @Test
    void roomsDoNotKnowOfEachOther() {
        RoomName other = new RoomName(room.value() + ".other");
        get(presence().enter(room, User.of(ANN), "s1"));
        assertChange(true, 1, presence().enter(other, User.of(ANN), "s1"));
        assertChange(true, 0, presence().leave(room, ANN, "s1"));
        assertRoster(1, List.of(ANN), presence().roster(other, 10));
    }

    @Test
    void callsOfOneThreadTakeEffectInOrder() {
        for (int i = 0; i < 50; i++) {
            presence().enter(room, User.of(ANN), "s1");
            presence().leave(room, ANN, "s1");
        }
        assertChange(true, 1, presence().enter(room, User.of(ANN), "s1"));
    }

    @Test
    void revisionsGrowWithEachChangeAndWithNothingElse() {
        long first = get(presence().enter(room, User.of(ANN), "s1")).revision();
        assertTrue(first > 0);
        assertEquals(first, get(presence().enter(room, User.of(ANN), "s2")).revision());
        assertEquals(first, get(presence().roster(room, 1)).revision());
        assertEquals(first, get(presence().roster(room, 1)).origin());
        long second = get(presence().enter(room, User.of(BOB), "s3")).revision();
        assertTrue(second > first);
        assertEquals(first, get(presence().roster(room, 1)).origin());
        get(presence().leave(room, ANN, "s1"));
        get(presence().leave(room, ANN, "s2"));
        assertTrue(get(presence().leave(room, BOB, "s3")).revision() > second);
        long anew = get(presence().enter(room, User.of(ANN), "s1")).revision();
        assertTrue(anew > second);
        assertEquals(anew, get(presence().roster(room, 1)).origin(), "everybody had left meanwhile");
    }

    @Test
    void whoWatchesIsToldWhoIsThereAndThenOfEachChangeInOrder() {
        enter("bob", "ann");
        get(presence().watch(room));
        assertEquals(List.of("present ann,bob"), told().told(room));
        enter("cem");
        leave("ann");
        enter("ann");
        leave("bob");
        told().awaitTold(room, "present ann,bob", "+cem 3", "-ann 2", "+ann 3", "-bob 2");
    }

    @Test
    void whatChangesNothingIsNotToldOf() {
        get(presence().watch(room));
        enter("ann");
        get(presence().enter(room, User.of(ANN), "another"));
        get(presence().leave(room, ANN, "another"));
        leave("bob");
        leave("ann");
        told().awaitTold(room, "present 0", "+ann 1", "-ann 0");
    }

    @Test
    void nothingIsToldOfARoomThatIsNotWatched() {
        enter("ann");
        get(presence().watch(room));
        presence().unwatch(room);
        enter("bob");
        get(presence().watch(room));
        enter("cem");
        told().awaitTold(room, "present ann", "forgotten", "present ann,bob", "+cem 3");
    }

    @Test
    void ofALargeRoomOnlyTheCountIsTold() {
        get(presence().watch(room));
        enter("a", "b", "c", "d", "e", "f", "g");
        told().awaitTold(room, "present 0", "+a 1", "+b 2", "+c 3", "+d 4", "+e 5", "6", "7");
    }

    @Test
    void oneThatIsLargeAtFirstIsToldByCountToo() {
        enter("a", "b", "c", "d", "e", "f");
        get(presence().watch(room));
        enter("g");
        told().awaitTold(room, "present 6", "7");
    }

    @Test
    void ofARoomThatIsLargeNoMoreItIsToldWhoIsThere() {
        enter("a", "b", "c", "d", "e", "f");
        get(presence().watch(room));
        leave("a");
        told().awaitTold(room, "present 6", "5", "present b,c,d,e,f");
        enter("a");
        leave("a");
        told().awaitTold(room, "present 6", "5", "present b,c,d,e,f", "6", "5", "present b,c,d,e,f");
        leave("b");
        told().awaitTold(room, "present 6", "5", "present b,c,d,e,f", "6", "5", "present b,c,d,e,f", "-b 4");
    }

    @Test
    void eachChangeIsToldOnceHoweverManySessionsComeAtOnce() throws Exception {
        get(presence().watch(room));
        ExecutorService sessions = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Integer>> running = IntStream.range(0, 8)
                    .mapToObj(session -> sessions.submit(() -> {
                        go.await();
                        int changes = 0;
                        for (int i = 0; i < 100; i++) {
                            String name = "s" + session;
                            changes += get(presence().enter(room, User.of(ANN), name))
                                            .changed()
                                    ? 1
                                    : 0;
                            changes += get(presence().leave(room, ANN, name)).changed() ? 1 : 0;
                        }
                        return changes;
                    }))
                    .toList();
            go.countDown();
            int changes = 0;
            for (Future<Integer> run : running) {
                changes += run.get(30, TimeUnit.SECONDS);
            }
            assertRoster(0, List.of(), presence().roster(room, 10));
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                expected.add(i % 2 == 0 ? "+ann" : "-ann");
            }
            told().awaitChanges(room, expected.toArray(String[]::new));
            assertEquals(List.of(), told().wrong());
        } finally {
            sessions.shutdownNow();
        }
    }

    @Test
    void aFullRoomRefusesWhoIsNotInIt() {
        get(presence().watch(room));
        assertChange(true, 1, presence().enter(room, User.of(ANN), "s1", 1));
        long revision = get(presence().roster(room, 1)).revision();
        assertEquals(UpdateResult.refused(1, revision), get(presence().enter(room, User.of(BOB), "s2", 1)));
        assertChange(false, 1, presence().enter(room, User.of(ANN), "s3", 1));
        assertChange(false, 1, presence().leave(room, BOB, "s2"));
        assertChange(false, 1, presence().leave(room, ANN, "s1"));
        assertEquals(UpdateResult.refused(1, revision), get(presence().enter(room, User.of(BOB), "s2", 1)));
        assertChange(true, 0, presence().leave(room, ANN, "s3"));
        assertChange(true, 1, presence().enter(room, User.of(BOB), "s2", 1));
        assertChange(true, 2, presence().enter(room, User.of(ANN), "s1"));
        told().awaitTold(room, "present 0", "+ann 1", "-ann 0", "+bob 1", "+ann 2");
    }

    @Test
    void nobodyIsToldOfWhoWasRefusedHoweverManyComeAtOnce() {
        int places = NAMES - 1;
        get(presence().watch(room));
        List<CompletionStage<UpdateResult>> results = IntStream.range(0, 100)
                .mapToObj(i -> presence().enter(room, User.of(new UserId("user" + i)), "s" + i, places))
                .toList();
        assertEquals(
                places, results.stream().filter(result -> get(result).changed()).count());
        List<UserId> users =
                get(presence().roster(room, 100)).users().stream().map(User::id).toList();
        assertEquals(places, users.size());
        assertChange(true, places + 1, presence().enter(room, User.of(ANN), "s1"));
        told().awaitList(room, Stream.concat(users.stream(), Stream.of(ANN)).toArray(UserId[]::new));
        // A store may tell of several users by one change.
        String changes = String.join(" ", told().changes(room));
        assertEquals(places + 1, changes.split(" ", -1).length, changes);
    }

    @Test
    void aStoreThatIsClosedTakesItsSessionsOutAndLetsNobodyIn() {
        get(presence().watch(room));
        enter("ann", "bob");
        told().awaitChanges(room, "+ann", "+bob");
        presence().close();
        Stages.assertUnavailable(presence().enter(room, User.of(ANN), "s1"));
        if (presence() instanceof LocalPresence) {
            assertRoster(0, List.of(), presence().roster(room, 10));
        }
    }
}

package io.roomcast.relay;

import static io.roomcast.relay.Stages.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import io.roomcast.relay.PresenceStore.Change;
import io.roomcast.relay.PresenceStore.Roster;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link PresenceStore} promises, for any implementation of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class PresenceContractTest {
    protected static final UserName ANN = new UserName("ann");
    protected static final UserName BOB = new UserName("bob");

    protected final RoomName room = new RoomName("lobby-" + UUID.randomUUID());

    /** A store that is started; the same one at each call. */
    protected abstract PresenceStore presence();

    @Test
    void firstSessionOfAUserEntersAndLastOneLeaves() {
        assertEquals(new Change(true, 1), get(presence().enter(room, ANN, "s1")));
        assertEquals(new Change(false, 1), get(presence().enter(room, ANN, "s2")));
        assertEquals(new Change(true, 2), get(presence().enter(room, BOB, "s3")));
        assertEquals(new Change(false, 2), get(presence().leave(room, ANN, "s1")));
        assertEquals(new Change(true, 1), get(presence().leave(room, ANN, "s2")));
        assertEquals(new Change(true, 0), get(presence().leave(room, BOB, "s3")));
    }

    @Test
    void enteringOrLeavingTwiceChangesNothing() {
        get(presence().enter(room, ANN, "s1"));
        assertEquals(new Change(false, 1), get(presence().enter(room, ANN, "s1")));
        assertEquals(new Change(true, 0), get(presence().leave(room, ANN, "s1")));
        assertEquals(new Change(false, 0), get(presence().leave(room, ANN, "s1")));
        assertEquals(new Roster(0, List.of()), get(presence().roster(room, 10)));
    }

    @Test
    void leavingWhatWasNeverEnteredChangesNothing() {
        get(presence().enter(room, ANN, "s1"));
        assertEquals(new Change(false, 1), get(presence().leave(room, ANN, "s9")));
        assertEquals(new Change(false, 1), get(presence().leave(room, BOB, "s1")));
        assertEquals(new Roster(1, List.of(ANN)), get(presence().roster(room, 10)));
    }

    @Test
    void rosterIsSortedAndCutOffAtTheLimit() {
        List<String> names = List.of("zoe", "Ann", "bob", "caf\u00e9", "ann");
        names.forEach(name -> get(presence().enter(room, new UserName(name), "of-" + name)));
        List<UserName> sorted = names.stream().map(UserName::new).sorted().toList();

        assertEquals(new Roster(5, sorted), get(presence().roster(room, 10)));
        assertEquals(new Roster(5, sorted.subList(0, 2)), get(presence().roster(room, 2)));
        assertEquals(new Roster(5, List.of()), get(presence().roster(room, 0)));
    }

    @Test
    void roomsDoNotKnowOfEachOther() {
        RoomName other = new RoomName(room.value() + ".other");
        get(presence().enter(room, ANN, "s1"));
        assertEquals(new Change(true, 1), get(presence().enter(other, ANN, "s1")));
        assertEquals(new Change(true, 0), get(presence().leave(room, ANN, "s1")));
        assertEquals(new Roster(1, List.of(ANN)), get(presence().roster(other, 10)));
    }

    @Test
    void callsOfOneThreadTakeEffectInOrder() {
        for (int i = 0; i < 50; i++) {
            presence().enter(room, ANN, "s1");
            presence().leave(room, ANN, "s1");
        }
        assertEquals(new Change(true, 1), get(presence().enter(room, ANN, "s1")));
    }

    @Test
    void eachChangeIsToldOnceHoweverManySessionsComeAtOnce() throws Exception {
        ExecutorService sessions = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Integer>> running = IntStream.range(0, 8)
                    .mapToObj(session -> sessions.submit(() -> {
                        go.await();
                        int told = 0;
                        for (int i = 0; i < 100; i++) {
                            told += get(presence().enter(room, ANN, "s" + session))
                                            .changed()
                                    ? 1
                                    : 0;
                            told -= get(presence().leave(room, ANN, "s" + session))
                                            .changed()
                                    ? 1
                                    : 0;
                        }
                        return told;
                    }))
                    .toList();
            go.countDown();
            int told = 0;
            for (Future<Integer> run : running) {
                told += run.get(30, TimeUnit.SECONDS);
            }
            assertEquals(0, told, "as many users came as went");
            assertEquals(new Roster(0, List.of()), get(presence().roster(room, 10)));
        } finally {
            sessions.shutdownNow();
        }
    }
}

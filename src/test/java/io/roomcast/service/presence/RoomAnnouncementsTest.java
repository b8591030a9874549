package io.roomcast.service.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceStore.Roster;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What members are told and answered, in the order in which it is handed to their room. */
class RoomAnnouncementsTest {
    private static final int LARGEST = 3;

    private final List<String> handed = new ArrayList<>();
    private boolean full;
    private boolean intervalRuns;

    private final RoomAnnouncements announcements = new RoomAnnouncements(LARGEST, new RoomAnnouncements.Outlet() {
        @Override
        public boolean announce(ChangeCollector.Announcement change) {
            if (!full) {
                handed.add((change.hasNames() ? "+" + shown(change.joined()) + " -" + shown(change.left()) + " " : "")
                        + (change.renamed().isEmpty() ? "" : "=" + shown(change.renamed()) + " ")
                        + change.count());
            }
            return !full;
        }

        @Override
        public void runAfterFrames(Runnable action) {
            action.run();
        }

        @Override
        public void scheduleIntervalEnd(boolean countsOnly) {
            intervalRuns = true;
        }
    });

    private void answer(RoomAnnouncements.View view) {
        handed.add(view == null ? "no names" : "answer " + shown(view.users()));
    }

    private static List<String> shown(List<User> users) {
        return users.stream()
                .map(user -> user.isUnnamed() ? user.name() : user.id() + ":" + user.name())
                .toList();
    }

    /** Each as {@code ID} or {@code ID:NAME}. */
    private static List<User> users(String... users) {
        return Stream.of(users)
                .map(user -> user.split(":"))
                .map(parts -> new User(new UserId(parts[0]), parts[parts.length - 1], null))
                .toList();
    }

    private void present(long revision, String... names) {
        announcements.rosterReceived(new Roster(names.length, users(names), revision, revision));
    }

    private void joined(long revision, int count, String user) {
        announcements.presenceChanged(
                new PresenceChange(revision - 1, revision, count, users(user), List.of(), List.of()));
    }

    private void left(long revision, int count, String user) {
        announcements.presenceChanged(
                new PresenceChange(revision - 1, revision, count, List.of(), List.of(), List.of(new UserId(user))));
    }

    private void renamed(long revision, int count, String user) {
        announcements.presenceChanged(
                new PresenceChange(revision - 1, revision, count, List.of(), users(user), List.of()));
    }

    @Test
    void aNewNameIsToldAndAnswered() {
        present(1, "1:ann", "2:ann");
        renamed(2, 2, "1:Ann Lee");
        left(3, 1, "1");
        renamed(4, 1, "2:ann b");
        assertTrue(announcements.whenAnnounced(4, this::answer));
        announcements.endInterval();
        assertEquals(
                List.of("+[] -[] =[1:Ann Lee] 2", "+[] -[1:Ann Lee] 1", "+[] -[] =[2:ann b] 1", "answer [2:ann b]"),
                handed);
    }

    @Test
    void newNamesThatTheRoomDidNotTakeAreToldAsTheDifference() {
        present(1, "1:ann", "2:bob");
        full = true;
        renamed(2, 2, "1:Ann Lee");
        renamed(3, 2, "2:b");
        renamed(4, 2, "2:bob");
        joined(5, 3, "3:cem");
        renamed(6, 3, "3:Cem");
        full = false;
        announcements.endInterval();
        assertEquals(List.of("+[3:Cem] -[] =[1:Ann Lee] 3"), handed);
    }

    @Test
    void newNamesOfAnIntervalAreToldTogether() {
        present(1, "1:ann", "2:bob");
        for (int i = 0; i < ChangeCollector.BURST; i++) {
            renamed(2 + i, 2, "1:ann" + i);
        }
        handed.clear();
        joined(20, 3, "3:cem");
        renamed(21, 3, "3:Cem");
        renamed(22, 3, "1:a");
        renamed(23, 3, "2:b");
        left(24, 2, "2");
        assertEquals(List.of(), handed);
        announcements.endInterval();
        assertEquals(List.of("+[3:Cem] -[2:b] =[1:a] 2"), handed);
    }

    @Test
    void anAnswerStandsBehindWhatItHoldsAndBeforeTheRest() {
        present(1, "ann");
        joined(2, 2, "bob");
        assertTrue(announcements.whenAnnounced(2, this::answer));
        joined(3, 3, "cem");
        assertEquals(List.of("+[bob] -[] 2", "answer [ann, bob]", "+[cem] -[] 3"), handed);
    }

    @Test
    void anAnswerWaitsForWhatTheAskerMustFindInIt() {
        present(1, "ann");
        assertTrue(announcements.whenAnnounced(2, this::answer));
        assertEquals(List.of(), handed);
        joined(2, 2, "bob");
        assertEquals(List.of("+[bob] -[] 2", "answer [ann, bob]"), handed);
    }

    @Test
    void whoHasWaitedLongEnoughIsAnsweredWithWhatWasToldAndWithNothingNewer() {
        present(1, "ann");
        full = true;
        joined(2, 2, "bob");
        Consumer<RoomAnnouncements.View> waits = this::answer;
        assertTrue(announcements.whenAnnounced(2, waits));
        announcements.endWait(waits);
        full = false;
        announcements.endInterval();
        announcements.endWait(waits);
        assertEquals(List.of("answer [ann]", "+[bob] -[] 2"), handed);
    }

    @Test
    void whatTheRoomDidNotTakeIsToldAsTheDifference() {
        present(1, "ann");
        full = true;
        joined(2, 2, "bob");
        left(3, 1, "ann");
        left(4, 0, "bob");
        joined(5, 1, "cem");
        full = false;
        assertTrue(intervalRuns);
        announcements.endInterval();
        assertEquals(List.of("+[cem] -[ann] 1"), handed);
    }

    @Test
    void aLargeRoomIsCountedAndItsNamesHaveToBeReadElsewhere() {
        present(1, "ann", "bob", "cem");
        joined(2, 4, "dan");
        announcements.endInterval();
        assertTrue(announcements.whenAnnounced(2, this::answer));
        left(3, 3, "dan");
        present(3, "ann", "bob", "cem");
        assertTrue(announcements.whenAnnounced(3, this::answer));
        assertEquals(List.of("4", "no names", "3", "answer [ann, bob, cem]"), handed);
    }

    @Test
    void whoeverWaitsAtTheEndIsAnsweredWithoutNames() {
        present(1, "ann");
        assertTrue(announcements.whenAnnounced(2, this::answer));
        announcements.end();
        assertEquals(List.of("no names"), handed);
        assertFalse(announcements.whenAnnounced(2, this::answer));
    }
}

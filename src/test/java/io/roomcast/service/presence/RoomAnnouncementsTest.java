package io.roomcast.service.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
                handed.add(
                        (change.hasNames() ? "+" + change.joined() + " -" + change.left() + " " : "") + change.count());
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
        handed.add(view == null ? "no names" : "answer " + view.users());
    }

    private static List<UserId> users(String... names) {
        return Stream.of(names).map(UserId::new).toList();
    }

    private void present(long revision, String... names) {
        announcements.rosterReceived(new Roster(names.length, users(names), revision, revision));
    }

    private void joined(long revision, int count, String user) {
        announcements.presenceChanged(new PresenceChange(revision - 1, revision, count, users(user), List.of()));
    }

    private void left(long revision, int count, String user) {
        announcements.presenceChanged(new PresenceChange(revision - 1, revision, count, List.of(), users(user)));
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

package io.roomcast.support.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.Position;
import io.roomcast.support.workload.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The checker of presence, on what it has to find, and on right histories that look odd. */
class PresenceCheckerTest {
    private static final String ROOM = "room";

    private final List<Event> events = new ArrayList<>();
    private long seconds;

    @Test
    void whatAddsUpToTheTruthHasNoViolation() {
        joined("bob");
        told(List.of("bob"), List.of(), 1);
        listed("bob");
        told(List.of("ann"), List.of(), 2);
        told(List.of(), List.of("ann"), 1);
        told(List.of("ann", "cem"), List.of(), 3);
        listed("ann", "bob", "cem");
        check(Set.of("ann", "bob", "cem"));
    }

    @Test
    void whoComesTwiceOrLeavesTwiceIsUntrue() {
        joined("bob");
        listed("ann", "bob");
        told(List.of("ann"), List.of(), 2);
        check(Set.of("ann", "bob"), Kind.UNTRUE);
        told(List.of(), List.of("cem"), 2);
        check(Set.of("ann", "bob"), Kind.UNTRUE, Kind.UNTRUE);
    }

    @Test
    void aCountThatIsNotThatOfTheListIsUntrue() {
        joined("bob");
        listed("bob");
        told(List.of("ann"), List.of(), 3);
        check(Set.of("ann", "bob"), Kind.UNTRUE);
    }

    @Test
    void anAnswerThatIsNotWhatWasToldIsUntrue() {
        joined("bob");
        listed("bob");
        listed("ann", "bob");
        check(Set.of("ann", "bob"), Kind.UNTRUE);
    }

    @Test
    void leftAndJoinedInTheWrongOrderIsUntrueAndLeavesAWrongList() {
        joined("bob");
        listed("ann", "bob");
        told(List.of("ann"), List.of(), 2);
        told(List.of(), List.of("ann"), 1);
        check(Set.of("ann", "bob"), Kind.UNTRUE, Kind.WRONG_LIST);
    }

    @Test
    void whoIsNeverToldOfIsMissing() {
        joined("bob");
        listed("bob");
        check(Set.of("ann", "bob"), Kind.WRONG_LIST);
    }

    @Test
    void aGhostIsWrong() {
        joined("bob");
        listed("ann", "bob");
        check(Set.of("bob"), Kind.WRONG_LIST);
    }

    @Test
    void withoutAnAnswerThereIsNoList() {
        joined("bob");
        told(List.of("ann"), List.of(), 2);
        check(Set.of("ann", "bob"), Kind.WRONG_LIST);
    }

    @Test
    void afterNamesWereLeftOutTheListBeginsAnew() {
        joined("bob");
        listed("ann", "bob");
        told(List.of(), List.of(), 9);
        told(List.of("ann"), List.of(), 2);
        listed("ann", "bob");
        check(Set.of("ann", "bob"));
    }

    @Test
    void whoIsGoneOwesNoList() {
        joined("bob");
        events.add(new Event.Ended(at(), ROOM, "bob"));
        check(Set.of("ann"));
    }

    @Test
    void oneWhoStayedIsNotToldToHaveLeft() {
        joined("ann");
        joined("bob");
        listed("ann", "bob");
        told(List.of(), List.of("ann"), 1);
        told(List.of("ann"), List.of(), 2);
        listed("ann", "bob");
        check(Set.of("ann", "bob"));
        seconds = 20;
        events.add(new Event.StoodStill(at()));
        told(List.of(), List.of("ann"), 1);
        told(List.of("ann"), List.of(), 2);
        check(Set.of("ann", "bob"));
        seconds = 40;
        told(List.of(), List.of("ann"), 1);
        check(Set.of("bob"), Kind.UNTRUE);
    }

    private long at() {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    private void joined(String receiver) {
        events.add(new Event.Joined(at(), ROOM, receiver, null, new Position("e", 0), false));
    }

    private void listed(String... users) {
        events.add(new Event.Listed(at(), ROOM, "bob", List.of(users)));
    }

    private void told(List<String> joined, List<String> left, long count) {
        events.add(new Event.Told(at(), ROOM, "bob", joined, left, count));
    }

    private void check(Set<String> present, Kind... expected) {
        Map<String, Set<String>> byRoom = Map.of(ROOM, present);
        // What "ann" keeps of the room herself is not looked at: she has asked for no list.
        List<Kind> found = new PresenceChecker(byRoom)
                .check(events).stream()
                        .filter(v -> v.who().equals("bob"))
                        .map(Violation::kind)
                        .toList();
        assertEquals(List.of(expected), found);
    }
}

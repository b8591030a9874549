package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.fail;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.PresenceListener;
import io.roomcast.relay.PresenceStore.Roster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** Records what a node is told of presence, keeps the lists that follow from it, and notes what cannot be true. */
public final class RecordedPresence implements PresenceListener {
    private final Map<RoomName, List<String>> told = new HashMap<>();
    private final Map<RoomName, Set<UserId>> lists = new HashMap<>();
    private final Map<RoomName, Long> revisions = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    @Override
    public synchronized void rosterReceived(RoomName room, Roster roster) {
        lists.put(room, new TreeSet<>(roster.users()));
        word(room, "present " + (roster.users().isEmpty() ? roster.count() : names(roster.users())), roster.revision());
    }

    @Override
    public synchronized void presenceChanged(RoomName room, PresenceChange change) {
        Set<UserId> list = lists.computeIfAbsent(room, r -> new TreeSet<>());
        change.joined().stream().filter(user -> !list.add(user)).forEach(user -> wrong.add(user + " came twice"));
        change.left().stream().filter(user -> !list.remove(user)).forEach(user -> wrong.add(user + " left twice"));
        StringBuilder word = new StringBuilder();
        change.joined().forEach(user -> word.append('+').append(user).append(' '));
        change.left().forEach(user -> word.append('-').append(user).append(' '));
        word(room, word.append(change.count()).toString(), change.revision());
    }

    private void word(RoomName room, String word, long revision) {
        if (revision < revisions.merge(room, revision, Math::max)) {
            wrong.add(word + " is older than what was told before");
        }
        told.computeIfAbsent(room, r -> new ArrayList<>()).add(word);
        notifyAll();
    }

    @Override
    public synchronized void watchEnded(RoomName room) {
        told.computeIfAbsent(room, r -> new ArrayList<>()).add("forgotten");
    }

    private static String names(Iterable<UserId> users) {
        List<String> names = new ArrayList<>();
        users.forEach(user -> names.add(user.value()));
        return String.join(",", names);
    }

    /** Words such as {@code present ann,bob}, {@code +cem 3}, {@code -ann 2}, or a count alone. */
    public synchronized List<String> told(RoomName room) {
        return List.copyOf(told.getOrDefault(room, List.of()));
    }

    /** What was told of who came and went: without counts, and without what was told of nobody. */
    public synchronized List<String> changes(RoomName room) {
        return told(room).stream()
                .filter(word -> word.startsWith("+") || word.startsWith("-"))
                .map(word -> word.substring(0, word.lastIndexOf(' ')))
                .toList();
    }

    public synchronized Set<UserId> list(RoomName room) {
        return new TreeSet<>(lists.getOrDefault(room, Set.of()));
    }

    /** What cannot be true: who came twice, or is told of out of turn. */
    public synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    public void awaitTold(RoomName room, String... words) {
        await(() -> told(room).equals(List.of(words)), () -> told(room) + " is told, not " + List.of(words));
    }

    public void awaitChanges(RoomName room, String... changes) {
        await(() -> changes(room).equals(List.of(changes)), () -> changes(room) + ", not " + List.of(changes));
    }

    public void awaitList(RoomName room, UserId... users) {
        Set<UserId> expected = new TreeSet<>(List.of(users));
        await(() -> list(room).equals(expected), () -> list(room) + ", not " + expected);
    }

    private synchronized void await(BooleanSupplier condition, java.util.function.Supplier<String> otherwise) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        try {
            while (!condition.getAsBoolean()) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    fail(otherwise.get());
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

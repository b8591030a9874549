package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.fail;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.User;
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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Records what a node is told of presence, keeps the lists that follow from it, and notes what cannot be true. */
public final class RecordedPresence implements PresenceListener {
    private final Map<RoomName, List<String>> told = new HashMap<>();
    private final Map<RoomName, Map<UserId, User>> lists = new HashMap<>();
    private final Map<RoomName, Long> revisions = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    @Override
    public synchronized void rosterReceived(RoomName room, Roster roster) {
        Map<UserId, User> list = new TreeMap<>();
        roster.users().forEach(user -> list.put(user.id(), user));
        lists.put(room, list);
        word(room, "present " + (roster.users().isEmpty() ? roster.count() : names(roster.users())), roster.revision());
    }

    @Override
    public synchronized void presenceChanged(RoomName room, PresenceChange change) {
        Map<UserId, User> list = lists.computeIfAbsent(room, r -> new TreeMap<>());
        change.left().stream()
                .filter(user -> list.remove(user) == null)
                .forEach(user -> wrong.add(user + " left twice"));
        change.renamed().stream()
                .filter(user -> user.equals(list.getOrDefault(user.id(), user)))
                .forEach(user -> wrong.add(user + " is shown so already, or not here"));
        change.renamed().forEach(user -> list.replace(user.id(), user));
        change.joined().stream()
                .filter(user -> list.put(user.id(), user) != null)
                .forEach(user -> wrong.add(user + " came twice"));
        StringBuilder word = new StringBuilder();
        change.joined().forEach(user -> word.append('+').append(shown(user)).append(' '));
        change.renamed().forEach(user -> word.append('=').append(shown(user)).append(' '));
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

    private static String names(List<User> users) {
        return users.stream().map(RecordedPresence::shown).collect(Collectors.joining(","));
    }

    /** The id, and what is shown if that is another: {@code ann}, {@code 5f7c:Ann}, {@code 5f7c:Ann:{"a":1}}. */
    private static String shown(User user) {
        return user.isUnnamed()
                ? user.id().value()
                : user.id() + ":" + user.name() + (user.info() == null ? "" : ":" + user.info());
    }

    /** Words such as {@code present ann,bob}, {@code +cem 3}, {@code -ann 2}, or a count alone. */
    public synchronized List<String> told(RoomName room) {
        return List.copyOf(told.getOrDefault(room, List.of()));
    }

    /** What was told of who came and went: without counts, and without what was told of nobody. */
    public synchronized List<String> changes(RoomName room) {
        return told(room).stream()
                .filter(word -> word.startsWith("+") || word.startsWith("=") || word.startsWith("-"))
                .map(word -> word.substring(0, word.lastIndexOf(' ')))
                .toList();
    }

    public synchronized Set<UserId> list(RoomName room) {
        return new TreeSet<>(lists.getOrDefault(room, Map.of()).keySet());
    }

    /** The users in the list, as they are shown. */
    public synchronized List<String> shown(RoomName room) {
        return lists.getOrDefault(room, Map.of()).values().stream()
                .map(RecordedPresence::shown)
                .toList();
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

    public void awaitShown(RoomName room, String... users) {
        await(() -> shown(room).equals(List.of(users)), () -> shown(room) + ", not " + List.of(users));
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

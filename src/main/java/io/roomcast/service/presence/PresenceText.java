package io.roomcast.service.presence;

import io.roomcast.protocol.User;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text of a presence change, for plain clients. */
final class PresenceText {
    /**
     * Number of names in a text that counts the other users. If only one user would be counted, the text names that
     * user, too.
     */
    private static final int NAMES_BEFORE_COUNT = 3;

    private PresenceText() {}

    /**
     * Examples: {@code 300 people are in the room}, {@code ann has joined the room},
     * {@code ann, bob, dan and 4 others have joined the room, carl has left the room}.
     */
    static String of(ChangeCollector.Announcement change) {
        if (!change.hasNames()) {
            return change.count() + " people are in the room";
        }
        return Stream.of(phrase(change.joined(), "joined"), renamed(change.renamed()), phrase(change.left(), "left"))
                .filter(phrase -> !phrase.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String phrase(List<User> users, String did) {
        if (users.isEmpty()) {
            return "";
        }
        return names(users) + (users.size() == 1 ? " has " : " have ") + did + " the room";
    }

    private static String renamed(List<User> users) {
        if (users.isEmpty()) {
            return "";
        }
        return users.size() == 1
                ? "a member is called " + users.get(0).name() + " now"
                : users.size() + " members are called " + names(users) + " now";
    }

    private static String names(List<User> shown) {
        List<String> users = shown.stream().map(User::name).toList();
        int count = users.size();
        if (count > NAMES_BEFORE_COUNT + 1) {
            return String.join(", ", users.subList(0, NAMES_BEFORE_COUNT)) + " and " + (count - NAMES_BEFORE_COUNT)
                    + " others";
        }
        return count == 1
                ? users.get(0)
                : String.join(", ", users.subList(0, count - 1)) + " and " + users.get(count - 1);
    }
}

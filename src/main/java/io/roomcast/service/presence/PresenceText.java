package io.roomcast.service.presence;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text that plain clients show of users who came and went. */
final class PresenceText {
    /** Names in the text; further users are counted. */
    private static final int NAMED = 3;

    private PresenceText() {}

    /** Such as {@code 300 people are in the room}, {@code ann has joined the room}, or {@code ann, bob and 7 others have joined the room, carl has left the room}. */
    static String of(PresenceChanges.Change change) {
        if (!change.hasNames()) {
            return change.count() + " people are in the room";
        }
        return Stream.of(phrase(change.joined(), "joined"), phrase(change.left(), "left"))
                .filter(phrase -> !phrase.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String phrase(Collection<String> users, String did) {
        if (users.isEmpty()) {
            return "";
        }
        return names(List.copyOf(users)) + (users.size() == 1 ? " has " : " have ") + did + " the room";
    }

    private static String names(List<String> users) {
        int count = users.size();
        if (count > NAMED + 1) {
            return String.join(", ", users.subList(0, NAMED)) + " and " + (count - NAMED) + " others";
        }
        return count == 1
                ? users.get(0)
                : String.join(", ", users.subList(0, count - 1)) + " and " + users.get(count - 1);
    }
}

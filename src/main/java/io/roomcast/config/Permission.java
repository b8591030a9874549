package io.roomcast.config;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a user may do in a room. No permission implies another. */
public enum Permission {
    /** Join the room, and get its messages and signals from then on. */
    READ,
    /** Publish messages and send signals. */
    PUBLISH,
    /** See who is in the room, and who comes and goes. */
    PRESENCE,
    /** Get older messages: with {@code history}, and those that were missed before a join. */
    HISTORY,
    /** Remove a user from the room. */
    MODERATE;

    /** Stands for all permissions. */
    public static final String ALL = "*";

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The permission as a token and the configuration write it. */
    public String word() {
        return word;
    }

    /** The permissions that the words name. Unknown words are ignored. */
    public static Set<Permission> of(Collection<String> words) {
        EnumSet<Permission> found = EnumSet.noneOf(Permission.class);
        for (Permission permission : values()) {
            if (words.contains(ALL) || words.contains(permission.word)) {
                found.add(permission);
            }
        }
        return found;
    }
}

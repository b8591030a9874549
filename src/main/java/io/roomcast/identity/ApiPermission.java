package io.roomcast.identity;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A group of requests of the server API that a token may permit. */
public enum ApiPermission {
    /** Publish messages in rooms. */
    PUBLISH,
    /** Read the history, the members and the list of rooms. */
    READ,
    /** Inspect, drain and rebalance the node, and disconnect users. */
    OPERATE;

    /** Parses permissions. Unknown words are ignored. */
    public static Set<ApiPermission> of(Collection<String> words) {
        return Arrays.stream(values())
                .filter(permission -> words.contains(permission.word()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The word for this permission in a token. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.roomcast.identity;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What the server API may be used for. */
public enum ApiPermission {
    /** Say something in rooms. */
    PUBLISH,
    /** Read history, and who is where. */
    READ,
    /** See and change what the node does, and put users out. */
    OPERATE;

    /** The permissions among the words; other words are ignored. */
    public static Set<ApiPermission> of(Collection<String> words) {
        return Arrays.stream(values())
                .filter(permission -> words.contains(permission.word()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** As a token says it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

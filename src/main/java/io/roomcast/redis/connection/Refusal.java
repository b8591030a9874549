package io.roomcast.redis.connection;

import java.util.Arrays;

/** Why publish.lua has stored nothing of a publish, where the node can mend it. */
public enum Refusal {
    /** The node is not admitted to the data. */
    FENCED,
    /** The room has no numbering. */
    ABSENT;

    /** @param text of a failure; null if it is none of these */
    public static Refusal of(String text) {
        return Arrays.stream(values())
                .filter(each -> String.valueOf(text).startsWith("Redis: " + each + " "))
                .findFirst()
                .orElse(null);
    }
}

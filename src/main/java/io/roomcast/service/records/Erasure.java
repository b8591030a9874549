package io.roomcast.service.records;

import java.util.List;

/**
 * How far the erasure of a user's messages is. Other nodes read it as JSON.
 *
 * @param node name of the node that works on it
 * @param state {@code running}, {@code done} or {@code failed}
 * @param beganAt milliseconds since 1970 UTC
 * @param endedAt as {@code beganAt}; null while it runs
 * @param rooms in how many rooms messages were erased
 * @param messages how many messages were erased
 * @param remains where they still are or may be, each a sentence
 * @param error why it failed; else null
 */
public record Erasure(
        String user,
        String node,
        String state,
        long beganAt,
        Long endedAt,
        long rooms,
        long messages,
        List<String> remains,
        String error) {

    public static final String RUNNING = "running";
    static final String DONE = "done";
    static final String FAILED = "failed";

    boolean isRunning() {
        return state.equals(RUNNING);
    }
}

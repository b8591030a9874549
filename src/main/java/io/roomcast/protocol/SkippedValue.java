package io.roomcast.protocol;

import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.util.function.IntConsumer;

/** Steps over a JSON value. {@code skipArray} of Parsson 1.1.7 never returns if the text ends inside the array. */
final class SkippedValue {
    private SkippedValue() {}

    /**
     * Reads to the end of a value.
     *
     * @param first the first event of the value, which the parser has returned already
     * @param depths is told the depth inside the value before each further read
     */
    static void skip(JsonParser parser, Event first, IntConsumer depths) {
        int depth = 0;
        for (Event event = first; ; event = parser.next()) {
            if (event == Event.START_ARRAY || event == Event.START_OBJECT) {
                depth++;
            } else if (event == Event.END_ARRAY || event == Event.END_OBJECT) {
                depth--;
            }
            if (depth == 0) {
                return;
            }
            depths.accept(depth);
        }
    }
}

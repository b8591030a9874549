package io.roomcast.relay;

import java.util.Arrays;
import java.util.Objects;

/**
 * A part of what a node tells another one, or all: see {@link BeatExchange}.
 *
 * @param purpose what it is
 * @param from id of the node that tells
 * @param to id of the node that is told; empty for all
 * @param id the same in all parts of the content, and in the answer to it
 * @param size bytes of the whole content
 * @param rest bytes of the content after this part
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ExchangePart(Purpose purpose, String from, String to, String id, int size, int rest, byte[] bytes) {

    /** What a part is. */
    public enum Purpose {
        /** The node is there; the content is its name. */
        BEAT("beat"),
        /** The node is going. */
        BYE("bye"),
        QUESTION("question"),
        ANSWER("answer"),
        NO_ANSWER("none");

        private final String word;

        Purpose(String word) {
            this.word = word;
        }

        /** The word for it between nodes. */
        public String word() {
            return word;
        }

        /** @throws IllegalArgumentException if this version does not know the word, also if it is null */
        public static Purpose of(String word) {
            return Arrays.stream(values())
                    .filter(each -> Objects.equals(each.word, word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("purpose " + word));
        }
    }
}

package io.roomcast.support.workload;

/** A broken promise, with enough to find it in the history. */
record Violation(Kind kind, String room, String who, String what) {

    enum Kind {
        /** An acknowledged message never reached a member that was owed it. */
        LOST,
        /** A message is missing between two that a member received, and nobody told it. */
        HOLE,
        /** A member received an offset a second time, or after a later one. */
        REPEATED,
        /**
         * Two saw different messages at one place of a room, or an acknowledgement named a place that holds another
         * message. Or the messages of one connection were not stored in the order in which it sent them.
         */
        ORDER,
        /** A message was stored, or acknowledged, at two places of one epoch. */
        TWICE,
        /** {@code recovered:true} that was not true, or a member was told of a loss that it did not have. */
        DISHONEST,
        /** A member was told that somebody came who was there, or left who was not there, or who had stayed. */
        UNTRUE,
        /** When all was quiet a member's list was not who is there. */
        WRONG_LIST
    }
}

package io.roomcast.outbound;

/** Kinds of frames, by what a queue does with them when its client reads too slowly. */
public enum FrameKind {
    /** The reply to a request of the client, or information about its connection. Never dropped. */
    REPLY,
    /** A stored message. Dropped after signals and presence: the client can fetch it from the history. */
    MESSAGE,
    /** A presence change. Replaced by a frame without names when it is dropped. */
    PRESENCE,
    /** An ephemeral signal. Dropped first. */
    SIGNAL;

    /** Whether this kind is dropped first: it would be stale before a slow client reads it. */
    public boolean isNotice() {
        return this == PRESENCE || this == SIGNAL;
    }
}

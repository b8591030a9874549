package io.roomcast.outbound;

/** Kinds of frames. The kind says what a queue does with a frame when the client reads too slowly. */
public enum FrameKind {
    /** The reply to a request of the client, or information about its connection. Never dropped. */
    REPLY,
    /** A reply that is no reason to end a poll that waits for news. Never dropped. */
    QUIET_REPLY,
    /** A stored message. Dropped after signals and presence, if the client can fetch it from the history. */
    MESSAGE,
    /** A presence change. Replaced by a frame without names when it is dropped. */
    PRESENCE,
    /** An ephemeral signal. Dropped first. */
    SIGNAL;

    /** Whether frames of this kind are for one client only, and never dropped. */
    public boolean isReply() {
        return this == REPLY || this == QUIET_REPLY;
    }

    /**
     * Whether frames of this kind are notices: presence changes or signals. Notices are dropped first, because they
     * would be out of date before a slow client reads them.
     */
    public boolean isNotice() {
        return this == PRESENCE || this == SIGNAL;
    }
}

package io.roomcast.outbound;

/** What a frame is worth to a client that reads too slowly. */
public enum FrameKind {
    /** An answer to the client's own request, or a word about its connection. */
    REPLY,
    /** Stored: can be had again by history. */
    MESSAGE,
    /** Who came and went; where it is dropped, a word without names takes its place. */
    PRESENCE,
    /** Ephemeral; the first to be dropped. */
    SIGNAL;

    /** Whether a slow consumer loses it first: it is stale before it could be read. */
    public boolean droppable() {
        return this == PRESENCE || this == SIGNAL;
    }
}

package io.roomcast.outbound;

/** What an {@link OutboundQueue} did with a frame that was offered. */
public enum OfferResult {
    /** Nothing is in flight, and the caller must send the frame. */
    SEND,
    /** The frame waits behind others. */
    WAITS,
    /** Not sent. If the queue is open, a later frame reports dropped messages and presence, but not signals. */
    DROPPED,
    /** The frame does not fit, and no waiting frame may be dropped. */
    OVERFLOW
}

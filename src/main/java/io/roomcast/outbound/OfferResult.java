package io.roomcast.outbound;

/** What becomes of a frame that a queue is offered. */
public enum OfferResult {
    /** Nothing is in flight: it is sent now. */
    SEND,
    /** It has its place behind others. */
    WAITS,
    /** Or forgotten: the client is told of that, or could not use it any more. */
    DROPPED,
    /** There is no room for it, nor anything left to forget. */
    OVERFLOW
}

package io.roomcast.outbound;

/**
 * Stands where word of who came and went in one room waited that was dropped: so a client knows that it has to ask. What is dropped while it waits is in it,
 * too. Guarded by its queue's monitor as long as it waits.
 */
final class Unheard implements QueueEntry {
    private Notice latest;

    Unheard(Notice first) {
        latest = first;
    }

    void takeIn(Notice next) {
        latest = next;
    }

    @Override
    public EncodedFrame frame(GapFrameFactory notice) {
        return latest.unnamed().get();
    }
}

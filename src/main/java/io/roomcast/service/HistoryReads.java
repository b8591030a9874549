package io.roomcast.service;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads pages of a room's history from where a client or back end says. Any thread; no method blocks. */
final class HistoryReads {
    private HistoryReads() {}

    /**
     * Reads a page. A relay knows offsets only. So this method compares the epoch of the page that it got.
     *
     * @param before position before which the page ends, or null
     * @param after position after which the page begins, or null; with neither, the page has the newest messages
     * @return fails with {@code renumbered} if the position is of an old epoch
     */
    static CompletionStage<HistoryPage> read(Relay relay, RoomName room, Position before, Position after, int limit) {
        if (after != null) {
            return inEpoch(relay, room, after, relay.browseAfter(room, after.offset(), limit));
        }
        if (before != null) {
            // Nothing precedes the offsets 0 and 1. For the relay, 0 is the end of the history.
            return inEpoch(relay, room, before, relay.historyBefore(room, Math.max(1, before.offset()), limit));
        }
        return relay.historyBefore(room, 0, limit);
    }

    private static CompletionStage<HistoryPage> inEpoch(
            Relay relay, RoomName room, Position bound, CompletionStage<HistoryPage> read) {
        return read.thenCompose(page -> page.epoch().equals(bound.epoch())
                ? CompletableFuture.completedFuture(page)
                : relay.position(room).thenCompose(HistoryReads::renumbered));
    }

    private static CompletionStage<HistoryPage> renumbered(Position present) {
        return CompletableFuture.failedFuture(ProtocolException.renumbered(present));
    }
}

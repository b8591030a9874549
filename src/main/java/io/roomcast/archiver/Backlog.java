package io.roomcast.archiver;

import io.roomcast.archiver.LogSource.LogCopy;
import io.roomcast.cursor.SeenMessage;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.RelayUnavailableException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Estimates what waits in the broker while the database is away: it looks at some of the rooms with news. For the thread
 * of the archiver.
 */
final class Backlog {
    /** Rooms of a shard that are looked at. */
    private static final int ROOMS = 100;
    /** Rooms that are asked for at a time. */
    private static final int PARALLEL = 50;

    private final LogSource source;
    private final NodeMetrics metrics;

    Backlog(LogSource source, NodeMetrics metrics) {
        this.source = source;
        this.metrics = metrics;
    }

    /**
     * @param taken rooms that wait and are not with the news any more
     * @param heads how far rooms were copied, as far as this is known; null otherwise
     */
    void estimate(Collection<Integer> shards, List<RoomName> taken, Function<RoomName, SeenMessage> heads) {
        try {
            Set<RoomName> rooms = new LinkedHashSet<>(taken);
            for (int shard : shards) {
                rooms.addAll(RoomCopier.await(source.look(shard, ROOMS)));
            }
            long messages = 0;
            boolean losing = false;
            List<RoomName> all = List.copyOf(rooms);
            for (int first = 0; first < all.size(); first += PARALLEL) {
                List<RoomName> some = all.subList(first, Math.min(first + PARALLEL, all.size()));
                List<CompletionStage<LogCopy>> pages = some.stream()
                        .map(room -> source.read(room, heads.apply(room), 0, 0))
                        .toList();
                for (int i = 0; i < pages.size(); i++) {
                    LogCopy page = RoomCopier.await(pages.get(i));
                    SeenMessage head = heads.apply(some.get(i));
                    boolean isKnown = head != null && head.position().epoch().equals(page.epoch());
                    long next = isKnown ? head.position().offset() + 1 : Math.max(page.base(), page.first() - 1) + 1;
                    messages += Math.max(0, page.offset() - next + 1);
                    losing |= page.first() > next;
                }
            }
            metrics.setArchiveBehind(messages, losing);
        } catch (RelayUnavailableException e) {
            // The broker is away, too. What it had is known no better now.
        }
    }
}

package io.roomcast.archiver;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies;
import io.roomcast.relay.Relay;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pages of a room's history from the archive. A room may have had several numberings, each of which goes on after
 * a message of the one before: together they are one history. A page has consecutive messages, so it ends at a hole; the
 * next page begins behind it.
 *
 * <p>Every method blocks. Any thread may call.
 */
final class ArchivedHistory {
    /** Numberings of a room that are looked at: more epochs than a window of a broker outlives. */
    private static final int MOST_LINKS = 20;

    /**
     * A part of the history that has one numbering.
     *
     * @param first the first offset of the part
     * @param last its last offset
     */
    private record Stretch(String epoch, long first, long last) {}

    private final Archive archive;

    ArchivedHistory(Archive archive) {
        this.archive = archive;
    }

    /**
     * The newest messages before an offset.
     *
     * @param newer messages that follow, which are in the page already: its last ones
     */
    HistoryPage before(RoomName room, String epoch, long offset, int limit, List<StoredMessage> newer) {
        long bytes = newer.stream().mapToLong(message -> message.body().length).sum();
        List<Stretch> stretches = stretches(room, epoch);
        List<StoredMessage> older = List.of();
        if (newer.size() < limit) {
            older = newestBefore(room, stretches, offset, limit - newer.size(), Math.max(1, Relay.PAGE_BYTES - bytes));
        }
        boolean isHole = !older.isEmpty()
                && !newer.isEmpty()
                && older.get(older.size() - 1).offset() != offset - 1;
        if (isHole) {
            return new HistoryPage(epoch, newer, true);
        }
        List<StoredMessage> page = new ArrayList<>(older);
        page.addAll(newer);
        if (page.isEmpty()) {
            return new HistoryPage(epoch, page, false);
        }
        long first = page.get(0).offset();
        boolean more = newer.size() < limit && older.isEmpty()
                ? false
                : first > 1 && !newestBefore(room, stretches, first, 1, 1).isEmpty();
        return new HistoryPage(epoch, page, more);
    }

    /** Consecutive messages, oldest first, of the newest stretch that has any. */
    private List<StoredMessage> newestBefore(
            RoomName room, List<Stretch> stretches, long offset, int limit, long maxBytes) {
        for (Stretch stretch : stretches) {
            if (stretch.first() < offset) {
                List<StoredMessage> found =
                        archive
                                .before(room, stretch.epoch(), Math.min(offset, stretch.last() + 1), limit, maxBytes)
                                .stream()
                                .filter(message -> message.offset() >= stretch.first())
                                .map(message -> new StoredMessage(message.offset(), message.body()))
                                .toList();
                if (!found.isEmpty()) {
                    return lastConsecutive(found);
                }
            }
        }
        return List.of();
    }

    /**
     * The oldest messages after an offset.
     *
     * @param last the last message that is wanted
     * @return consecutive messages; empty if there are none
     */
    List<StoredMessage> after(RoomName room, String epoch, long offset, long last, int limit) {
        List<Stretch> stretches = stretches(room, epoch);
        for (int i = stretches.size() - 1; i >= 0; i--) {
            Stretch stretch = stretches.get(i);
            if (stretch.last() > offset) {
                List<StoredMessage> found = archive
                        .after(room, stretch.epoch(), Math.max(offset, stretch.first() - 1), limit, Relay.PAGE_BYTES)
                        .stream()
                        .filter(message -> message.offset() <= Math.min(last, stretch.last()))
                        .map(message -> new StoredMessage(message.offset(), message.body()))
                        .toList();
                if (!found.isEmpty()) {
                    return firstConsecutive(found);
                }
            }
        }
        return List.of();
    }

    /** The newest first. */
    private List<Stretch> stretches(RoomName room, String epoch) {
        List<Stretch> stretches = new ArrayList<>();
        long last = Long.MAX_VALUE - 1;
        for (Copies.Link link : archive.copies().chain(room, MOST_LINKS)) {
            if (stretches.isEmpty() && !link.epoch().equals(epoch)) {
                // The newest that is copied is not the room's: nothing of the room's epoch is copied yet.
                continue;
            }
            stretches.add(new Stretch(link.epoch(), link.continuesTo() + 1, last));
            last = link.continuesTo();
            if (last == 0) {
                break;
            }
        }
        return stretches;
    }

    private static List<StoredMessage> lastConsecutive(List<StoredMessage> messages) {
        int first = messages.size() - 1;
        while (first > 0
                && messages.get(first - 1).offset() == messages.get(first).offset() - 1) {
            first--;
        }
        return messages.subList(first, messages.size());
    }

    private static List<StoredMessage> firstConsecutive(List<StoredMessage> messages) {
        int end = 1;
        while (end < messages.size()
                && messages.get(end).offset() == messages.get(end - 1).offset() + 1) {
            end++;
        }
        return messages.subList(0, end);
    }
}

package io.roomcast.service.records;

import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the messages of a user in all rooms, page by page. Each message that is stored at the beginning is found once.
 * First it looks at all messages that are not in the index of the search yet, room by room; then it asks the index for
 * the others. So what gets into the index meanwhile is not missed. Blocks. One thread.
 */
final class SentMessages {
    private static final int PAGE_MESSAGES = 500;
    private static final long PAGE_BYTES = 256 << 10;
    private static final int EPOCHS_AT_A_TIME = 500;

    /** Messages of one epoch, oldest first. */
    record Found(Archive.Epoch epoch, List<StoredMessage> messages) {}

    /** The offsets at which messages were looked at without the index: after the first, up to the last. */
    private record Looked(long after, long last) {}

    private final Archive archive;
    private final UserId sender;
    private final ArrayDeque<Archive.Epoch> epochs = new ArrayDeque<>();
    /** By the id of the epoch, only of those that had such messages. */
    private final Map<Long, Looked> looked = new HashMap<>();

    private long lastEpochId;
    private boolean hasLooked;
    private long lastSentId;

    SentMessages(Archive archive, UserId sender) {
        this.archive = archive;
        this.sender = sender;
    }

    /** The next messages, of which there may be none yet; null at the end. */
    List<Found> next() {
        return hasLooked ? nextInIndex() : nextNotInIndex();
    }

    private List<Found> nextNotInIndex() {
        if (epochs.isEmpty()) {
            epochs.addAll(archive.epochs(lastEpochId, EPOCHS_AT_A_TIME));
        }
        Archive.Epoch epoch = epochs.peek();
        if (epoch == null) {
            hasLooked = true;
            return List.of();
        }
        lastEpochId = epoch.id();
        Looked before = looked.getOrDefault(epoch.id(), new Looked(epoch.indexedTo(), epoch.indexedTo()));
        List<Archive.Message> page = archive.after(epoch.id(), before.last(), PAGE_MESSAGES, PAGE_BYTES);
        if (page.isEmpty()) {
            epochs.remove();
            return List.of();
        }
        looked.put(
                epoch.id(), new Looked(before.after(), page.get(page.size() - 1).offset()));
        List<StoredMessage> sent = page.stream()
                .filter(message -> RecordLine.isOf(sender, message.body()))
                .map(message -> new StoredMessage(message.offset(), message.body()))
                .toList();
        return sent.isEmpty() ? List.of() : List.of(new Found(epoch, sent));
    }

    private List<Found> nextInIndex() {
        List<Archive.Sent> page = archive.sentBy(sender, lastSentId, PAGE_MESSAGES, PAGE_BYTES);
        if (page.isEmpty()) {
            return null;
        }
        lastSentId = page.get(page.size() - 1).id();
        Map<Long, List<StoredMessage>> byEpoch = new LinkedHashMap<>();
        for (Archive.Sent message : page) {
            Looked known = looked.get(message.epoch());
            boolean isKnown = known != null && message.offset() > known.after() && message.offset() <= known.last();
            if (!isKnown && RecordLine.isOf(sender, message.body())) {
                byEpoch.computeIfAbsent(message.epoch(), id -> new ArrayList<>())
                        .add(new StoredMessage(message.offset(), message.body()));
            }
        }
        List<Found> found = new ArrayList<>();
        byEpoch.forEach((id, messages) -> archive.epochs(id - 1, 1).stream()
                .filter(epoch -> epoch.id() == id)
                .forEach(epoch -> found.add(new Found(epoch, messages))));
        return found;
    }
}

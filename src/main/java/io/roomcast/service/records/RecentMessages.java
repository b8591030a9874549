package io.roomcast.service.records;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.RelayRecords;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Finds the messages of a user in what a broker keeps of all rooms, some rooms at a time.
 *
 * <p>A room that cannot be read, such as one whose keys belong to somebody else, is left out, and counted.
 *
 * <p><b>Concurrency.</b> One step at a time: the next begins when the one before has completed. No method blocks.
 */
final class RecentMessages {
    /** Rooms that are looked at in a step: with the page of each, this bounds the memory. */
    private static final int ROOMS = 20;
    /** Most messages of a room that are found at a time. */
    private static final int MOST = 5_000;

    /**
     * Messages of a room, oldest first.
     *
     * @param epoch of the room now; messages may be of earlier ones
     */
    record Found(RoomName room, String epoch, List<StoredMessage> messages) {}

    private record Part(RoomName room, long after) {}

    private final RelayRecords records;
    private final UserId sender;
    private final String text;
    private final ArrayDeque<Part> parts = new ArrayDeque<>();
    private boolean hasBegun;
    /** Where the walk goes on; null at its end. */
    private String next;

    private volatile int unread;

    RecentMessages(RelayRecords records, UserId sender) {
        this.records = records;
        this.sender = sender;
        this.text = SenderText.of(sender);
    }

    /** How many rooms could not be read. */
    int unread() {
        return unread;
    }

    /** The messages of the next rooms, of which there may be none; completes with null at the end. */
    CompletionStage<List<Found>> next() {
        if (parts.isEmpty() && hasBegun && next == null) {
            return CompletableFuture.completedFuture(null);
        }
        if (!parts.isEmpty()) {
            return findInSome();
        }
        return records.rooms(next).thenCompose(found -> {
            hasBegun = true;
            next = found.next();
            found.rooms().forEach(room -> parts.add(new Part(room, 0)));
            return findInSome();
        });
    }

    private CompletionStage<List<Found>> findInSome() {
        List<CompletableFuture<Found>> all = new ArrayList<>();
        List<Part> more = new ArrayList<>();
        for (Part part = parts.poll(); part != null; part = all.size() < ROOMS ? parts.poll() : null) {
            all.add(find(part, more));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(done -> {
            parts.addAll(more);
            return all.stream()
                    .map(CompletableFuture::join)
                    .filter(found -> !found.messages().isEmpty())
                    .toList();
        });
    }

    /** @param more gets the rest of the room, if there is one */
    private CompletableFuture<Found> find(Part part, List<Part> more) {
        Found none = new Found(part.room(), "", new ArrayList<>());
        return find(none, part.after(), more).toCompletableFuture().exceptionally(failure -> {
            if (!(unwrapped(failure) instanceof RelayUnavailableException)) {
                throw new CompletionException(unwrapped(failure));
            }
            // If the broker is away, the walk fails.
            synchronized (this) {
                unread++;
            }
            return none;
        });
    }

    private CompletionStage<Found> find(Found before, long after, List<Part> more) {
        return records.find(before.room(), text, after).thenCompose(page -> {
            List<StoredMessage> messages = before.messages();
            page.messages().stream()
                    .filter(message -> RecordLine.isOf(sender, message.body()))
                    .forEach(messages::add);
            Found found = new Found(before.room(), page.epoch(), messages);
            if (page.next() == 0) {
                return CompletableFuture.completedFuture(found);
            }
            if (messages.size() >= MOST) {
                synchronized (more) {
                    more.add(new Part(before.room(), page.next()));
                }
                return CompletableFuture.completedFuture(found);
            }
            return find(found, page.next(), more);
        });
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}

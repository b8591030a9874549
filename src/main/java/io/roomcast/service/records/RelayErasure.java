package io.roomcast.service.records;

import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Erases the messages of a user in what a broker keeps beside the archive. This comes before the archive, so that what is
 * copied afterwards is erased already. What a node has read before and not stored yet is read again: see {@link
 * Copies#interrupt}.
 *
 * <p><b>Concurrency.</b> One step at a time: the next begins when the one before has completed. No method blocks: the
 * archive is asked on the {@link ArchiveThread}.
 */
final class RelayErasure {
    private final RecentMessages recent;
    private final Archive archive;
    private final ArchiveThread thread;
    private final Function<RecentMessages.Found, CompletionStage<Void>> erase;
    /** What was erased here and was not in the archive then, as far as it is known. */
    private final Map<RoomName, Set<Long>> early = new HashMap<>();

    /** @param erase replaces the bodies of these messages, in the relay and in the memory of all nodes */
    RelayErasure(
            RecentMessages recent,
            Archive archive,
            ArchiveThread thread,
            Function<RecentMessages.Found, CompletionStage<Void>> erase) {
        this.recent = recent;
        this.archive = archive;
        this.thread = thread;
        this.erase = erase;
    }

    /** Goes on for a moment. Completes with whether there is more to do. */
    CompletionStage<Boolean> step() {
        return recent.next().thenCompose(page -> page == null ? interrupt() : erase(page));
    }

    private CompletionStage<Boolean> interrupt() {
        return thread.run(() -> {
            archive.copies().interrupt();
            return false;
        });
    }

    private CompletionStage<Boolean> erase(List<RecentMessages.Found> page) {
        if (page.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        List<RoomName> rooms = page.stream().map(RecentMessages.Found::room).toList();
        CompletionStage<Map<RoomName, Copies.Head>> before =
                thread.run(() -> archive.copies().heads(rooms));
        return before.thenCompose(heads -> {
            CompletionStage<Void> all = CompletableFuture.completedFuture(null);
            for (RecentMessages.Found found : page) {
                noteEarly(found, heads.get(found.room()));
                all = all.thenCompose(done -> erase.apply(withoutBodies(found)));
            }
            return all.thenApply(done -> true);
        });
    }

    private void noteEarly(RecentMessages.Found found, Copies.Head head) {
        long archived = head != null && head.epoch().equals(found.epoch()) ? head.offset() : 0;
        found.messages().stream()
                .map(StoredMessage::offset)
                .filter(offset -> offset > archived)
                .forEach(offset -> early.computeIfAbsent(found.room(), room -> new HashSet<>())
                        .add(offset));
    }

    private static RecentMessages.Found withoutBodies(RecentMessages.Found found) {
        RoomName room = found.room();
        return new RecentMessages.Found(
                room,
                found.epoch(),
                found.messages().stream()
                        .map(message -> new StoredMessage(message.offset(), MessageFrames.erased(room, message.body())))
                        .toList());
    }

    /** Whether the message was erased here before the archive had it, so that it counts here. */
    boolean isEarly(RoomName room, long offset) {
        return early.getOrDefault(room, Set.of()).contains(offset);
    }

    /** How many rooms could not be read. */
    int unread() {
        return recent.unread();
    }
}

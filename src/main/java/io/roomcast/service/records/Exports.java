package io.roomcast.service.records;

import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.relay.RelayProvider;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Begins exports of what the archive has of a room or of a user. Any thread; no method blocks. */
@ApplicationScoped
public class Exports {
    /** Most exports at a time. Each has a page in memory, and a reader who may be slow. */
    private static final int MAX_EXPORTS = 4;

    private static final int EPOCHS_AT_A_TIME = 500;

    private final AtomicInteger running = new AtomicInteger();
    private Optional<Archive> archive;
    private Clocks clocks;
    private ArchiveThread thread;

    /** For the container's proxy. */
    protected Exports() {}

    @Inject
    public Exports(RelayProvider.RelayAndPresence opened, Clocks clocks, Threads threads) {
        this.archive = opened.archive();
        this.clocks = clocks;
        this.thread = new ArchiveThread(threads.loopThreads());
    }

    /**
     * All messages of a room, of all its epochs, up to the last one that it has now.
     *
     * @return the export, which must be closed
     * @throws ProtocolException {@code not_implemented} without an archive, and {@code busy} if too many exports run
     */
    public CompletionStage<Export> ofRoom(RoomName room) {
        Archive from = require(archive);
        return begin(() -> {
            Optional<Archive.Numbering> last = from.numbering(room);
            JsonObjectBuilder head = RecordLine.head(clocks.wall().millis()).add("room", room.value());
            last.ifPresent(place -> head.add("epoch", place.epoch()).add("offset", place.offset()));
            List<Archive.Epoch> epochs = from.epochs(room);
            return new Export.Selection(
                    head, after -> after == 0 ? epochs : List.of(), last.orElse(null), body -> true, true);
        });
    }

    /**
     * All messages that a user has sent.
     *
     * @param rooms which rooms are looked at
     * @return as {@link #ofRoom}
     */
    public CompletionStage<Export> ofUser(UserId user, Predicate<RoomName> rooms) {
        Archive from = require(archive);
        return begin(() -> new Export.Selection(
                RecordLine.head(clocks.wall().millis()).add("user", user.value()),
                after -> visible(from, after, rooms),
                null,
                body -> RecordLine.isOf(user, body),
                false));
    }

    private static List<Archive.Epoch> visible(Archive archive, long after, Predicate<RoomName> rooms) {
        List<Archive.Epoch> page = archive.epochs(after, EPOCHS_AT_A_TIME);
        while (!page.isEmpty()) {
            List<Archive.Epoch> found =
                    page.stream().filter(epoch -> rooms.test(epoch.room())).toList();
            if (!found.isEmpty()) {
                return found;
            }
            page = archive.epochs(page.get(page.size() - 1).id(), EPOCHS_AT_A_TIME);
        }
        return page;
    }

    /** The archive of this node. */
    static Archive require(Optional<Archive> archive) {
        return archive.orElseThrow(() -> new ProtocolException(
                ErrorCode.NOT_IMPLEMENTED,
                "this node has no archive (see docs/archive.md); messages are in memory only"));
    }

    private CompletionStage<Export> begin(Supplier<Export.Selection> selection) {
        if (running.incrementAndGet() > MAX_EXPORTS) {
            running.decrementAndGet();
            return CompletableFuture.failedFuture(new ProtocolException(
                    ErrorCode.BUSY, MAX_EXPORTS + " exports run already; try again", Limits.RETRY_AFTER_MS));
        }
        AtomicBoolean isOpen = new AtomicBoolean(true);
        Runnable close = () -> {
            if (isOpen.compareAndSet(true, false)) {
                running.decrementAndGet();
            }
        };
        return thread.run(selection)
                .thenApply(selected -> new Export(archive.orElseThrow(), thread, selected, close))
                .whenComplete((export, failure) -> {
                    if (failure != null) {
                        close.run();
                    }
                });
    }

    @PreDestroy
    void end() {
        if (thread != null) {
            thread.close();
        }
    }
}

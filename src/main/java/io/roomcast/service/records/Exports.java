package io.roomcast.service.records;

import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.relay.RelayProvider;
import io.roomcast.relay.RelayRecords;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Begins exports of what the archive has of a room or of a user. Any thread; no method blocks. */
@ApplicationScoped
public class Exports {
    /** Most exports at a time. Each has a page in memory, and a reader who may be slow. */
    private static final int MAX_EXPORTS = 4;

    /** How long the export of a room waits for the archive; less than the API waits for the export. */
    private static final Duration PATIENCE_FOR_ROOM = Duration.ofSeconds(3);

    private static final Duration PATIENCE_FOR_ALL = Duration.ofSeconds(30);

    private final AtomicInteger running = new AtomicInteger();
    private Optional<Archive> archive;
    private Optional<RelayRecords> records;
    private Clocks clocks;
    private Threads threads;
    private ArchiveThread thread;

    /** For the container's proxy. */
    protected Exports() {}

    @Inject
    public Exports(RelayProvider.RelayAndPresence opened, Clocks clocks, Threads threads, ArchiveThread thread) {
        this.archive = opened.archive();
        this.records = opened.records();
        this.clocks = clocks;
        this.threads = threads;
        this.thread = thread;
    }

    /**
     * All messages of a room, of all its epochs, up to the last one that it has now. If many nodes share the archive, it
     * is waited for until it has this message.
     *
     * @return the export, which must be closed; fails with {@code RelayUnavailableException} if the archive is behind, or
     *     cannot be read
     * @throws ProtocolException {@code not_implemented} without an archive, and {@code busy} if too many exports run
     */
    public CompletionStage<Export> ofRoom(RoomName room) {
        Archive from = require(archive);
        return records.map(relay -> ArchivedAll.room(room, relay, from, thread, threads, PATIENCE_FOR_ROOM))
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenCompose(end -> ofRoom(room, from, end == null ? null : end.last()));
    }

    /** @param end of the room; null if the archive knows it */
    private CompletionStage<Export> ofRoom(RoomName room, Archive from, Position end) {
        return begin(close -> {
            JsonObjectBuilder head = RecordLine.head(clocks.wall().millis()).add("room", room.value());
            Optional<Archive.Numbering> last = end == null || end.offset() == 0
                    ? from.numbering(room)
                    : Optional.of(new Archive.Numbering(end.epoch(), end.offset()));
            if (last.isEmpty()) {
                return new Export(thread, Exports::ready, head, out -> -1, close);
            }
            head.add("epoch", last.get().epoch()).add("offset", last.get().offset());
            RoomMessages messages = new RoomMessages(from, room, last.get());
            Position first = messages.first();
            if (first != null) {
                head.add("first", RecordLine.placeObject(first));
            }
            return new Export(thread, Exports::ready, head, messages, close);
        });
    }

    /**
     * All messages that a user has sent. If many nodes share the archive, it is waited for after the first line.
     *
     * @param rooms those whose messages the export may have
     * @return as {@link #ofRoom}
     */
    public CompletionStage<Export> ofUser(UserId user, Predicate<RoomName> rooms) {
        Archive from = require(archive);
        JsonObjectBuilder head = RecordLine.head(clocks.wall().millis()).add("user", user.value());
        SentMessages sent = new SentMessages(from, user);
        Supplier<CompletionStage<Boolean>> preparing = records.<Supplier<CompletionStage<Boolean>>>map(
                        relay -> ArchivedAll.rooms(relay, from, thread, threads, PATIENCE_FOR_ALL)::step)
                .orElse(Exports::ready);
        return begin(close -> new Export(thread, preparing, head, out -> writePage(sent, rooms, out), close));
    }

    private static int writePage(SentMessages sent, Predicate<RoomName> rooms, ByteArrayOutputStream out) {
        List<SentMessages.Found> page = sent.next();
        if (page == null) {
            return -1;
        }
        int lines = 0;
        for (SentMessages.Found found : page) {
            if (rooms.test(found.epoch().room())) {
                found.messages()
                        .forEach(message -> RecordLine.write(out, found.epoch().name(), message, null));
                lines += found.messages().size();
            }
        }
        return lines;
    }

    /** Nothing is to be done before an export. */
    private static CompletionStage<Boolean> ready() {
        return CompletableFuture.completedFuture(true);
    }

    /** The archive of this node. */
    static Archive require(Optional<Archive> archive) {
        return archive.orElseThrow(() -> new ProtocolException(
                ErrorCode.NOT_IMPLEMENTED,
                "this node has no archive (see docs/archive.md); messages are in memory only"));
    }

    /** @param maker called on the thread, with what is to be called when the export is closed */
    private CompletionStage<Export> begin(Function<Runnable, Export> maker) {
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
        return thread.run(() -> maker.apply(close)).whenComplete((export, failure) -> {
            if (failure != null) {
                close.run();
            }
        });
    }
}

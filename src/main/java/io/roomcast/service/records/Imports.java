package io.roomcast.service.records;

import io.roomcast.node.Author;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.RoomSettings;
import io.roomcast.node.Threads;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.relay.Relay;
import io.roomcast.relay.RelayProvider;
import io.roomcast.relay.Restoring;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Brings the lines of an export back to a room. Any thread; no method blocks. */
@ApplicationScoped
public class Imports {
    private static final Logger LOG = System.getLogger(Imports.class.getName());

    /** By how much the clock of the node that stored a message may be ahead. Later times would break the order of a search. */
    private static final long AHEAD_MILLIS = TimeUnit.MINUTES.toMillis(1);

    /**
     * What an import did.
     *
     * @param messages how many lines are messages
     * @param stored how many of them are new in the room
     * @param present how many the room had already
     * @param hasEnd whether the lines have the end of an export
     * @param failure why the next message was not stored, and none after it; null if all are in the room
     */
    public record Report(int messages, int stored, int present, boolean hasEnd, Throwable failure) {
        private Report with(Restoring.Done done) {
            return new Report(messages, stored + done.stored(), present + done.present(), hasEnd, null);
        }
    }

    private Relay relay;
    /** Empty if the relay has the archive for itself, or there is none. */
    private Optional<SharedImport> shared;

    private ServerFrameWriter writer;
    private Limits limits;
    private Clocks clocks;

    /** For the container's proxy. */
    protected Imports() {}

    @Inject
    public Imports(
            Relay relay,
            RelayProvider.RelayAndPresence opened,
            ServerFrameWriter writer,
            Limits limits,
            RoomSettings rooms,
            Clocks clocks,
            Threads threads,
            ArchiveThread thread) {
        this.relay = relay;
        this.shared = opened.records()
                .map(records ->
                        new SharedImport(records, opened.archive().orElseThrow(), rooms, clocks, threads, thread));
        this.writer = writer;
        this.limits = limits;
        this.clocks = clocks;
    }

    /**
     * Stores the messages of these lines at the places that they had.
     *
     * @return fails, as {@link Relay#restore} does, if not one message is in the room
     * @throws io.roomcast.protocol.ProtocolException {@code bad_request} that names the first bad lines; nothing is stored
     *     then
     */
    public CompletionStage<Report> store(RoomName room, String text, Author author) {
        ImportLines lines = new ImportLines(room, writer, limits, clocks.wall().millis() + AHEAD_MILLIS);
        lines.read(text);
        Report none = new Report(lines.messages(), 0, 0, lines.hasEnd(), null);
        return check(room, lines.steps())
                .thenCompose(checked -> store(room, lines.steps(), 0, none))
                .thenApply(report -> {
                    LOG.log(
                            Level.INFO,
                            "Messages were imported to room " + LogText.of(room.value()) + " (" + report.stored()
                                    + " new, " + report.present() + " known), by " + author.text());
                    return report;
                });
    }

    private CompletionStage<Void> check(RoomName room, List<Restoring> steps) {
        return shared.isPresent() ? shared.get().check(room, steps) : relay.checkRestore(room, steps);
    }

    private CompletionStage<Restoring.Done> restore(RoomName room, Restoring step) {
        return shared.isPresent() ? shared.get().restore(room, step) : relay.restore(room, step);
    }

    private CompletionStage<Report> store(RoomName room, List<Restoring> steps, int next, Report report) {
        if (next == steps.size()) {
            return CompletableFuture.completedFuture(report);
        }
        return restore(room, steps.get(next))
                .handle((done, failure) -> {
                    if (failure == null) {
                        return store(room, steps, next + 1, report.with(done));
                    }
                    return next == 0
                            ? CompletableFuture.<Report>failedStage(failure)
                            : CompletableFuture.completedStage(new Report(
                                    report.messages(), report.stored(), report.present(), report.hasEnd(), failure));
                })
                .thenCompose(stage -> stage);
    }
}

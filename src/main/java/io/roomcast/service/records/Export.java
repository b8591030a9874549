package io.roomcast.service.records;

import io.roomcast.relay.Archive;
import io.roomcast.service.Failure;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * The messages of some epochs as lines, part by part. It has one page in memory at a time, and reads the next one when
 * it is asked for the next part.
 *
 * <p><b>Concurrency.</b> One caller at a time, on any thread. All state belongs to the step that runs on the
 * {@link ArchiveThread}.
 */
public final class Export {
    /** A part is sent when it has so many bytes, or after so many pages. Then others have their turn. */
    private static final int PART_BYTES = 64 << 10;

    private static final int PART_PAGES = 8;
    private static final int PAGE_MESSAGES = 500;
    private static final long PAGE_BYTES = 256 << 10;

    /**
     * Which messages an export has.
     *
     * @param head the first line
     * @param epochs the epochs after that with an id, some at a time; empty at the end
     * @param last offset of the last message of the newest epoch, whose messages have no end while people write; 0 to read
     *     all
     * @param contains whether a body belongs to it
     * @param isChained whether the epochs are those of one room, so that each one's place says what was before
     */
    record Selection(
            JsonObjectBuilder head,
            LongFunction<List<Archive.Epoch>> epochs,
            Archive.Numbering last,
            Predicate<byte[]> contains,
            boolean isChained) {}

    private final Archive archive;
    private final ArchiveThread thread;
    private final Selection selection;
    private final Runnable whenClosed;
    private final ArrayDeque<Archive.Epoch> epochs = new ArrayDeque<>();
    /** Null before the first and between two. */
    private Archive.Epoch epoch;

    private long lastEpochId;
    private long offset;
    private String previous;
    private boolean hasBegun;
    private boolean hasEnded;
    private long messages;

    /** @param whenClosed called once, when nothing more is read */
    Export(Archive archive, ArchiveThread thread, Selection selection, Runnable whenClosed) {
        this.archive = archive;
        this.thread = thread;
        this.selection = selection;
        this.whenClosed = whenClosed;
    }

    /**
     * The next lines, in UTF-8; null after the last line. May have none, while nothing was found. The first part fails
     * if the archive cannot be read; later the last line says so.
     */
    public CompletionStage<byte[]> next() {
        return thread.run(this::read).handle((part, failure) -> {
            if (failure == null) {
                return part;
            }
            if (!hasBegun) {
                throw failed(failure);
            }
            hasEnded = true;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Failure why = Failure.of(failure);
            RecordLine.write(
                    out, RecordLine.end(messages, false).add("error", why.code().wire()));
            return out.toByteArray();
        });
    }

    private static RuntimeException failed(Throwable failure) {
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }

    private byte[] read() {
        if (hasEnded) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean isFirst = !hasBegun;
        for (int page = 0; page < PART_PAGES && out.size() < PART_BYTES && !hasEnded; page++) {
            readPage(out);
        }
        if (isFirst) {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            RecordLine.write(head, selection.head());
            head.writeBytes(out.toByteArray());
            out = head;
            hasBegun = true;
        }
        return out.toByteArray();
    }

    private void readPage(ByteArrayOutputStream out) {
        if (epoch == null && !beginEpoch()) {
            hasEnded = true;
            RecordLine.write(out, RecordLine.end(messages, true));
            return;
        }
        boolean isLast =
                selection.last() != null && epoch.name().equals(selection.last().epoch());
        List<Archive.Message> page = archive.after(epoch.id(), offset, PAGE_MESSAGES, PAGE_BYTES);
        for (Archive.Message message : page) {
            if (isLast && message.offset() > selection.last().offset()) {
                endEpoch();
                return;
            }
            if (selection.contains().test(message.body())) {
                RecordLine.write(out, epoch.name(), message, offset == 0 ? previous : null);
                messages++;
            }
            offset = message.offset();
        }
        if (page.isEmpty()) {
            endEpoch();
        }
    }

    private boolean beginEpoch() {
        if (epochs.isEmpty()) {
            epochs.addAll(selection.epochs().apply(lastEpochId));
        }
        epoch = epochs.poll();
        offset = 0;
        lastEpochId = epoch == null ? lastEpochId : epoch.id();
        return epoch != null;
    }

    private void endEpoch() {
        if (selection.isChained() && offset > 0) {
            previous = RecordLine.place(epoch.name(), offset);
        }
        epoch = null;
    }

    /** Nothing more is read. The second call does nothing. */
    public void close() {
        whenClosed.run();
    }
}

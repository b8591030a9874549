package io.roomcast.service.records;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.relay.RelayUnavailableException;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Stored messages as lines, part by part. It has one page in memory at a time, and reads the next one when it is asked for
 * the next part.
 *
 * <p><b>Concurrency.</b> One caller at a time, on any thread. All state belongs to the step that runs on the
 * {@link ArchiveThread}.
 */
public final class Export {
    /** A part is sent when it has so many bytes, or after so many pages. Then others have their turn. */
    private static final int PART_BYTES = 64 << 10;

    private static final int PART_PAGES = 8;

    /** Where the messages come from. */
    interface Source {
        /**
         * Writes the lines of the next page, which may have none.
         *
         * @return how many lines; negative if there are no more pages
         */
        int writePage(ByteArrayOutputStream out);
    }

    private final ArchiveThread thread;
    private final Supplier<CompletionStage<Boolean>> preparing;
    private final JsonObjectBuilder head;
    private final Source source;
    private final Runnable whenClosed;
    private boolean isPrepared;
    private boolean hasBegun;
    private boolean hasEnded;
    private long messages;

    /**
     * @param preparing a step of what is to be done after the first line and before the source is read; completes with
     *     whether it was the last one
     * @param head the first line
     * @param whenClosed called when nothing more is read
     */
    Export(
            ArchiveThread thread,
            Supplier<CompletionStage<Boolean>> preparing,
            JsonObjectBuilder head,
            Source source,
            Runnable whenClosed) {
        this.thread = thread;
        this.preparing = preparing;
        this.head = head;
        this.source = source;
        this.whenClosed = whenClosed;
    }

    /**
     * The next lines, in UTF-8; null after the last line. May have none, while nothing was found. The first part fails
     * if the archive cannot be read; later the last line says so.
     */
    public CompletionStage<byte[]> next() {
        CompletionStage<byte[]> next = isPrepared
                ? thread.run(this::read)
                : preparing.get().thenCompose(isLast -> thread.run(() -> prepared(isLast)));
        return next.handle((part, thrown) -> {
            Throwable failure =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            if (failure == null) {
                return part;
            }
            if (hasEnded) {
                return null; // The thread takes no steps any more, but the last line is written.
            }
            if (!hasBegun) {
                throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
            }
            hasEnded = true;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            RecordLine.write(
                    out,
                    RecordLine.end(messages, false).add("error", codeOf(failure).wire()));
            return out.toByteArray();
        });
    }

    private static ErrorCode codeOf(Throwable failure) {
        return failure instanceof RelayUnavailableException ? ErrorCode.UNAVAILABLE : ErrorCode.UNKNOWN;
    }

    private byte[] prepared(boolean isLast) {
        isPrepared = isLast;
        if (isLast) {
            return read();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        begin(out);
        return out.toByteArray();
    }

    private void begin(ByteArrayOutputStream out) {
        if (!hasBegun) {
            RecordLine.write(out, head);
        }
        hasBegun = true;
    }

    private byte[] read() {
        if (hasEnded) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        begin(out);
        for (int page = 0; page < PART_PAGES && out.size() < PART_BYTES && !hasEnded; page++) {
            int lines = source.writePage(out);
            hasEnded = lines < 0;
            messages += Math.max(0, lines);
        }
        if (hasEnded) {
            RecordLine.write(out, RecordLine.end(messages, true));
        }
        return out.toByteArray();
    }

    /** Nothing more is read. The second call does nothing. */
    public void close() {
        whenClosed.run();
    }
}

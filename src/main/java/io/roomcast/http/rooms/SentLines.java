package io.roomcast.http.rooms;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * The answers to the frames of one send, in the order of the frames, however they are made.
 *
 * <p><b>Concurrency.</b> Any thread. The monitor guards all state; the result completes outside it.
 */
final class SentLines {
    private final byte[][] answers;
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private int missing;
    /** Completes when as many of the first frames as are {@code awaited} have answers; null if nobody waits. */
    private CompletableFuture<Void> waiter;

    private int awaited;
    private boolean isDone;
    /** Set when the node has closed the session. */
    private byte[] closed;

    SentLines(int frames) {
        this.answers = new byte[frames][];
        this.missing = frames;
    }

    /** Completes with all answers, each with a newline behind it. */
    CompletableFuture<byte[]> result() {
        return result;
    }

    /** The transport of the session for one frame. What it is sent first is the answer to the frame. */
    Transport transportOf(int index) {
        return new Transport() {
            @Override
            public String kind() {
                return "send";
            }

            @Override
            public void send(EncodedFrame frame, Completion completion) {
                answer(index, frame.payload());
                completion.sent(null);
            }

            @Override
            public void ping() {}

            @Override
            public void close(CloseCode code, String reason) {
                closeAll(Lines.closed(code, reason));
            }
        };
    }

    /** Answers a frame. Has no effect if it is answered already. */
    void answer(int index, byte[] answer) {
        boolean isLast;
        CompletableFuture<Void> ready = null;
        synchronized (this) {
            if (isDone || answers[index] != null) {
                return;
            }
            answers[index] = answer;
            isLast = --missing == 0;
            if (waiter != null && isAnswered(awaited)) {
                ready = waiter;
                waiter = null;
            }
        }
        if (ready != null) {
            ready.complete(null);
        }
        if (isLast) {
            deliver();
        }
    }

    private boolean isAnswered(int frames) {
        return Arrays.stream(answers, 0, frames).allMatch(Objects::nonNull);
    }

    /** Completes when the first frames are answered; never, if the node closes the session before. One may wait at a time. */
    CompletableFuture<Void> answered(int frames) {
        synchronized (this) {
            if (!isAnswered(frames)) {
                awaited = frames;
                waiter = new CompletableFuture<>();
                return waiter;
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Bytes of the answers that there are. */
    synchronized long bytes() {
        return Arrays.stream(answers)
                .filter(Objects::nonNull)
                .mapToLong(answer -> answer.length + 1L)
                .sum();
    }

    /** The node has closed the session. What is not answered now is not answered. */
    private void closeAll(byte[] line) {
        synchronized (this) {
            closed = line;
        }
        deliver();
    }

    synchronized boolean isDone() {
        return isDone || closed != null;
    }

    /** Answers all frames that have no answer yet. */
    void answerRest(byte[] answer) {
        synchronized (this) {
            for (int i = 0; i < answers.length && !isDone; i++) {
                answers[i] = answers[i] == null ? answer : answers[i];
            }
        }
        deliver();
    }

    private void deliver() {
        ByteArrayOutputStream all = new ByteArrayOutputStream(256);
        synchronized (this) {
            if (isDone) {
                return;
            }
            isDone = true;
            for (byte[] answer : answers) {
                if (answer != null) {
                    all.writeBytes(answer);
                    all.write('\n');
                }
            }
            if (closed != null) {
                all.writeBytes(closed);
                all.write('\n');
            }
        }
        result.complete(all.toByteArray());
    }
}

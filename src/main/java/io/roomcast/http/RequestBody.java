package io.roomcast.http;

import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * Reads the body of one request without a waiting thread. So clients that stop in the middle of a body cannot occupy
 * all threads of the server. The container calls from one thread at a time.
 */
public final class RequestBody implements ReadListener {
    private static final long TIMEOUT_SECONDS = 10;
    /**
     * Begin of the class name of the embedded server's stream. This stream calls the listener only after a read that
     * found no data. So this class reads first.
     */
    private static final String GRIZZLY_STREAM_PREFIX = "org.glassfish.grizzly.servlet.";

    private static final int BUFFER_BYTES = 8 * 1024;

    private final ServletInputStream input;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    /** Completes with the whole body. */
    private final CompletableFuture<byte[]> wholeBody = new CompletableFuture<>();

    /** Bytes of the body; negative if the client has not sent a length. */
    private final long length;

    private final int maxBytes;

    private RequestBody(ServletInputStream input, long length, int maxBytes) {
        this.maxBytes = maxBytes;
        this.input = input;
        this.length = length;
    }

    /**
     * @param input the stream of a request that is asynchronous already
     * @param length bytes of the body; negative if the client has not sent a length
     * @param maxBytes the most bytes that are read
     * @return fails with {@link ProtocolException} if the body is too large, late or incomplete
     */
    public static CompletableFuture<byte[]> of(ServletInputStream input, long length, int maxBytes, Threads threads)
            throws IOException {
        if (length > maxBytes) {
            return CompletableFuture.failedFuture(tooLarge(maxBytes));
        }
        RequestBody body = new RequestBody(input, length, maxBytes);
        CompletableFuture<byte[]> read = threads.within(TIMEOUT_SECONDS, body.wholeBody);
        input.setReadListener(body);
        if (input.getClass().getName().startsWith(GRIZZLY_STREAM_PREFIX)) {
            body.onDataAvailable();
        }
        return read.handle((all, failure) -> {
            if (failure != null) {
                body.wholeBody.completeExceptionally(failure); // stops reading
                throw refusal(failure);
            }
            return all;
        });
    }

    private static ProtocolException tooLarge(int maxBytes) {
        return new ProtocolException(ErrorCode.TOO_LARGE, "a request may have " + maxBytes + " bytes");
    }

    private static ProtocolException refusal(Throwable failure) {
        if (failure instanceof ProtocolException refusal) {
            return refusal;
        } else if (failure instanceof TimeoutException) {
            return new ProtocolException(ErrorCode.TIMEOUT, "the body was not there within " + TIMEOUT_SECONDS + " s");
        }
        return new ProtocolException(ErrorCode.BAD_REQUEST, "the body broke off");
    }

    @Override
    public void onDataAvailable() throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (!wholeBody.isDone() && input.isReady()) {
            int count = input.read(buffer, 0, length < 0 ? buffer.length : (int) Math.min(buffer.length, bytesLeft()));
            if (count < 0) {
                onAllDataRead();
                return;
            }
            bytes.write(buffer, 0, count);
            if (bytes.size() > maxBytes) {
                wholeBody.completeExceptionally(tooLarge(maxBytes));
            } else if (bytes.size() == length) {
                // Payara does not report the end of the body if the request has a header Upgrade. Java's HTTP client
                // sends this header.
                onAllDataRead();
            }
        }
    }

    private long bytesLeft() {
        return length - bytes.size();
    }

    @Override
    public void onAllDataRead() {
        wholeBody.complete(bytes.toByteArray());
    }

    @Override
    public void onError(Throwable failure) {
        wholeBody.completeExceptionally(failure);
    }
}

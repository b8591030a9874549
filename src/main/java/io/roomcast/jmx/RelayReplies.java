package io.roomcast.jmx;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.service.Failure;
import java.lang.System.Logger;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for replies of the relay, on the threads that serve consoles. */
final class RelayReplies {
    private static final Logger LOG = System.getLogger(RelayReplies.class.getName());
    private static final long TIMEOUT_SECONDS = 5;

    private RelayReplies() {}

    /**
     * Waits at most five seconds until the relay answers. Only a thread that serves a console may call this method.
     *
     * @throws IllegalStateException if the relay fails or does not answer in time
     */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Failure failure = Failure.of(e);
            failure.log(LOG, "An operation of the console failed");
            String text = failure.code() == ErrorCode.UNAVAILABLE
                    ? "the relay does not answer now; try again"
                    : failure.text();
            throw new IllegalStateException(failure.code().wire() + ": " + text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        }
    }
}

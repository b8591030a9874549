package io.roomcast.support;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.relay.RelayUnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Waits for the result of a {@link CompletionStage}, with a limit. */
public final class Stages {
    private Stages() {}

    public static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** As a client does: calls again while the relay cannot be reached, until it is answered. */
    public static <T> T untilAnswered(Supplier<? extends CompletionStage<T>> call) {
        AtomicReference<T> answer = new AtomicReference<>();
        Await.until("the relay answers", () -> {
            try {
                answer.set(call.get().toCompletableFuture().join());
                return true;
            } catch (CompletionException e) {
                assertInstanceOf(RelayUnavailableException.class, e.getCause());
                return false;
            }
        });
        return answer.get();
    }

    public static void assertUnavailable(CompletionStage<?> stage) {
        ExecutionException failure = assertThrows(
                ExecutionException.class, () -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        assertInstanceOf(RelayUnavailableException.class, failure.getCause());
    }
}

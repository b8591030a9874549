package io.roomcast.redis;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Turns answers of Redis into results. */
final class Replies {
    private Replies() {}

    /** As {@code thenApply}, but a failure is passed on as it is, not wrapped. */
    static <T> CompletableFuture<T> map(CompletableFuture<Object> reply, Function<Object, T> reading) {
        CompletableFuture<T> result = new CompletableFuture<>();
        reply.whenComplete((answer, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            try {
                result.complete(reading.apply(answer));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}

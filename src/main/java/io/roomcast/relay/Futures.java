package io.roomcast.relay;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Combines completion stages. */
public final class Futures {
    private Futures() {}

    /** Completes when all stages have completed. If a stage has failed, the result fails when all stages have ended. */
    public static CompletionStage<Void> all(List<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /** Completes with the first result. Fails if both stages have failed. */
    public static <T> CompletionStage<T> first(CompletionStage<T> one, CompletionStage<T> other) {
        CompletableFuture<T> result = new CompletableFuture<>();
        one.whenComplete((value, failure) -> completeOrFail(result, value, failure, other));
        other.whenComplete((value, failure) -> completeOrFail(result, value, failure, one));
        return result;
    }

    private static <T> void completeOrFail(
            CompletableFuture<T> result, T value, Throwable failure, CompletionStage<T> other) {
        if (failure == null) {
            result.complete(value);
        } else if (other.toCompletableFuture().isCompletedExceptionally()) {
            result.completeExceptionally(failure);
        }
    }

    /** As {@code thenApply}, but passes a failure on without wrapping it. */
    public static <S, T> CompletionStage<T> map(CompletionStage<S> reply, Function<S, T> mapper) {
        CompletableFuture<T> result = new CompletableFuture<>();
        reply.whenComplete((value, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            try {
                result.complete(mapper.apply(value));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}

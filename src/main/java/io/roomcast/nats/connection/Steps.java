package io.roomcast.nats.connection;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Does something in steps, each of which may await a reply. The steps run one at a time, and one that needs no reply is
 * followed without recursion.
 *
 * <p><b>Concurrency.</b> Any thread may call. The monitor guards both fields, and is not held while a step runs.
 */
public final class Steps {
    private final Runnable step;
    private final Consumer<Throwable> onFailure;
    private boolean isStepping;
    /** Whether another step is to follow the one that runs. */
    private boolean isDue;

    /**
     * @param step does one step, and calls {@link #proceed} or {@link #then} if there are more
     * @param onFailure gets what a reply or its handling failed with
     */
    public Steps(Runnable step, Consumer<Throwable> onFailure) {
        this.step = step;
        this.onFailure = onFailure;
    }

    /** Does the next steps, until a reply is to be awaited. Within a step: lets the next one follow it. */
    public void proceed() {
        synchronized (this) {
            isDue = true;
            if (isStepping) {
                return;
            }
            isStepping = true;
        }
        while (true) {
            synchronized (this) {
                isStepping = isDue;
                if (!isDue) {
                    return;
                }
                isDue = false;
            }
            step.run();
        }
    }

    /** Goes on with a reply when it has come. */
    public <T> void then(CompletionStage<T> reply, Consumer<T> next) {
        reply.whenComplete((value, failure) -> {
            if (failure == null) {
                try {
                    next.accept(value);
                } catch (RuntimeException e) {
                    onFailure.accept(e);
                }
            } else {
                onFailure.accept(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        });
    }
}

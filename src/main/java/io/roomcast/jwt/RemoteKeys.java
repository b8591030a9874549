package io.roomcast.jwt;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import io.roomcast.identity.TokenUncheckedException;
import java.security.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keys that are fetched from a URL, ahead of need, so that most tokens are checked with keys at hand. While the source
 * is down, the last good keys stay in use. A token whose key is unknown waits for the next fetch. Strangers can hasten
 * that fetch but not multiply it: one runs at a time, with a pause between two.
 *
 * <p><b>Concurrency.</b> Any thread. A lock guards the fields; nobody waits and no stage completes while it is held. A
 * waiting token ends by the fetch, by its own timeout, or by {@link #close}, whichever is first. What follows runs on a
 * lane.
 */
final class RemoteKeys implements SigningKeys {
    /** A source that is down is asked again after so many pauses, unless tokens wait. */
    private static final int RETRY_AFTER_PAUSES = 10;

    private final Supplier<CompletionStage<JWKSet>> fetch;
    private final Pace pace;
    private final SourceLog log;
    private final Executor lanes;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanos;
    private final Object lock = new Object();

    private JWSKeySelector<SecurityContext> known;
    private long fetchedAt;
    private long begunAt;
    private boolean underWay;
    private boolean hastened;
    private boolean closed;
    private Future<?> next;
    private List<CompletableFuture<JWSKeySelector<SecurityContext>>> waiting = new ArrayList<>();

    /**
     * How often and how long.
     *
     * @param refresh after which keys are fetched again
     * @param pause at least, between the beginnings of two fetches
     * @param patience of a token that waits
     * @param outage for which keys serve that cannot be fetched again; zero for ever
     * @param mostWaiting tokens at a time; 0 for any number
     */
    record Pace(Duration refresh, Duration pause, Duration patience, Duration outage, int mostWaiting) {}

    RemoteKeys(
            Supplier<CompletionStage<JWKSet>> fetch,
            Pace pace,
            SourceLog log,
            Executor lanes,
            ScheduledExecutorService timer,
            LongSupplier nanos) {
        this.fetch = fetch;
        this.pace = pace;
        this.log = log;
        this.lanes = lanes;
        this.timer = timer;
        this.nanos = nanos;
    }

    @Override
    public CompletionStage<List<? extends Key>> candidates(JWSHeader header) {
        if (!KeyFiles.PUBLIC.contains(header.getAlgorithm())) {
            return CompletableFuture.completedStage(List.of());
        }
        JWSKeySelector<SecurityContext> atHand;
        synchronized (lock) {
            atHand = usable();
        }
        List<? extends Key> found = atHand == null ? List.of() : keys(atHand, header);
        return found.isEmpty()
                ? fetched().thenApply(selector -> keys(selector, header))
                : CompletableFuture.completedStage(found);
    }

    /** A token that names no key may be signed with one that took the place of those at hand. */
    @Override
    public CompletionStage<List<? extends Key>> newer(JWSHeader header) {
        return header.getKeyID() != null
                ? CompletableFuture.completedStage(List.of())
                : fetched().thenApply(selector -> keys(selector, header));
    }

    private static List<? extends Key> keys(JWSKeySelector<SecurityContext> selector, JWSHeader header) {
        try {
            return selector.selectJWSKeys(header, null);
        } catch (KeySourceException e) {
            throw new IllegalStateException("keys at hand have no source", e);
        }
    }

    private JWSKeySelector<SecurityContext> usable() {
        Duration outage = pace.outage();
        return outage.isZero() || nanos.getAsLong() - fetchedAt <= outage.toNanos() ? known : null;
    }

    /** What the next fetch brings. */
    private CompletableFuture<JWSKeySelector<SecurityContext>> fetched() {
        CompletableFuture<JWSKeySelector<SecurityContext>> answer = new CompletableFuture<>();
        synchronized (lock) {
            if (closed || pace.mostWaiting() > 0 && waiting.size() >= pace.mostWaiting()) {
                return CompletableFuture.failedFuture(new TokenUncheckedException());
            }
            waiting.add(answer);
            if (!underWay && !hastened) {
                hastened = true;
                begin(Math.max(0, pauseLeft()));
            }
        }
        Future<?> patience =
                timer.schedule(() -> giveUp(answer), pace.patience().toNanos(), TimeUnit.NANOSECONDS);
        return answer.whenComplete((selector, failure) -> patience.cancel(false));
    }

    private void giveUp(CompletableFuture<?> answer) {
        synchronized (lock) {
            waiting.removeIf(other -> other == answer);
        }
        lanes.execute(() -> answer.completeExceptionally(new TokenUncheckedException()));
    }

    /** Fetches for the first time. */
    void begin() {
        synchronized (lock) {
            begin(0);
        }
    }

    /** With the lock held: instead of whatever else was to come next. */
    private void begin(long inNanos) {
        if (next != null) {
            next.cancel(false);
        }
        next = closed ? null : timer.schedule(this::run, inNanos, TimeUnit.NANOSECONDS);
    }

    /** Nanoseconds until the next fetch may begin; negative if it may begin now. */
    private long pauseLeft() {
        return pace.pause().toNanos() - (nanos.getAsLong() - begunAt);
    }

    private void run() {
        synchronized (lock) {
            if (closed || underWay) {
                return;
            }
            underWay = true;
            hastened = false;
            begunAt = nanos.getAsLong();
        }
        CompletionStage<JWKSet> fetched;
        try {
            fetched = fetch.get();
        } catch (RuntimeException e) {
            fetched = CompletableFuture.failedStage(e);
        }
        fetched.whenComplete(this::ended);
    }

    private void ended(JWKSet set, Throwable failure) {
        List<CompletableFuture<JWSKeySelector<SecurityContext>>> told;
        JWSKeySelector<SecurityContext> fresh =
                set == null ? null : new JWSVerificationKeySelector<>(KeyFiles.PUBLIC, new ImmutableJWKSet<>(set));
        synchronized (lock) {
            underWay = false;
            if (fresh != null) {
                known = fresh;
                fetchedAt = nanos.getAsLong();
            }
            told = waiting;
            waiting = new ArrayList<>();
            Duration retry = pace.pause().multipliedBy(RETRY_AFTER_PAUSES);
            boolean wait = fresh != null || retry.compareTo(pace.refresh()) > 0;
            // The refresh may be configured shorter than the pause.
            begin(Math.max((wait ? pace.refresh() : retry).toNanos(), pauseLeft()));
        }
        log.note(failure);
        for (CompletableFuture<JWSKeySelector<SecurityContext>> answer : told) {
            lanes.execute(() -> {
                if (fresh != null) {
                    answer.complete(fresh);
                } else {
                    answer.completeExceptionally(new TokenUncheckedException());
                }
            });
        }
    }

    @Override
    public void close() {
        List<CompletableFuture<JWSKeySelector<SecurityContext>>> told;
        synchronized (lock) {
            closed = true;
            begin(0);
            told = waiting;
            waiting = new ArrayList<>();
        }
        told.forEach(answer -> answer.completeExceptionally(new TokenUncheckedException()));
    }
}

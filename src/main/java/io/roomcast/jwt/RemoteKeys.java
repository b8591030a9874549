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
 * Keys that are fetched from a URL periodically, so that most tokens are verified without a wait. While fetches fail,
 * the last keys stay in use, for a limited time. A token with an unknown key waits for the next fetch, which then
 * starts early. Such tokens cannot cause many fetches. Only one fetch runs at a time, and an early fetch starts at
 * least {@link Pace#pause} after the start of the previous fetch.
 *
 * <p><b>Concurrency.</b> Any thread may call. A lock guards the fields. While the lock is held, no thread waits and no
 * stage completes. A token waits until the fetch ends, until {@link Pace#waitTimeout} is over, or until {@link #close}.
 * The stage of a token that waited completes on a thread of the pool, or on the thread that calls {@link #close}.
 */
final class RemoteKeys implements SigningKeys {
    /**
     * A failed fetch is repeated after this many pauses. It is repeated earlier if tokens wait, or if the refresh time
     * is shorter.
     */
    private static final int RETRY_AFTER_PAUSES = 10;

    private final Supplier<CompletionStage<JWKSet>> fetch;
    private final Pace pace;
    private final SourceLog log;
    private final Executor pool;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Object lock = new Object();

    /** The keys of the last fetch that succeeded, or null. */
    private JWSKeySelector<SecurityContext> knownKeys;

    private long keysFetchedAt;
    private long fetchStartedAt;
    private boolean fetching;
    private boolean earlyFetchScheduled;
    private boolean closed;
    /** The scheduled start of the next fetch, or null. */
    private Future<?> nextStart;

    private List<CompletableFuture<JWSKeySelector<SecurityContext>>> waitingTokens = new ArrayList<>();

    /**
     * Times and limits of the fetches.
     *
     * @param refresh time after a successful fetch until the keys are fetched again
     * @param pause shortest time between the start of a fetch and an early start of the next one
     * @param waitTimeout longest time that a token waits for a fetch
     * @param maxOutage how long the last keys stay in use while fetches fail; zero for no limit
     * @param maxWaitingTokens most tokens that may wait at a time; 0 for no limit
     */
    record Pace(Duration refresh, Duration pause, Duration waitTimeout, Duration maxOutage, int maxWaitingTokens) {}

    RemoteKeys(
            Supplier<CompletionStage<JWKSet>> fetch,
            Pace pace,
            SourceLog log,
            Executor pool,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.fetch = fetch;
        this.pace = pace;
        this.log = log;
        this.pool = pool;
        this.timer = timer;
        this.nanoClock = nanoClock;
    }

    @Override
    public CompletionStage<List<? extends Key>> candidates(JWSHeader header) {
        if (!KeyFiles.PUBLIC_KEY_ALGORITHMS.contains(header.getAlgorithm())) {
            return CompletableFuture.completedStage(List.of());
        }
        JWSKeySelector<SecurityContext> usableKeys;
        synchronized (lock) {
            usableKeys = usable();
        }
        List<? extends Key> found = usableKeys == null ? List.of() : keys(usableKeys, header);
        return found.isEmpty()
                ? nextFetch().thenApply(selector -> keys(selector, header))
                : CompletableFuture.completedStage(found);
    }

    /** Waits for a fetch only if the token names no key. The key of such a token may have replaced the known keys. */
    @Override
    public CompletionStage<List<? extends Key>> newerCandidates(JWSHeader header) {
        return header.getKeyID() != null
                ? CompletableFuture.completedStage(List.of())
                : nextFetch().thenApply(selector -> keys(selector, header));
    }

    private static List<? extends Key> keys(JWSKeySelector<SecurityContext> selector, JWSHeader header) {
        try {
            return selector.selectJWSKeys(header, null);
        } catch (KeySourceException e) {
            throw new IllegalStateException("a key set in memory needs no source", e);
        }
    }

    /** The known keys, or null if there are none or {@code maxOutage} is over. The lock is held. */
    private JWSKeySelector<SecurityContext> usable() {
        Duration maxOutage = pace.maxOutage();
        return maxOutage.isZero() || nanoClock.getAsLong() - keysFetchedAt <= maxOutage.toNanos() ? knownKeys : null;
    }

    /**
     * The keys of the fetch that runs now, or else of the next one. Fails if that fetch fails, or after
     * {@code waitTimeout}.
     */
    private CompletableFuture<JWSKeySelector<SecurityContext>> nextFetch() {
        CompletableFuture<JWSKeySelector<SecurityContext>> result = new CompletableFuture<>();
        synchronized (lock) {
            if (closed || pace.maxWaitingTokens() > 0 && waitingTokens.size() >= pace.maxWaitingTokens()) {
                return CompletableFuture.failedFuture(new TokenUncheckedException());
            }
            waitingTokens.add(result);
            if (!fetching && !earlyFetchScheduled) {
                earlyFetchScheduled = true;
                schedule(Math.max(0, pauseLeft()));
            }
        }
        Future<?> timeout =
                timer.schedule(() -> timeOut(result), pace.waitTimeout().toNanos(), TimeUnit.NANOSECONDS);
        return result.whenComplete((selector, failure) -> timeout.cancel(false));
    }

    private void timeOut(CompletableFuture<?> result) {
        synchronized (lock) {
            waitingTokens.removeIf(other -> other == result);
        }
        pool.execute(() -> result.completeExceptionally(new TokenUncheckedException()));
    }

    /** Starts the first fetch. */
    void start() {
        synchronized (lock) {
            schedule(0);
        }
    }

    /** Schedules the next fetch, in place of the one that was scheduled before. The lock is held. */
    private void schedule(long inNanos) {
        if (nextStart != null) {
            nextStart.cancel(false);
        }
        nextStart = closed ? null : timer.schedule(this::startFetch, inNanos, TimeUnit.NANOSECONDS);
    }

    /** Nanoseconds until an early fetch may start; negative if it may start now. */
    private long pauseLeft() {
        return pace.pause().toNanos() - (nanoClock.getAsLong() - fetchStartedAt);
    }

    /** Starts a fetch, unless one runs. */
    private void startFetch() {
        synchronized (lock) {
            if (closed || fetching) {
                return;
            }
            fetching = true;
            earlyFetchScheduled = false;
            fetchStartedAt = nanoClock.getAsLong();
        }
        CompletionStage<JWKSet> started;
        try {
            started = fetch.get();
        } catch (RuntimeException e) {
            started = CompletableFuture.failedStage(e);
        }
        started.whenComplete(this::fetchEnded);
    }

    private void fetchEnded(JWKSet set, Throwable failure) {
        List<CompletableFuture<JWSKeySelector<SecurityContext>>> results;
        JWSKeySelector<SecurityContext> fresh = set == null
                ? null
                : new JWSVerificationKeySelector<>(KeyFiles.PUBLIC_KEY_ALGORITHMS, new ImmutableJWKSet<>(set));
        synchronized (lock) {
            fetching = false;
            if (fresh != null) {
                knownKeys = fresh;
                keysFetchedAt = nanoClock.getAsLong();
            }
            results = waitingTokens;
            waitingTokens = new ArrayList<>();
            Duration retry = pace.pause().multipliedBy(RETRY_AFTER_PAUSES);
            boolean useRefresh = fresh != null || retry.compareTo(pace.refresh()) > 0;
            // At least the pause, since the refresh time may be configured shorter than the pause.
            schedule(Math.max((useRefresh ? pace.refresh() : retry).toNanos(), pauseLeft()));
        }
        log.fetchEnded(failure);
        for (CompletableFuture<JWSKeySelector<SecurityContext>> result : results) {
            pool.execute(() -> {
                if (fresh != null) {
                    result.complete(fresh);
                } else {
                    result.completeExceptionally(new TokenUncheckedException());
                }
            });
        }
    }

    @Override
    public void close() {
        List<CompletableFuture<JWSKeySelector<SecurityContext>>> results;
        synchronized (lock) {
            closed = true;
            schedule(0); // Only cancels the scheduled fetch, since this object is closed.
            results = waitingTokens;
            waitingTokens = new ArrayList<>();
        }
        results.forEach(result -> result.completeExceptionally(new TokenUncheckedException()));
    }
}

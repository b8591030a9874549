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
 * the last keys stay in use, for a limited time. A token whose key is unknown waits for the next fetch, which then
 * starts early. Invalid tokens cannot cause many fetches: one fetch runs at a time, and an early fetch starts a pause
 * after the start of the one before.
 *
 * <p><b>Concurrency.</b> Any thread. A lock guards the fields. While the lock is held, no thread waits and no stage
 * completes. The wait of a token ends with the fetch, with its timeout, or with {@link #close}, whichever is first. The
 * continuation runs on a thread of the lanes, or on the thread that calls {@link #close}.
 */
final class RemoteKeys implements SigningKeys {
    /** A failed fetch is repeated after this many pauses, or earlier if tokens wait or the refresh time is shorter. */
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
    private long fetchStartedAt;
    private boolean fetching;
    private boolean earlyFetchScheduled;
    private boolean closed;
    private Future<?> next;
    private List<CompletableFuture<JWSKeySelector<SecurityContext>>> waiting = new ArrayList<>();

    /**
     * Times and limits of the fetches.
     *
     * @param refresh time after a fetch until the keys are fetched again
     * @param pause shortest time between the start of a fetch and an early start of the next one
     * @param patience longest time that a token waits for a fetch
     * @param outage how long the last keys stay in use while fetches fail; zero for no limit
     * @param mostWaiting most tokens that may wait at a time; 0 for no limit
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
        JWSKeySelector<SecurityContext> usableKeys;
        synchronized (lock) {
            usableKeys = usable();
        }
        List<? extends Key> found = usableKeys == null ? List.of() : keys(usableKeys, header);
        return found.isEmpty()
                ? fetched().thenApply(selector -> keys(selector, header))
                : CompletableFuture.completedStage(found);
    }

    /** A token that names no key may be signed with a key that has replaced the known ones. */
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
            throw new IllegalStateException("a key set in memory needs no source", e);
        }
    }

    /** The known keys, or null if there are none or {@code outage} is over. The lock is held. */
    private JWSKeySelector<SecurityContext> usable() {
        Duration outage = pace.outage();
        return outage.isZero() || nanos.getAsLong() - fetchedAt <= outage.toNanos() ? known : null;
    }

    /** The keys of the next fetch, or of the fetch that runs now. Fails if it fails, or after {@code patience}. */
    private CompletableFuture<JWSKeySelector<SecurityContext>> fetched() {
        CompletableFuture<JWSKeySelector<SecurityContext>> answer = new CompletableFuture<>();
        synchronized (lock) {
            if (closed || pace.mostWaiting() > 0 && waiting.size() >= pace.mostWaiting()) {
                return CompletableFuture.failedFuture(new TokenUncheckedException());
            }
            waiting.add(answer);
            if (!fetching && !earlyFetchScheduled) {
                earlyFetchScheduled = true;
                schedule(Math.max(0, pauseLeft()));
            }
        }
        Future<?> timeout =
                timer.schedule(() -> timeOut(answer), pace.patience().toNanos(), TimeUnit.NANOSECONDS);
        return answer.whenComplete((selector, failure) -> timeout.cancel(false));
    }

    private void timeOut(CompletableFuture<?> answer) {
        synchronized (lock) {
            waiting.removeIf(other -> other == answer);
        }
        lanes.execute(() -> answer.completeExceptionally(new TokenUncheckedException()));
    }

    /** Starts the first fetch. */
    void begin() {
        synchronized (lock) {
            schedule(0);
        }
    }

    /** Schedules the next fetch, in place of the one that was scheduled before. The lock is held. */
    private void schedule(long inNanos) {
        if (next != null) {
            next.cancel(false);
        }
        next = closed ? null : timer.schedule(this::run, inNanos, TimeUnit.NANOSECONDS);
    }

    /** Nanoseconds until the next fetch may begin; negative if it may begin now. */
    private long pauseLeft() {
        return pace.pause().toNanos() - (nanos.getAsLong() - fetchStartedAt);
    }

    private void run() {
        synchronized (lock) {
            if (closed || fetching) {
                return;
            }
            fetching = true;
            earlyFetchScheduled = false;
            fetchStartedAt = nanos.getAsLong();
        }
        CompletionStage<JWKSet> fetched;
        try {
            fetched = fetch.get();
        } catch (RuntimeException e) {
            fetched = CompletableFuture.failedStage(e);
        }
        fetched.whenComplete(this::fetchEnded);
    }

    private void fetchEnded(JWKSet set, Throwable failure) {
        List<CompletableFuture<JWSKeySelector<SecurityContext>>> answers;
        JWSKeySelector<SecurityContext> fresh =
                set == null ? null : new JWSVerificationKeySelector<>(KeyFiles.PUBLIC, new ImmutableJWKSet<>(set));
        synchronized (lock) {
            fetching = false;
            if (fresh != null) {
                known = fresh;
                fetchedAt = nanos.getAsLong();
            }
            answers = waiting;
            waiting = new ArrayList<>();
            Duration retry = pace.pause().multipliedBy(RETRY_AFTER_PAUSES);
            boolean wait = fresh != null || retry.compareTo(pace.refresh()) > 0;
            // The refresh may be configured shorter than the pause.
            schedule(Math.max((wait ? pace.refresh() : retry).toNanos(), pauseLeft()));
        }
        log.note(failure);
        for (CompletableFuture<JWSKeySelector<SecurityContext>> answer : answers) {
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
        List<CompletableFuture<JWSKeySelector<SecurityContext>>> answers;
        synchronized (lock) {
            closed = true;
            schedule(0); // Only cancels the next fetch, since this object is closed.
            answers = waiting;
            waiting = new ArrayList<>();
        }
        answers.forEach(answer -> answer.completeExceptionally(new TokenUncheckedException()));
    }
}

package io.roomcast.service.session;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What one client has used of the limits of a session. A WebSocket session has one of its own. All requests that a
 * client sends over HTTP to this node share one. Any thread.
 */
final class Quota {
    /** One bucket for each of {@link LimitKeys#SESSION_RATES}, in that order. */
    private final TokenBucket[] buckets = Stream.generate(TokenBucket::new)
            .limit(LimitKeys.SESSION_RATES.size())
            .toArray(TokenBucket[]::new);

    /** Number of unanswered requests. */
    final AtomicInteger inFlight = new AtomicInteger();

    /** @param limit one of {@link LimitKeys#SESSION_RATES} */
    TokenBucket bucket(Key<Integer> limit) {
        return buckets[LimitKeys.SESSION_RATES.indexOf(limit)];
    }
}

package io.roomcast.standalone;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.RoomcastConfig;

/**
 * The limits that {@link ConnectionLimiter} enforces. {@link Long#MAX_VALUE} means no limit.
 *
 * @param answerBytes 0 for no limit
 * @param maxFiles how many file descriptors all connections together may hold
 */
record ConnectionLimits(
        long connections,
        long ofAddress,
        long requests,
        long answerBytes,
        long requestNanos,
        long answerNanos,
        long maxFiles) {

    static ConnectionLimits of(RoomcastConfig config, long maxFiles) {
        return new ConnectionLimits(
                limit(config.get(HttpKeys.CONNECTIONS)),
                limit(config.get(HttpKeys.ADDRESS_CONNECTIONS)),
                limit(config.get(HttpKeys.REQUESTS)),
                config.get(HttpKeys.ANSWER_BYTES),
                limit(config.get(HttpKeys.REQUEST_TIMEOUT).toNanos()),
                limit(config.get(HttpKeys.ANSWER_TIMEOUT).toNanos()),
                maxFiles);
    }

    private static long limit(long configured) {
        return configured == 0 ? Long.MAX_VALUE : configured;
    }
}

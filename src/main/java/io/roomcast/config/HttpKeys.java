package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/**
 * Limits for connections that are not sessions: HTTP connections, and silent ones. Most apply to the embedded server
 * only: application servers have their own limits for connections that an application does not see. 0 lifts each limit.
 */
public final class HttpKeys {
    private static final int MAX = 1_000_000;

    public static final Key<Integer> CONNECTIONS = new Key<>(
            "roomcast.http.connections",
            "2000",
            "number",
            "Most connections to the embedded server that are not sessions. A further one replaces the connection "
                    + "that has been silent for the longest time. 0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Integer> ADDRESS_CONNECTIONS = new Key<>(
            "roomcast.http.address-connections",
            "1000",
            "number",
            "Most such connections from one address (of IPv6, one /64 network). A further one replaces another of "
                    + "that address. 0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Integer> REQUESTS = new Key<>(
            "roomcast.http.requests",
            "500",
            "number",
            "Most HTTP requests that a server handles at a time; on an application server at most half of its "
                    + "threads. Further ones are answered with 503, except health checks. 0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Integer> PIPELINED = new Key<>(
            "roomcast.http.pipelined",
            "8",
            "number",
            "Most requests that Payara answers of those that a client sends without waiting for responses; then the "
                    + "connection is closed. 0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Long> ANSWER_BYTES = new Key<>(
            "roomcast.http.answer-bytes",
            "16MiB",
            "size",
            "Most bytes of HTTP responses that wait for slow clients of the embedded server, all together. Beyond "
                    + "it the connection that has waited for the longest time is closed. 0 for no limit.",
            Values.sizeBetween("1MiB", "64GiB", true));

    public static final Key<Duration> REQUEST_TIMEOUT = new Key<>(
            "roomcast.http.request-timeout",
            "10s",
            "duration",
            "How long a connection may take for the complete head of a request: to the embedded server since it was "
                    + "opened or since its last response, to Payara since the first byte. 0 for no limit.",
            Values.durationBetween("0", "1h"));

    public static final Key<Duration> ANSWER_TIMEOUT = new Key<>(
            "roomcast.http.answer-timeout",
            "10s",
            "duration",
            "How long a client may read nothing of its HTTP response before it is closed; 0 for no limit.",
            Values.durationBetween("0", "1h"));

    /** The keys of this class, in the order of --help. */
    public static final List<Key<?>> ALL = List.of(
            CONNECTIONS, ADDRESS_CONNECTIONS, REQUESTS, PIPELINED, ANSWER_BYTES, REQUEST_TIMEOUT, ANSWER_TIMEOUT);

    private HttpKeys() {}
}

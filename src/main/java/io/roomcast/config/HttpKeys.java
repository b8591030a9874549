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
            "Maximum number of connections to the embedded server that are not sessions. For each further one, "
                    + "the connection that has been silent for the longest time is closed. 0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Integer> ADDRESS_CONNECTIONS = new Key<>(
            "roomcast.http.address-connections",
            "1000",
            "number",
            "Maximum number of such connections from one address (of IPv6, one /64 network). For each further one, "
                    + "another connection from that address is closed. Behind a proxy all clients have its address. "
                    + "0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Integer> REQUESTS = new Key<>(
            "roomcast.http.requests",
            "500",
            "number",
            "Maximum number of HTTP requests that a server works on at a time; on an application server at most "
                    + "half of its threads. Further ones are answered 503, except health checks. 0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Integer> PIPELINED = new Key<>(
            "roomcast.http.pipelined",
            "8",
            "number",
            "Maximum number of pipelined requests that Payara answers on a connection, counted from each read; then "
                    + "the connection is closed. 0 for no limit.",
            Values.integerBetween(0, MAX));

    public static final Key<Long> ANSWER_BYTES = new Key<>(
            "roomcast.http.answer-bytes",
            "16MiB",
            "size",
            "Maximum bytes of HTTP answers that may wait for their readers on the embedded server, all together. "
                    + "Beyond it the connection that has waited for the longest time is closed. 0 for no limit.",
            Values.sizeBetween("1MiB", "64GiB", true));

    public static final Key<Duration> REQUEST_TIMEOUT = new Key<>(
            "roomcast.http.request-timeout",
            "10s",
            "duration",
            "How long a client may take for the whole head of a request: on the embedded server since it connected or "
                    + "took its last answer, on Payara since the first byte. 0 for no limit.",
            Values.durationBetween("0", "1h"));

    public static final Key<Duration> ANSWER_TIMEOUT = new Key<>(
            "roomcast.http.answer-timeout",
            "10s",
            "duration",
            "How long a client may read nothing of its HTTP answer; then its connection is closed. 0 for no limit.",
            Values.durationBetween("0", "1h"));

    /** The keys of this class, in the order of --help. */
    public static final List<Key<?>> ALL = List.of(
            CONNECTIONS, ADDRESS_CONNECTIONS, REQUESTS, PIPELINED, ANSWER_BYTES, REQUEST_TIMEOUT, ANSWER_TIMEOUT);

    private HttpKeys() {}
}

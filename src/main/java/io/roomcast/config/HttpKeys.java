package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/**
 * Limits for connections that are no sessions: those that speak HTTP, and those that say nothing. Most are the embedded server's, since other servers have
 * limits of their own for what an application does not see. 0 lifts each.
 */
public final class HttpKeys {
    private static final int MOST = 1_000_000;

    public static final Key<Integer> CONNECTIONS = new Key<>(
            "roomcast.http.connections",
            "2000",
            "number",
            "Connections to the embedded server that are no sessions, or not yet; beyond it the one that has been silent longest is closed"
                    + " for each that comes; 0 for no limit.",
            Values.integerBetween(0, MOST));

    public static final Key<Integer> ADDRESS_CONNECTIONS = new Key<>(
            "roomcast.http.address-connections",
            "1000",
            "number",
            "The same from one address (of IPv6, one /64 network), which makes room among its own; 0 for no limit.",
            Values.integerBetween(0, MOST));

    public static final Key<Integer> REQUESTS = new Key<>(
            "roomcast.http.requests",
            "500",
            "number",
            "HTTP requests that a server works on at a time, an application server never with more than half of its threads; more are"
                    + " answered 503, but for those after its health; 0 for no limit.",
            Values.integerBetween(0, MOST));

    public static final Key<Integer> PIPELINED = new Key<>(
            "roomcast.http.pipelined",
            "8",
            "number",
            "Requests that Payara answers of those that one connection sends together, without waiting for answers; then the connection is"
                    + " closed; 0 for no limit.",
            Values.integerBetween(0, MOST));

    public static final Key<Long> ANSWER_BYTES = new Key<>(
            "roomcast.http.answer-bytes",
            "16MiB",
            "size",
            "Bytes of HTTP answers that may wait for their readers on the embedded server, all together; beyond it the connection that has"
                    + " waited longest is closed; 0 for no limit.",
            Values.sizeBetween("1MiB", "64GiB", true));

    public static final Key<Duration> REQUEST_TIMEOUT = new Key<>(
            "roomcast.http.request-timeout",
            "10s",
            "duration",
            "Time that a connection to the embedded server has for the whole head of a request, from when it came or had its last answer;"
                    + " 0 for no limit.",
            Values.durationBetween("0", "1h"));

    public static final Key<Duration> ANSWER_TIMEOUT = new Key<>(
            "roomcast.http.answer-timeout",
            "10s",
            "duration",
            "How long a client may take nothing of its HTTP answer before it is closed; 0 for no limit.",
            Values.durationBetween("0", "1h"));

    /** In the order in which they are shown. */
    public static final List<Key<?>> ALL = List.of(
            CONNECTIONS, ADDRESS_CONNECTIONS, REQUESTS, PIPELINED, ANSWER_BYTES, REQUEST_TIMEOUT, ANSWER_TIMEOUT);

    private HttpKeys() {}
}

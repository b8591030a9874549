package io.roomcast.config;

import java.time.Duration;
import java.util.List;

/** The keys of rooms over plain HTTP: polls, sends and streams of events. */
public final class PollKeys {
    public static final Key<String> SECRET = new Key<>(
                    "roomcast.http.secret",
                    "",
                    "secret",
                    "Secret that signs the sessions of clients that use rooms over HTTP; the same on all nodes, at least "
                            + "16 characters. If empty, the nodes of a relay share one that the first of them makes.",
                    Values.matching("|.{16,1024}", "at least 16 characters"))
            .asSecret();

    public static final Key<Duration> LEASE = new Key<>(
            "roomcast.http.lease",
            "10s",
            "duration",
            "How long a client that uses rooms over HTTP stays in its rooms, and counts as a session, without a poll. "
                    + "Others see it leave after that.",
            Values.durationBetween("1s", "5m"));

    public static final Key<Duration> WAIT = new Key<>(
            "roomcast.http.wait",
            "25s",
            "duration",
            "How long a poll waits at most, whatever it asks for. Less than the time after which proxies cut an answer.",
            Values.durationBetween("1s", "5m"));

    public static final Key<Long> ANSWER_BYTES = new Key<>(
            "roomcast.http.poll-bytes",
            "256KiB",
            "size",
            "The answer to a poll ends when it has this many bytes or more; the next poll gets the rest.",
            Values.sizeBetween("1KiB", "16MiB", false));

    public static final Key<Integer> SEND_FRAMES = new Key<>(
            "roomcast.http.send-frames",
            "100",
            "number",
            "Maximum number of frames of one send; a send with more gets `too_large`.",
            Values.integerBetween(1, 10_000));

    /** The keys of this class, in the order of --help. */
    static final List<Key<?>> ALL = List.of(SECRET, LEASE, WAIT, ANSWER_BYTES, SEND_FRAMES);

    private PollKeys() {}
}

package io.roomcast.metrics;

/**
 * All durations that a node measures. A new duration needs one line here, and one call of {@link NodeMetrics#record}
 * with nanoseconds.
 */
public enum Latency {
    PUBLISH("roomcast.publish.duration", "From a publish until the relay has stored it"),
    PROBE("roomcast.relay.probe.duration", "From publishing a probe until it is delivered here, every two seconds"),
    ARCHIVE_COMMIT(
            "roomcast.archive.commit.duration",
            "How long the archive takes to commit the messages that have gathered; failed commits, too"),
    ARCHIVE_SEARCH("roomcast.archive.search.duration", "How long the archive takes for a page of a search"),
    FAN_OUT("roomcast.fanout.duration", "How long a lane takes to offer a batch to all its members"),
    REPLAY_WAIT(
            "roomcast.replay.wait",
            "How long members that came back waited for their turn to be sent a page; only those that had to wait"),
    /** The metric is named after the lanes, because lanes are what waits for the pool. */
    POOL_WAIT("roomcast.lanes.wait", "How long a lane waits for a pool thread");

    private final String series;
    private final String help;

    Latency(String series, String help) {
        this.series = series;
        this.help = help;
    }

    /** The name with dots; Prometheus shows underscores and {@code _seconds}. */
    public String series() {
        return series;
    }

    public String help() {
        return help;
    }
}

package io.roomcast.http.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.roomcast.node.BuildInfo;

/** What runs: the labels of a metric whose value is always 1, for Prometheus only. */
final class BuildInfoCollector implements Collector {
    /** Empty until the node has started. */
    private volatile String server = "";

    void setServer(String name) {
        server = name;
    }

    @Override
    public MetricSnapshot collect() {
        Labels labels =
                Labels.of("version", BuildInfo.version(), "java", System.getProperty("java.version"), "server", server);
        return InfoSnapshot.builder()
                .name("roomcast_build")
                .help("1, with the versions of Roomcast and Java, and the server")
                .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
                .build();
    }
}

package io.roomcast.jmx;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.Histogram;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.relay.Relay;
import io.roomcast.relay.Trait;
import io.roomcast.service.operations.Readiness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Date;
import java.util.List;
import java.util.stream.LongStream;

/** Implements {@link RelayMXBean}, from the metrics and the last probe. Any thread. */
@ApplicationScoped
public class RelayBean implements RelayMXBean {
    private NodeMetrics metrics;
    private Readiness readiness;
    private Relay relay;
    private String kind;

    /** For the container's proxy. */
    protected RelayBean() {}

    @Inject
    public RelayBean(NodeMetrics metrics, Readiness readiness, Relay relay, RoomcastConfig config) {
        this.relay = relay;
        this.metrics = metrics;
        this.readiness = readiness;
        this.kind = config.get(Keys.RELAY);
    }

    @Override
    public String getKind() {
        return kind;
    }

    @Override
    public List<String> getTraits() {
        return Trait.words(relay.traits());
    }

    @Override
    public boolean isReachable() {
        Readiness.Probe last = readiness.lastProbe();
        return last != null && last.cameBack();
    }

    @Override
    public Date getLastProbe() {
        Readiness.Probe last = readiness.lastProbe();
        return last == null ? null : Date.from(last.ended());
    }

    @Override
    public double getLastProbeMillis() {
        Readiness.Probe last = readiness.lastProbe();
        return last == null || !last.cameBack() ? -1 : last.nanos() / 1e6;
    }

    @Override
    public long getProbesFailed() {
        return metrics.get(Counter.PROBES_FAILED);
    }

    @Override
    public double getPublishMillis() {
        Histogram publish = metrics.histogram(Latency.PUBLISH);
        long count = LongStream.of(publish.counts()).sum();
        return count == 0 ? 0 : publish.sumNanos() / 1e6 / count;
    }

    @Override
    public long getGapsSeen() {
        return metrics.get(Counter.GAPS_SEEN);
    }

    @Override
    public long getGapsRepaired() {
        return metrics.get(Counter.GAPS_REPAIRED);
    }

    @Override
    public long getGapsLost() {
        return metrics.get(Counter.GAPS_LOST);
    }

    @Override
    public double getArchiveLagSeconds() {
        return metrics.archiveLagMillis() / 1e3;
    }

    @Override
    public long getArchiveLagMessages() {
        return metrics.archiveBehind();
    }

    @Override
    public long getArchiveMissed() {
        return metrics.get(Counter.ARCHIVE_MISSED);
    }

    @Override
    public long getReconnects() {
        return metrics.get(Counter.RELAY_RECONNECTS);
    }
}

package io.roomcast.http.metrics;

import static io.roomcast.http.metrics.NodeMeters.gauge;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.roomcast.config.MetricsKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.Threads;
import io.roomcast.room.LagBudget;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.NodeSnapshot;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.session.InFlight;
import io.roomcast.service.session.SessionRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import javax.management.JMException;
import javax.management.ObjectName;

/** All metrics of this node. Values are read at each scrape, and at each transmission to StatsD. */
@ApplicationScoped
public class MetricsRegistry {
    private final CompositeMeterRegistry registry = new CompositeMeterRegistry();
    private final BuildInfoCollector buildInfo = new BuildInfoCollector();
    private PrometheusMeterRegistry prometheusMeters;
    /** Null if no StatsD server is configured. */
    private StatsdRegistry statsd;

    private Threads threads;
    private JvmGcMetrics gcMetrics;

    /** For the container's proxy. */
    protected MetricsRegistry() {}

    @Inject
    public MetricsRegistry(
            NodeMetrics metrics,
            SessionRegistry sessions,
            RoomRegistry rooms,
            LagBudget lag,
            NodeSnapshot snapshot,
            Readiness readiness,
            Drain drain,
            Threads threads,
            InFlight inFlight,
            Limits limits,
            Node node,
            RoomcastConfig config) {
        this.threads = threads;
        PrometheusRegistry prometheus = new PrometheusRegistry();
        prometheusMeters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
        prometheus.register(buildInfo);
        registry.config().meterFilter(new JvmMeterNames());
        registry.add(prometheusMeters);
        addStatsd(node, metrics, config);
        NodeMeters.bind(metrics, limits, config, registry);
        gauge(
                registry,
                "roomcast.sessions",
                "Open sessions: WebSockets, and clients that use rooms over HTTP",
                sessions::count);
        registerTransports(snapshot);
        gauge(registry, "roomcast.users", "Different users with a session on this node", sessions::userCount);
        gauge(
                registry,
                "roomcast.sessions.portable",
                "Sessions on the portable path: they send through the server's own API. Above 0, the log says at the "
                        + "start why the fast path is missing",
                metrics::portableSessions);
        gauge(
                registry,
                "roomcast.archive.queue.bytes",
                "Bytes of messages that wait for the next commit of the archive. Beyond a 32nd of the heap, publishes "
                        + "fail with busy",
                metrics::archiveQueueBytes);
        gauge(
                registry,
                "roomcast.archive.unindexed",
                "Messages in the archive that its search does not find yet",
                metrics::archiveUnindexed);
        gauge(
                registry,
                "roomcast.archive.lag.seconds",
                "How far the archive is behind what this node copies to it from the relay; 0 below two seconds, and "
                        + "without an archive over a relay",
                () -> metrics.archiveLagMillis() / 1e3);
        gauge(
                registry,
                "roomcast.archive.lag.messages",
                "Messages that this node has yet to copy from the relay to the archive; an estimate while the database "
                        + "is away",
                metrics::archiveBehind);
        gauge(
                registry,
                "roomcast.archive.losing",
                "1 while the relay drops messages that are not in the archive yet",
                () -> metrics.isArchiveLosing() ? 1 : 0);
        gauge(
                registry,
                "roomcast.outbound.held.bytes",
                "Bytes that wait for all sessions; a shared message counts once",
                sessions::heldBytes);
        gauge(
                registry,
                "roomcast.rooms",
                "Rooms with members on this node",
                () -> rooms.all().size());
        gauge(
                registry,
                "roomcast.members",
                "Members of all rooms on this node",
                () -> snapshot.figures().members());
        registerReadiness(readiness);
        gauge(
                registry,
                "roomcast.drain.remaining",
                "Sessions that a drain or a rebalance has yet to close",
                () -> drain.progress().remaining());
        gauge(
                registry,
                "roomcast.relay.up",
                "1 while probes come back through the relay, also while the node drains",
                () -> readiness.relayAnswers() ? 1 : 0);
        gauge(
                registry,
                "roomcast.requests.waiting",
                "Requests that are not answered yet; the limit is roomcast.limits.node-in-flight",
                inFlight::count);
        registerLanesAndThreads(threads, snapshot, lag);
        registerOutbound(snapshot);
        registerHottest(snapshot);
        registerDurations(prometheus, metrics);
        registerDistributions(prometheus, snapshot);
        registerJvmMetrics();
    }

    /** @param format the media type that Prometheus requests, or null for the default */
    public String scrape(String format) {
        return prometheusMeters.scrape(format);
    }

    private void addStatsd(Node node, NodeMetrics metrics, RoomcastConfig config) {
        if (config.get(MetricsKeys.STATSD).isEmpty()) {
            return;
        }
        boolean tags = config.get(MetricsKeys.STATSD_FLAVOR).equals("datadog");
        statsd = new StatsdRegistry(
                config.get(MetricsKeys.STATSD),
                new StatsdLines(tags, node.name()),
                config.get(MetricsKeys.STATSD_INTERVAL));
        for (Latency latency : Latency.values()) {
            DurationMeters.bind(latency.series(), metrics.histogram(latency), statsd);
        }
        registry.add(statsd);
    }

    void start(@Observes NodeStarted event) {
        buildInfo.setServer(event.server().name());
        if (statsd != null) {
            statsd.start(threads.loopThreads());
        }
    }

    private void registerTransports(NodeSnapshot snapshot) {
        for (String transport : NodeSnapshot.TRANSPORTS) {
            Gauge.builder(
                            "roomcast.sessions.transport",
                            () -> snapshot.figures().transports().getOrDefault(transport, 0L))
                    .description(
                            "Sessions by transport: WebSockets, polls and event streams over HTTP, and clients over "
                                    + "HTTP between two of their requests (lease)")
                    .tag("transport", transport)
                    .strongReference(true)
                    .register(registry);
        }
    }

    private void registerReadiness(Readiness readiness) {
        for (Readiness.State state : Readiness.State.values()) {
            Gauge.builder("roomcast.readiness", () -> readiness.state() == state ? 1 : 0)
                    .description("1 for the state that the node is in: ready, or why not")
                    .tag("state", state.word())
                    .strongReference(true)
                    .register(registry);
        }
    }

    private void registerLanesAndThreads(Threads threads, NodeSnapshot snapshot, LagBudget lag) {
        gauge(
                registry,
                "roomcast.lanes.events.waiting",
                "Messages, joins and leaves that wait in lanes",
                () -> snapshot.figures().laneEvents());
        gauge(
                registry,
                "roomcast.lanes.held.bytes",
                "Bytes of messages that wait in lanes; the limit is roomcast.limits.node-lag-bytes",
                lag::held);
        if (threads.pool() instanceof ThreadPoolExecutor pool) {
            gauge(
                    registry,
                    "roomcast.lanes.threads",
                    "Pool threads that deliver messages to members",
                    pool::getPoolSize);
            gauge(
                    registry,
                    "roomcast.lanes.threads.busy",
                    "Pool threads that are running a lane",
                    pool::getActiveCount);
            gauge(
                    registry,
                    "roomcast.lanes.tasks.waiting",
                    "Lanes that wait for a pool thread",
                    () -> pool.getQueue().size());
        }
        for (String purpose : ThreadCounts.count().keySet()) {
            Gauge.builder("roomcast.threads", () -> ThreadCounts.count().get(purpose))
                    .description("Threads by what they are for; a figure that only grows is a leak")
                    .tag("purpose", purpose)
                    .strongReference(true)
                    .register(registry);
        }
    }

    private void registerOutbound(NodeSnapshot snapshot) {
        gauge(
                registry,
                "roomcast.outbound.waiting.max.bytes",
                "Bytes in the deepest queue",
                () -> snapshot.figures().deepestBytes());
        gauge(
                registry,
                "roomcast.outbound.send.age.max.seconds",
                "How long the slowest client has read nothing: the age of the oldest send in flight",
                () -> snapshot.figures().oldestNanos() / 1e9);
    }

    private void registerHottest(NodeSnapshot snapshot) {
        for (int i = 0; i < NodeSnapshot.HOTTEST; i++) {
            int rank = i;
            Gauge.builder("roomcast.rooms.hottest.messages.per.second", () -> rate(snapshot.hottest(), rank))
                    .description("Deliveries a second in the ten hottest rooms; /api/v1/node names the rooms")
                    .tag("rank", String.valueOf(rank + 1))
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static double rate(List<NodeSnapshot.HotRoom> hottest, int rank) {
        return rank < hottest.size() ? hottest.get(rank).perSecond() : 0;
    }

    private static void registerDurations(PrometheusRegistry prometheus, NodeMetrics metrics) {
        for (Latency latency : Latency.values()) {
            prometheus.register(HistogramCollector.of(
                    latency.series().replace('.', '_') + "_seconds", latency.help(), metrics.histogram(latency)));
        }
    }

    private static void registerDistributions(PrometheusRegistry prometheus, NodeSnapshot snapshot) {
        prometheus.register(HistogramCollector.gaugeHistogram(
                "roomcast_outbound_waiting_bytes",
                "Sessions by bytes that wait for them",
                NodeSnapshot.depthBounds(),
                1,
                () -> snapshot.figures().depths(),
                () -> snapshot.figures().waitingBytes()));
        prometheus.register(HistogramCollector.gaugeHistogram(
                "roomcast_outbound_send_age_seconds",
                "Sessions by age of the send in flight; 0 for none",
                NodeSnapshot.ageBoundsMillis(),
                1_000,
                () -> snapshot.figures().ages(),
                () -> snapshot.figures().agesNanos() / 1e9));
    }

    private void registerJvmMetrics() {
        MeterRegistry target = registry;
        new JvmMemoryMetrics().bindTo(target);
        gcMetrics = new JvmGcMetrics();
        gcMetrics.bindTo(target);
        new ProcessorMetrics().bindTo(target);
        FunctionCounter.builder("process.cpu.seconds", this, unused -> processCpuSeconds())
                .description("CPU time of the Java process")
                .register(target);
        new FileDescriptorMetrics().bindTo(target);
        new UptimeMetrics().bindTo(target);
    }

    /** @return 0 if the JVM does not tell */
    private static double processCpuSeconds() {
        try {
            return (Long) ManagementFactory.getPlatformMBeanServer()
                            .getAttribute(
                                    new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME), "ProcessCpuTime")
                    / 1e9;
        } catch (JMException | RuntimeException e) {
            return 0;
        }
    }

    @PreDestroy
    void close() {
        gcMetrics.close();
        registry.close();
        prometheusMeters.close();
        if (statsd != null) {
            statsd.close();
        }
    }
}

package io.roomcast.jmx;

import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.Uptime;
import io.roomcast.protocol.CloseCode;
import io.roomcast.service.BackEndService;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.NodeSnapshot;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Implements {@link NodeMXBean} with the counters and snapshots of the node. Any thread. */
@ApplicationScoped
public class NodeBean implements NodeMXBean {
    private Node node;
    private SessionRegistry sessions;
    private Readiness readiness;
    private NodeMetrics metrics;
    private NodeSnapshot snapshot;
    private Drain drain;
    private Limits limits;
    private BackEndService backEnd;
    private Rates rates;
    private Uptime uptime;

    /** For the container's proxy. */
    protected NodeBean() {}

    @Inject
    public NodeBean(
            Node node,
            SessionRegistry sessions,
            Readiness readiness,
            NodeMetrics metrics,
            NodeSnapshot snapshot,
            Drain drain,
            Limits limits,
            BackEndService backEnd,
            Clocks clocks,
            Uptime uptime) {
        this.node = node;
        this.sessions = sessions;
        this.readiness = readiness;
        this.metrics = metrics;
        this.snapshot = snapshot;
        this.drain = drain;
        this.limits = limits;
        this.backEnd = backEnd;
        this.uptime = uptime;
        this.rates = new Rates(metrics, clocks.nanos());
    }

    /** Takes a sample for the rates. To be called once a second. */
    void sample() {
        rates.sample();
    }

    @Override
    public String getName() {
        return node.name();
    }

    @Override
    public String getState() {
        return readiness.state().word().toUpperCase(Locale.ROOT);
    }

    @Override
    public long getUptimeSeconds() {
        return TimeUnit.MILLISECONDS.toSeconds(uptime.millis());
    }

    @Override
    public int getSessions() {
        return sessions.count();
    }

    @Override
    public long getSessionsPortable() {
        return metrics.portableSessions();
    }

    @Override
    public long getSessionsOpened() {
        return metrics.get(Counter.SESSIONS_OPENED);
    }

    @Override
    public Map<Integer, Long> getSessionsClosed() {
        return metrics.closes();
    }

    @Override
    public long getSlowConsumersClosed() {
        return metrics.closes().getOrDefault(CloseCode.SLOW_CONSUMER.number(), 0L);
    }

    @Override
    public long getMessagesForgotten() {
        return metrics.get(Counter.QUEUE_MESSAGES_FORGOTTEN);
    }

    @Override
    public long getFramesReceived() {
        return metrics.get(Counter.FRAMES_RECEIVED);
    }

    @Override
    public double getFramesReceivedPerSecond() {
        return rates.perSecond(Rates.Sample::frames);
    }

    @Override
    public Map<String, Long> getRefusals() {
        return metrics.refusals();
    }

    @Override
    public long getMessagesStored() {
        return metrics.get(Counter.MESSAGES_STORED);
    }

    @Override
    public double getMessagesStoredPerSecond() {
        return rates.perSecond(Rates.Sample::stored);
    }

    @Override
    public long getMessagesDelivered() {
        return metrics.get(Counter.MESSAGES_DELIVERED);
    }

    @Override
    public double getMessagesDeliveredPerSecond() {
        return rates.perSecond(Rates.Sample::delivered);
    }

    @Override
    public long getMessagesDropped() {
        return metrics.get(Counter.MESSAGES_DROPPED);
    }

    @Override
    public long getQueueNoticesDropped() {
        return metrics.get(Counter.QUEUE_NOTICES_DROPPED);
    }

    @Override
    public long getQueuedBytes() {
        return snapshot.figures().waitingBytes();
    }

    @Override
    public long getDeepestQueueBytes() {
        return snapshot.figures().deepestBytes();
    }

    @Override
    public long getOldestSendMillis() {
        return TimeUnit.NANOSECONDS.toMillis(snapshot.figures().oldestNanos());
    }

    @Override
    public long getEventsWaiting() {
        return snapshot.figures().laneEvents();
    }

    @Override
    public DrainProgress getDrain() {
        return DrainProgress.of(drain.progress());
    }

    @Override
    public Map<String, Long> getLimits() {
        return limits.all();
    }

    @Override
    public Map<String, Long> getCounters() {
        Map<String, Long> counts = new TreeMap<>();
        for (Counter counter : Counter.values()) {
            StringBuilder name = new StringBuilder(counter.series());
            counter.labels()
                    .forEach((label, value) -> name.append('{')
                            .append(label)
                            .append('=')
                            .append(value)
                            .append('}'));
            counts.put(name.toString(), metrics.get(counter));
        }
        return counts;
    }

    @Override
    public Map<String, Long> getLimitsReached() {
        return metrics.limits();
    }

    @Override
    public DrainProgress drain(String window) {
        return DrainProgress.of(drain.drain(parseWindow(window), ConsoleAuthor.current()));
    }

    @Override
    public DrainProgress undrain() {
        return DrainProgress.of(drain.undrain(ConsoleAuthor.current()));
    }

    @Override
    public DrainProgress rebalance(double share, String window) {
        return DrainProgress.of(drain.rebalance(share, parseWindow(window), ConsoleAuthor.current()));
    }

    /** @param text blank or null if the operator has left out the argument */
    private Duration parseWindow(String text) {
        return drain.parseWindow(text == null || text.isBlank() ? null : text);
    }

    @Override
    public int kick(String user) {
        return backEnd.disconnect(OperatorInput.user(user), ConsoleAuthor.current());
    }

    @Override
    public String setLimit(String key, String value) {
        return limits.set(key, value, ConsoleAuthor.current());
    }
}

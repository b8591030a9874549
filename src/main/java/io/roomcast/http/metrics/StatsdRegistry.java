package io.roomcast.http.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.step.StepMeterRegistry;
import io.micrometer.core.instrument.step.StepRegistryConfig;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Sends the metrics to a StatsD server over UDP, once in each interval. The datagrams are small enough to pass any
 * network unfragmented. Lost datagrams are not sent again. An outage is logged once. One thread at a time publishes.
 *
 * @see <a href="https://github.com/statsd/statsd/blob/master/docs/metric_types.md">StatsD metric types</a>
 */
final class StatsdRegistry extends StepMeterRegistry {
    private static final Logger LOG = System.getLogger(StatsdRegistry.class.getName());
    /** The size of an Ethernet frame minus the headers of IPv6 and UDP, and minus some bytes for tunnels. */
    private static final int DATAGRAM_BYTES = 1_400;

    private final String host;
    private final int port;
    private final StatsdLines lines;
    private final ByteBuffer datagram = ByteBuffer.allocate(DATAGRAM_BYTES);
    /** Whether the last transmission failed. */
    private boolean lastTransmissionFailed;

    /** @param server {@code host:port} */
    StatsdRegistry(String server, StatsdLines lines, Duration interval) {
        super(registryConfig(interval), Clock.SYSTEM);
        int colon = server.lastIndexOf(':');
        this.host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
        this.port = Integer.parseInt(server.substring(colon + 1));
        this.lines = lines;
        config().namingConvention(NamingConvention.identity);
    }

    private static StepRegistryConfig registryConfig(Duration interval) {
        return new StepRegistryConfig() {
            @Override
            public String prefix() {
                return "statsd";
            }

            @Override
            public String get(String key) {
                return null;
            }

            @Override
            public Duration step() {
                return interval;
            }
        };
    }

    @Override
    public void start(ThreadFactory threads) {
        super.start(threads);
        LOG.log(Level.INFO, "Metrics are sent to StatsD at {0}:{1}", host, String.valueOf(port));
    }

    @Override
    protected TimeUnit getBaseTimeUnit() {
        return TimeUnit.MILLISECONDS;
    }

    @Override
    protected void publish() {
        // The host is resolved each time, because its address may change.
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(host, port));
            for (Meter meter : getMeters()) {
                for (String line : lines.of(meter)) {
                    addToDatagram(line, channel);
                }
            }
            flush(channel);
            lastTransmissionFailed = false;
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    lastTransmissionFailed ? Level.DEBUG : Level.WARNING,
                    "StatsD at " + host + ":" + port + " does not accept metrics: " + e);
            lastTransmissionFailed = true;
        } finally {
            datagram.clear();
        }
    }

    private void addToDatagram(String line, DatagramChannel channel) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (bytes.length > datagram.remaining()) {
            flush(channel);
        }
        if (bytes.length <= datagram.remaining()) {
            datagram.put(bytes);
        }
    }

    private void flush(DatagramChannel channel) throws IOException {
        datagram.flip();
        if (datagram.hasRemaining()) {
            channel.write(datagram);
        }
        datagram.clear();
    }
}

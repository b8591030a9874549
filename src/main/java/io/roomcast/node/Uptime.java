package io.roomcast.node;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The time since this node started. In an application server the JVM may have started much earlier. Any thread. */
@ApplicationScoped
public class Uptime {
    private LongSupplier nanoClock;
    private long startedAt;

    /** For the container's proxy. */
    protected Uptime() {}

    @Inject
    public Uptime(Clocks clocks) {
        nanoClock = clocks.nanos();
        startedAt = nanoClock.getAsLong();
    }

    /** Makes CDI create this bean when the node starts, and not at its first use. */
    void onNodeStarted(@Observes NodeStarted event) {}

    /** Milliseconds since the node started. */
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - startedAt);
    }
}

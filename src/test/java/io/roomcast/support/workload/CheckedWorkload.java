package io.roomcast.support.workload;

import java.net.URI;
import java.util.List;
import java.util.function.Function;

/** A healthy {@link Workload} on one node, for tests of other packages: it must not notice what else goes on there. */
public final class CheckedWorkload implements AutoCloseable {
    private static final int ROOMS = 4;
    private static final int RECEIVERS = 3;
    private static final long PAUSE_MILLIS = 5;
    private static final long DROP_MILLIS = 200;
    /** Recovery is not checked here: others fill the node's memory for history, and a room keeps only what is left. */
    private static final int WINDOW = 0;

    private final Workload workload;

    /** @param node makes the address of a user */
    public CheckedWorkload(Function<String, URI> node, long seed) {
        workload = new Workload(List.of(node), ROOMS, RECEIVERS, PAUSE_MILLIS, DROP_MILLIS, seed);
    }

    /** Waits until this many messages more were acknowledged. */
    public void awaitAcks(long more, long seconds) {
        workload.awaitAcks(more, seconds);
    }

    /** Lets the workload finish. @return what was broken of the promises; empty when nothing was */
    public List<String> violations(long seconds) {
        workload.quiesce(WINDOW, seconds);
        return workload.violations(WINDOW).stream().map(Object::toString).toList();
    }

    @Override
    public void close() {
        workload.close();
    }
}

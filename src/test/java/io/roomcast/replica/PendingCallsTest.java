package io.roomcast.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingCallsTest {
    private static final long TIMEOUT_MILLIS = 1_000;

    private final List<String> ends = new ArrayList<>();
    private long now;
    private Runnable whileAdding = () -> {};
    private final PendingCalls pending = new PendingCalls(this::nanoTime, TIMEOUT_MILLIS);

    private long nanoTime() {
        whileAdding.run();
        return now;
    }

    private Replica.Call call(String name) {
        return new Replica.Call() {
            @Override
            public void applied(Partition partition, Object result) {
                ends.add(name + " " + result);
            }

            @Override
            public void failed(Throwable why) {
                ends.add(name + ": " + why.getMessage());
            }
        };
    }

    @Test
    void aCallEndsOnce() {
        assertTrue(pending.add(1, call("one")));
        assertTrue(pending.add(2, call("two")));
        pending.applied(1, null, "done");
        pending.applied(1, null, "again");
        now += (TIMEOUT_MILLIS + 1) * 1_000_000;
        pending.checkTimeouts();
        pending.applied(2, null, "late");
        assertEquals(List.of("one done", "two: the log did not answer in time"), ends);
    }

    @Test
    void aCallThatComesWhileTheNodeStopsEnds() {
        whileAdding = () -> {
            whileAdding = () -> {};
            pending.close(now);
        };
        assertFalse(pending.add(1, call("one")));
        assertFalse(pending.add(2, call("two")));
        assertEquals(List.of("one: the node is stopping", "two: the node is stopping"), ends);
    }
}

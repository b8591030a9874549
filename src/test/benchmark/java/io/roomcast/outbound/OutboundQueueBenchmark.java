package io.roomcast.outbound;

import io.roomcast.protocol.CloseCode;
import io.roomcast.support.Queues;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a queue costs for each frame: when its connection is quick, and when three wait behind the one in flight. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OutboundQueueBenchmark {
    private final EncodedFrame frame = EncodedFrame.of(FrameKind.REPLY, "x".repeat(120));
    private final Slow slow = new Slow();
    private final OutboundQueue quickQueue = queue(new Quick());
    private final OutboundQueue slowQueue = queue(slow);

    private static OutboundQueue queue(Transport transport) {
        return Queues.of(transport, new OutboundLimits(1 << 20, 0), true, System::nanoTime);
    }

    private static class Quick implements Transport {
        @Override
        public void send(EncodedFrame sent, Completion completion) {
            completion.sent(null);
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseCode code, String reason) {}
    }

    private static final class Slow extends Quick {
        private Completion inFlight;

        @Override
        public void send(EncodedFrame sent, Completion completion) {
            inFlight = completion;
        }

        void complete() {
            Completion completed = inFlight;
            inFlight = null;
            completed.sent(null);
        }
    }

    @Benchmark
    public boolean sentAtOnce() {
        return quickQueue.offer(frame);
    }

    /** Four frames: one is sent, three are joined behind it. */
    @Benchmark
    public void joinedBehindAnother() {
        for (int i = 0; i < 4; i++) {
            slowQueue.offer(frame);
        }
        slow.complete();
        slow.complete();
    }
}

package io.roomcast.room;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.OutboundLimits;
import io.roomcast.outbound.OutboundQueue;
import io.roomcast.outbound.Transport;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.support.ManualTransport;
import io.roomcast.support.Queues;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A message on its way through a room's lane to all members' transports, which complete at once. Time for one message, to all. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LaneBenchmark {
    @Param({"10", "100", "1000", "10000"})
    private int members;

    /** Messages that have gathered when the lane runs. */
    @Param({"1", "16"})
    private int batch;

    private final RoomFixture fixture = new RoomFixture(100, 100);
    private final byte[] body = ("{\"at\":1,\"sender\":\"ann\",\"room\":\"lobby\",\"content\":\"" + "x".repeat(60)
                    + "\"}")
            .getBytes(StandardCharsets.US_ASCII);
    private Room room;
    private long offset;

    private static final class Nowhere implements Transport {
        @Override
        public void send(EncodedFrame frame, Completion completion) {
            completion.sent(null);
        }

        @Override
        public void ping() {}

        @Override
        public void close(CloseCode code, String reason) {}
    }

    @Setup
    public void join() {
        FakeMember witness = new FakeMember(ManualTransport.immediate(), false);
        for (int i = 0; i < members; i++) {
            OutboundQueue queue = Queues.of(new Nowhere(), new OutboundLimits(1 << 20, 0), true, System::nanoTime);
            room = fixture.join(new Member(queue, Member.Scope.ALL, witness, null), null);
        }
        fixture.source.completeSubscription();
        fixture.executor.runAll();
        witness.transport.sent().clear();
    }

    @Benchmark
    public void message() {
        for (int i = 0; i < batch; i++) {
            room.deliver(new StoredMessage(++offset, body));
        }
        fixture.executor.runAll();
    }
}

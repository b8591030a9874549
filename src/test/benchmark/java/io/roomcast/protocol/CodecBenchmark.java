package io.roomcast.protocol;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The JSON of one publish: read once on the node that takes it, written once in the cluster. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
    private static final String CONTENT = "x".repeat(60);

    private final ClientFrameReader reader = new ClientFrameReader();
    private final ServerFrameWriter writer = new ServerFrameWriter();
    private final String line =
            "{\"type\":\"publish\",\"id\":7,\"room\":\"lobby\",\"idempotencyKey\":\"0b7f1c\",\"content\":\"" + CONTENT
                    + "\"}";
    private final ServerFrameWriter.MessageBody body = ServerFrameWriter.MessageBody.of(
            new RoomName("lobby"), User.of(new UserId("ann")), Payload.of(CONTENT), 1_700_000_000_000L, "0b7f1c");
    private final ServerFrame ack = new ServerFrame.Ack(7L, "0b7f1c", "lobby", new Position("epoch", 42));

    @Benchmark
    public ClientFrame readPublish() {
        return reader.read(line);
    }

    @Benchmark
    public byte[] writeMessage() {
        return writer.body(body);
    }

    @Benchmark
    public String writeAck() {
        return writer.write(ack);
    }
}

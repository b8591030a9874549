package io.roomcast.redis;

import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.redis.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The publish script, to a Redis on loopback and back: one alone, and a hundred that share round trips. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PublishBenchmark {
    private final RoomName room = new RoomName("lobby");
    private final byte[] body = "x".repeat(120).getBytes(StandardCharsets.US_ASCII);
    private RedisProcess redis;
    private RedisNode node;
    private long keys;

    @Setup
    public void start() {
        redis = RedisProcess.launch();
        node = new RedisNode(RedisSettings.parse(redis.uri()));
    }

    @TearDown
    public void stop() {
        node.close();
        redis.close();
    }

    private CompletionStage<Position> publish() {
        return node.relay.publish(room, "key" + keys++, body);
    }

    @Benchmark
    public Position one() {
        return publish().toCompletableFuture().join();
    }

    @Benchmark
    public void hundred() {
        CompletableFuture.allOf(IntStream.range(0, 100)
                        .mapToObj(i -> publish().toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .join();
    }
}

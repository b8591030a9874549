package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.redis.connection.PipelineCommand.Request;
import io.roomcast.support.redis.TestRedis;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;

/** One batch, on a Redis that does not know a script at its beginning and knows it at its end. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipelineTest {
    private static final int SLOT = 1;
    private static final int OTHER_SLOT = 2;
    private static final String LIST = "list";

    @RegisterExtension
    final TestRedis redis = new TestRedis();

    private final Script append = Script.of("return redis.call('RPUSH', KEYS[1], ARGV[1])");

    @Test
    void aCallThatWasOvertakenIsNotSentAgainEvenIfNobodyWaitsForItAnyMore() throws Exception {
        Pipeline pipeline =
                new Pipeline("test", this::connect, List.of(), System::nanoTime, TimeUnit.MINUTES.toNanos(1));
        Request early = append("early", SLOT);
        Request last = append("last", SLOT);
        early.reply().cancel(false);
        pipeline.submit(early);
        pipeline.submit(new Request(OTHER_SLOT, append.load()));
        pipeline.submit(last);
        pipeline.start(Thread::new);
        try {
            last.reply().get();
        } finally {
            pipeline.close();
        }
        assertEquals(List.of("last"), redis.admin().lrange(LIST, 0, -1));
    }

    private Request append(String text, int slot) {
        CommandArguments call = append.call(List.of(LIST.getBytes(UTF_8)), text);
        return new Request(slot, call);
    }

    private RedisConnection connect() {
        Connector connector = new Connector(RedisSettings.parse(redis.uri()), "node");
        return connector.open(new HostAndPort("127.0.0.1", redis.port()), "test", 10_000);
    }
}

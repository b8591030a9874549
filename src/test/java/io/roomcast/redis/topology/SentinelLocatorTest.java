package io.roomcast.redis.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.redis.connection.Connector;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.redis.connection.RedisSettings.Sentinels;
import io.roomcast.support.redis.SentinelTrio;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.exceptions.JedisException;

/** Sentinels that accept connections and say nothing. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SentinelLocatorTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final List<ServerSocket> silent = new ArrayList<>();

    private String silentSentinel() throws IOException {
        // The system accepts what nobody takes from its queue.
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        silent.add(listener);
        return "127.0.0.1:" + listener.getLocalPort();
    }

    @AfterEach
    void stop() throws IOException {
        for (ServerSocket listener : silent) {
            listener.close();
        }
    }

    private static SentinelLocator asking(List<String> sentinels) {
        RedisSettings settings = RedisSettings.parse("redis://ignored")
                .withTimeout(TIMEOUT)
                .withSentinels(SentinelTrio.NAME, sentinels, null);
        return new SentinelLocator((Sentinels) settings.servers(), new Connector(settings, "test"));
    }

    @Test
    void allTogetherTakeTheTimeOfOne() throws IOException {
        SentinelLocator sentinel = asking(List.of(silentSentinel(), silentSentinel(), silentSentinel()));
        long began = System.nanoTime();
        assertThrows(JedisException.class, sentinel::find);
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);

        assertTrue(took < 2 * TIMEOUT.toMillis(), "it took " + took + " ms");
    }

    @Test
    void theOneThatAnswersIsFoundBehindThem(@TempDir Path directory) throws IOException {
        try (SentinelTrio servers = SentinelTrio.launch(directory)) {
            SentinelLocator sentinel = asking(List.of(
                    silentSentinel(),
                    silentSentinel(),
                    "127.0.0.1:" + servers.sentinel().port()));
            assertEquals(servers.master().port(), sentinel.find().getPort());
        }
    }
}

package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.roomcast.support.CapturedLog;
import io.roomcast.support.redis.RedisProcess;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** What a subscriber tells the log of a connection that is lost over and over. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SubscriberTest {
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private CapturedLog log;
    private RedisProcess redis;
    private Subscriber subscriber;

    @BeforeEach
    void start() {
        redis = RedisProcess.launch();
        log = CapturedLog.of(Subscriber.class.getName());
        Connector connector = new Connector(RedisSettings.parse(redis.uri()), "test");
        subscriber = new Subscriber(
                new Subscriber.Endpoint() {
                    @Override
                    public RedisConnection connect(int silenceMillis) {
                        return connector.open(new HostAndPort("127.0.0.1", redis.port()), "subscribe", silenceMillis);
                    }

                    @Override
                    public byte[] nodeChannel() {
                        return "own".getBytes(UTF_8);
                    }
                },
                new Recorder(),
                false,
                System::nanoTime);
        subscriber.start(Thread::new);
    }

    @AfterEach
    void stop() {
        subscriber.close();
        log.close();
        redis.close();
    }

    private final class Recorder implements Subscriber.ServerEvents {
        @Override
        public void connected() {
            events.add("connected");
        }

        @Override
        public void unreachable(String why) {}

        @Override
        public void subscribed(String room, String run) {}

        @Override
        public void received(String room, Envelope envelope) {}

        @Override
        public void probed(String token) {
            events.add(token);
        }

        @Override
        public void asked(Envelope.Question question) {}

        @Override
        public void answered(Envelope.Answer answer) {}
    }

    private List<String> lines() {
        return log.messages(Level.INFO);
    }

    private void loseItTimes(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            subscriber.cut();
            assertNotNull(events.poll(20, TimeUnit.SECONDS), "it connects again");
        }
    }

    @Test
    void lossIsToldOncePerOutage() throws InterruptedException {
        assertEquals("connected", events.poll(20, TimeUnit.SECONDS));
        loseItTimes(4);
        assertEquals(1, lines().size(), lines()::toString);
        try (Jedis admin = new Jedis("127.0.0.1", redis.port())) {
            admin.publish("own", "4Ma 1 run heard");
        }
        assertEquals("heard", events.poll(20, TimeUnit.SECONDS));
        loseItTimes(4);
        assertEquals(2, lines().size(), lines()::toString);
    }
}

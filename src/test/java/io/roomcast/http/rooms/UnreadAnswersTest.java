package io.roomcast.http.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.local.LocalPresence;
import io.roomcast.local.LocalRelayProvider;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.relay.PresenceStore;
import io.roomcast.service.CoreProducers;
import io.roomcast.service.session.SessionRegistry;
import io.roomcast.support.Beans;
import io.roomcast.support.ManualExecutor;
import io.roomcast.support.ManualTimer;
import jakarta.enterprise.inject.Instance;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Answers over HTTP on an application server, whose clients do not read. */
class UnreadAnswersTest {
    private static final int ANSWER = 64 * 1024;
    private static final Map<String, String> SETTINGS =
            Map.of(LimitKeys.NODE_OUTBOUND_BYTES.name(), String.valueOf(3 * ANSWER));

    private final ManualTimer timer = new ManualTimer();
    private final ManualExecutor pool = new ManualExecutor();
    private final RoomcastConfig config =
            RoomcastConfig.load(key -> Optional.ofNullable(SETTINGS.get(key)), SETTINGS.keySet());
    private final Beans beans = new Beans(new CoreProducers())
            .put(RoomcastConfig.class, config)
            .put(Threads.class, new Threads(pool, timer, Thread::new))
            .put(Clocks.class, new Clocks(() -> Instant.EPOCH, timer::nanos))
            .put(NodeMetrics.class, new NodeMetrics())
            .put(Instance.class, Beans.only(new LocalRelayProvider(config)))
            .put(PresenceStore.class, new LocalPresence());
    private final SessionRegistry sessions = beans.get(SessionRegistry.class);
    private final UnreadAnswers unread = beans.get(UnreadAnswers.class);
    private final List<Stream> streams = new ArrayList<>();
    private final List<Integer> statuses = new ArrayList<>();

    /** The stream of a client that reads when the test says so. */
    private static final class Stream extends ServletOutputStream {
        private WriteListener listener;
        private boolean isReady;

        @Override
        public boolean isReady() {
            return isReady;
        }

        @Override
        public void setWriteListener(WriteListener added) {
            listener = added;
        }

        @Override
        public void write(int octet) {}

        void read() throws Exception {
            isReady = true;
            listener.onWritePossible();
        }
    }

    private void answer(boolean isDue) {
        Stream stream = new Stream();
        streams.add(stream);
        HttpServletResponse response = proxy(HttpServletResponse.class, (method, argument) -> {
            if (method.equals("setStatus")) {
                statuses.add((Integer) argument);
            }
            return method.equals("getOutputStream") ? stream : null;
        });
        AsyncContext async = proxy(AsyncContext.class, (method, argument) -> null);
        new RoomsResponse(async, response, false, null, unread).sendFrames(new byte[ANSWER], isDue, () -> {});
    }

    private interface Call {
        Object of(String method, Object argument);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call.of(method.getName(), arguments == null ? null : arguments[0])));
    }

    @Test
    void theyCountTowardsTheLimitOfTheNodeUntilTheyAreRead() throws Exception {
        for (int i = 0; i < 4; i++) {
            answer(false);
        }
        assertEquals(List.of(200, 200, 200, 503), statuses);
        assertEquals(3 * ANSWER, sessions.heldBytes());
        streams.get(0).read();
        assertEquals(2 * ANSWER, sessions.heldBytes());
        answer(false);
        assertEquals(200, statuses.get(4));
        answer(true);
        assertEquals(200, statuses.get(5), "what cannot be asked for again is sent in any case");
        assertEquals(4 * ANSWER, sessions.heldBytes());
    }

    @Test
    void theyCountForAMinuteAtMostIfTheServerNeverTellsThatAClientIsGone() {
        answer(false);
        timer.advance(TimeUnit.MINUTES.toMillis(1));
        pool.runAll();
        assertEquals(0, sessions.heldBytes());
    }
}

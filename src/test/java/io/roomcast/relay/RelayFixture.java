package io.roomcast.relay;

import static io.roomcast.support.Stages.get;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.support.Await;
import io.roomcast.support.RecordingListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A relay that was just started, a room of its own, and what it delivers. */
public abstract class RelayFixture {
    public static final HistoryLimits PLENTY = new HistoryLimits(10_000, Duration.ofHours(1), 64L << 20);

    protected final RecordingListener listener = new RecordingListener();
    protected final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    protected Relay relay;

    /** For the relay. */
    protected final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    final ExecutorService publishers = Executors.newFixedThreadPool(8);

    /** A relay that is not started. */
    protected abstract Relay create(HistoryLimits.Rule limits);

    /** Lets at least {@code age}, some seconds at most, go by for what is stored. */
    protected abstract void pass(Duration age);

    /** Where the broker has a clock of its own: waits until the room has no young messages any more. */
    protected final void awaitOld() {
        Await.until(
                "messages grow old",
                () -> get(relay.historyAfter(room, 0, 10)).messages().isEmpty());
    }

    /** Whether the history ends with its age and its bytes. Where there is an archive, it does not. */
    protected boolean forgets() {
        return true;
    }

    @BeforeEach
    void startRelay() {
        start(PLENTY);
    }

    protected void start(HistoryLimits limits) {
        start(limits.everywhere());
    }

    protected void start(HistoryLimits.Rule limits) {
        if (relay != null) {
            relay.close();
        }
        relay = create(limits);
        relay.start(listener);
    }

    @AfterEach
    void closeRelay() {
        publishers.shutdownNow();
        timer.shutdownNow();
        relay.close();
    }

    protected static byte[] body(String content) {
        return ("{\"content\":\"" + content + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    /** With the time of the message, as nodes write it. */
    protected static byte[] body(String content, long at) {
        return ("{\"content\":\"" + content + "\",\"at\":" + at + "}").getBytes(StandardCharsets.UTF_8);
    }

    protected Position publish(String content) {
        return get(relay.publish(room, null, body(content)));
    }

    List<StoredMessage> allAfter(long offset) {
        List<StoredMessage> all = new ArrayList<>();
        HistoryPage page;
        long after = offset;
        do {
            page = get(relay.historyAfter(room, after, 200));
            all.addAll(page.messages());
            after = all.isEmpty() ? offset : all.get(all.size() - 1).offset();
        } while (page.more());
        return all;
    }

    protected static List<Long> offsets(List<StoredMessage> messages) {
        return messages.stream().map(StoredMessage::offset).toList();
    }

    protected static String text(StoredMessage message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }
}

package io.roomcast.redis;

import static io.roomcast.support.Stages.get;

import io.roomcast.archiver.ArchivedRelay;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Clocks;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Relay;
import io.roomcast.standalone.EmbeddedArchive;
import io.roomcast.support.Await;
import io.roomcast.support.RecordingListener;
import io.roomcast.support.postgres.PostgresProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A node over Redis whose messages are copied to PostgreSQL. */
final class ArchivedNode implements AutoCloseable {
    final NodeMetrics metrics = new NodeMetrics();
    final RecordingListener listener = new RecordingListener();
    final Archive archive;
    final RedisRelay broker;
    final ArchivedRelay relay;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    ArchivedNode(String redis, String postgres) {
        this(redis, postgres, RedisNode.PLENTY.everywhere(), 1);
    }

    /**
     * @param postgres URL of the schema
     * @param window as {@code roomcast.archive.window}
     */
    ArchivedNode(String redis, String postgres, HistoryLimits.Rule limits, int window) {
        this(RedisSettings.parse(redis), postgres, limits, window);
    }

    ArchivedNode(RedisSettings redis, String postgres, HistoryLimits.Rule limits, int window) {
        this(redis, postgres, limits, window, Duration.ZERO, false);
    }

    /**
     * @param retention how long the archive keeps messages; zero for ever
     * @param isRestored as {@code roomcast.archive.restore}
     */
    ArchivedNode(
            RedisSettings redis,
            String postgres,
            HistoryLimits.Rule limits,
            int window,
            Duration retention,
            boolean isRestored) {
        Map<String, String> settings = PostgresProcess.settings(postgres, "roomcast.relay", "redis");
        archive = EmbeddedArchive.open(
                        RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()))
                .orElseThrow();
        broker = new RedisRelay(
                redis,
                limits,
                room -> limits.of(room).times(window),
                isRestored,
                "test",
                ArchivedNode::daemon,
                timer,
                System::nanoTime,
                metrics);
        relay = new ArchivedRelay(
                broker,
                broker.logs(),
                archive,
                limits,
                broker.lives(),
                isRestored,
                room -> retention,
                !retention.isZero(),
                "test",
                ArchivedNode::daemon,
                timer,
                Clocks.system(),
                metrics,
                new Warnings(Clocks.system()));
        broker.admit(relay.admission());
    }

    ArchivedNode start() {
        relay.start(listener);
        return this;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    /** As a client does: again, with the same key, until it is acknowledged. */
    Position publish(RoomName room, String content) {
        String key = UUID.randomUUID().toString();
        return RedisNode.untilAnswered(() -> relay.publish(room, key, RedisNode.body(content)));
    }

    void awaitArchived(RoomName room, long offset) {
        Await.until("message " + offset + " is archived", () -> archivedTo(room) >= offset);
    }

    /** 0 if nothing is, or if the database is away. */
    private long archivedTo(RoomName room) {
        try {
            return archive.numbering(room).map(Archive.Numbering::offset).orElse(0L);
        } catch (ArchiveException e) {
            return 0;
        }
    }

    /** A search in all rooms of this node finds the only message that has the word. */
    void awaitFound(String word, long offset) {
        Archive.Search wanted =
                new Archive.Search(SearchTerms.parse(word), null, null, 0, Long.MAX_VALUE, 0, 10, Relay.PAGE_BYTES);
        Await.until(
                word + " is found",
                () -> get(relay.search(wanted)).results().stream()
                        .map(result -> result.message().offset())
                        .toList()
                        .equals(List.of(offset)));
    }

    /** All offsets of the room, read by pages from the end. */
    List<Long> backwards(RoomName room, int limit) {
        List<Long> all = new ArrayList<>();
        HistoryPage page;
        long before = 0;
        do {
            page = get(relay.historyBefore(room, before, limit));
            all.addAll(0, offsets(page));
            before = all.isEmpty() ? 1 : all.get(0);
        } while (page.more());
        return all;
    }

    /** All offsets of the room, read by pages from the beginning. */
    List<Long> forwards(RoomName room, int limit) {
        List<Long> all = new ArrayList<>();
        HistoryPage page;
        long after = 0;
        do {
            page = get(relay.browseAfter(room, after, limit));
            all.addAll(offsets(page));
            after = all.isEmpty() ? 0 : all.get(all.size() - 1);
        } while (page.more());
        return all;
    }

    static List<Long> offsets(HistoryPage page) {
        return page.messages().stream().map(StoredMessage::offset).toList();
    }

    @Override
    public void close() {
        relay.close();
        timer.shutdownNow();
    }

    /** Ends without a word: nothing is told, copied or given back. */
    void abandon() {
        timer.shutdownNow();
        archive.close();
        broker.close();
    }
}

package io.roomcast.room;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A relay of one room that a test drives: subscriptions and reads complete, and messages are delivered, when the test says so. Like a real
 * one it delivers as soon as the subscription is live, which may be before the stage of {@link #subscribe} completes.
 */
final class FakeSource implements RoomSource {
    static final RoomName ROOM = new RoomName("lobby");

    /** A read of the history that waits for its answer. */
    private record Read(long after, int limit, CompletableFuture<HistoryPage> answer) {}

    /** @param after where deliveries have come with it */
    private record Brought(Position after, Consumer<Room> action) {}

    private final int keep;
    private final TreeMap<Long, StoredMessage> history = new TreeMap<>();
    private final List<CompletableFuture<Position>> subscribing = new ArrayList<>();
    /** Where a subscription that has not completed began, when numbering began anew since; else null. */
    private Position beganAt;

    private final List<Read> reads = new ArrayList<>();
    /** Most messages that a page has. */
    int pageMessages = Integer.MAX_VALUE;

    private String epoch = "e1";
    private long last;
    private boolean live;
    private RoomRegistry registry;
    /** What happened, and is yet to be delivered. */
    private final ArrayDeque<Brought> stream = new ArrayDeque<>();
    /** Where the deliveries have come. */
    private Position brought = position();

    /** Whether nobody can be told where the room stands. */
    boolean away;

    private int promisedReads;
    int subscriptions;
    int unsubscriptions;
    /** Runs while the registry subscribes, as a delivery on another thread may. */
    Runnable duringSubscribe = () -> {};

    /** @param keep messages of history */
    FakeSource(int keep) {
        this.keep = keep;
    }

    void deliverTo(RoomRegistry rooms) {
        registry = rooms;
    }

    @Override
    public CompletionStage<Position> subscribe(RoomName room) {
        subscriptions++;
        live = true;
        CompletableFuture<Position> stage = new CompletableFuture<>();
        subscribing.add(stage);
        duringSubscribe.run();
        return stage;
    }

    @Override
    public CompletionStage<Position> position(RoomName room) {
        return away
                ? CompletableFuture.failedFuture(new IllegalStateException("away"))
                : CompletableFuture.completedFuture(position());
    }

    @Override
    public void unsubscribe(RoomName room) {
        unsubscriptions++;
        live = false;
    }

    @Override
    public CompletionStage<HistoryPage> historyAfter(RoomName room, long offset, int limit) {
        Read read = new Read(offset, limit, new CompletableFuture<>());
        reads.add(read);
        return read.answer();
    }

    @Override
    public CompletionStage<HistoryPage> promisedHistoryAfter(RoomName room, long offset, int limit) {
        promisedReads++;
        return historyAfter(room, offset, limit);
    }

    /** How many reads were for members that were promised all. */
    int promisedReads() {
        return promisedReads;
    }

    /** Stores a message; {@link #deliver} brings it. */
    void store() {
        StoredMessage message = append();
        Position after = position();
        stream.add(new Brought(after, room -> room.deliver(message)));
    }

    /** Stores messages that will not be delivered, and lets the next delivery say so. */
    void lose(int messages) {
        for (int i = 0; i < messages; i++) {
            append();
        }
        Position after = position();
        stream.add(new Brought(after, room -> room.reset(after)));
    }

    void beginEpoch(String name, long offset) {
        epoch = name;
        last = offset;
        history.clear();
        Position after = position();
        stream.add(new Brought(after, room -> room.reset(after)));
    }

    /** Brings the next of what happened. The history may be ahead of it, as it is where messages travel between nodes. */
    void deliver() {
        Brought next = stream.poll();
        if (next == null) {
            return;
        }
        if (!next.after().epoch().equals(brought.epoch()) && !subscribing.isEmpty() && beganAt == null) {
            beganAt = brought;
        }
        brought = next.after();
        Room room = live ? registry.find(ROOM) : null;
        if (room != null) {
            next.action().accept(room);
        }
    }

    void deliverAll() {
        while (isBehind()) {
            deliver();
        }
    }

    /** Whether there is something to deliver. */
    boolean isBehind() {
        return !stream.isEmpty();
    }

    void publish(int messages) {
        for (int i = 0; i < messages; i++) {
            store();
        }
        deliverAll();
    }

    private StoredMessage append() {
        last++;
        byte[] body = ("{\"epoch\":\"" + epoch + "\",\"n\":" + last + ",\"at\":" + timeOf(last) + "}")
                .getBytes(StandardCharsets.UTF_8);
        StoredMessage message = new StoredMessage(last, body);
        history.put(last, message);
        while (history.size() > keep) {
            history.pollFirstEntry();
        }
        return message;
    }

    /** Of the newest message that is stored. */
    Position position() {
        return new Position(epoch, last, history.containsKey(last) ? timeOf(last) : 0);
    }

    /** The {@code at} of the message with this offset. */
    static long timeOf(long offset) {
        return 1_000_000 + offset;
    }

    boolean has(Position since) {
        return since.epoch().equals(epoch) && (since.offset() == last || history.containsKey(since.offset() + 1));
    }

    int pendingSubscriptions() {
        return subscribing.size();
    }

    int pendingReads() {
        return reads.size();
    }

    void completeSubscription() {
        Position position = beganAt;
        if (beganAt == null) {
            position = brought.epoch().equals(epoch) ? position() : brought;
        }
        beganAt = null;
        completeSubscriptionAt(position);
    }

    void completeSubscriptionAt(Position position) {
        subscribing.remove(0).complete(position);
    }

    void failSubscription() {
        live = false;
        beganAt = null;
        subscribing.remove(0).completeExceptionally(new IllegalStateException("away"));
    }

    void completeRead() {
        completeRead(0);
    }

    void completeRead(int index) {
        Read read = reads.remove(index);
        int limit = Math.min(read.limit(), pageMessages);
        NavigableMap<Long, StoredMessage> rest = history.tailMap(read.after(), false);
        List<StoredMessage> found = rest.values().stream().limit(limit).toList();
        read.answer().complete(new HistoryPage(epoch, found, rest.size() > limit));
    }

    void failRead(int index) {
        reads.remove(index).answer().completeExceptionally(new IllegalStateException("away"));
    }
}

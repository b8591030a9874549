package io.roomcast.room;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A relay of one room that a test drives. Like a real one it delivers as soon as the subscription is live, which may be before the stage
 * of {@link #subscribe} completes; subscriptions and reads complete when the test says so.
 */
final class HandSource implements RoomSource {
    static final RoomName ROOM = new RoomName("lobby");

    /** A read of the history that waits for its answer. */
    private record Read(long after, int limit, CompletableFuture<HistoryPage> answer) {}

    private final int keep;
    private final TreeMap<Long, StoredMessage> history = new TreeMap<>();
    private final List<CompletableFuture<Position>> subscribing = new ArrayList<>();
    /** Where a subscription that has not completed began, when numbering began anew since; else null. */
    private Position beganAt;

    private final List<Read> reads = new ArrayList<>();
    private String epoch = "e1";
    private long last;
    private boolean live;
    private Consumer<Consumer<Room>> delivery = action -> {};

    int subscriptions;
    int unsubscriptions;
    /** Runs while the registry subscribes, as a delivery on another thread may. */
    Runnable duringSubscribe = () -> {};

    /** @param keep messages of history */
    HandSource(int keep) {
        this.keep = keep;
    }

    void deliverTo(RoomRegistry registry) {
        delivery = action -> {
            Room room = live ? registry.find(ROOM) : null;
            if (room != null) {
                action.accept(room);
            }
        };
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

    void publish() {
        store();
        StoredMessage message = history.lastEntry().getValue();
        delivery.accept(room -> room.deliver(message));
    }

    void publish(int messages) {
        for (int i = 0; i < messages; i++) {
            publish();
        }
    }

    /** Stores messages that are not delivered, and says so. */
    void lose(int messages) {
        for (int i = 0; i < messages; i++) {
            store();
        }
        Position position = position();
        delivery.accept(room -> room.reset(position));
    }

    void beginEpoch(String name, long offset) {
        if (!subscribing.isEmpty() && beganAt == null) {
            beganAt = position();
        }
        epoch = name;
        last = offset;
        history.clear();
        Position position = position();
        delivery.accept(room -> room.reset(position));
    }

    private void store() {
        last++;
        byte[] body = ("{\"epoch\":\"" + epoch + "\",\"n\":" + last + "}").getBytes(StandardCharsets.UTF_8);
        history.put(last, new StoredMessage(last, body));
        while (history.size() > keep) {
            history.pollFirstEntry();
        }
    }

    Position position() {
        return new Position(epoch, last);
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
        Position position = beganAt == null ? position() : beganAt;
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
        List<StoredMessage> found = history.tailMap(read.after(), false).values().stream()
                .limit(read.limit())
                .toList();
        read.answer().complete(new HistoryPage(epoch, found, false));
    }

    void failRead(int index) {
        reads.remove(index).answer().completeExceptionally(new IllegalStateException("away"));
    }
}

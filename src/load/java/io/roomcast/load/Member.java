package io.roomcast.load;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One member of one room: joins, publishes when it is told to, checks what it is sent, and comes back when its
 * connection ends.
 *
 * <p><b>Concurrency.</b> The thread of its loop calls the listener's methods; the pacer, the timer and, in a closed loop,
 * the loop publish. What they share is volatile, atomic or guarded by this object's monitor.
 */
final class Member implements Connection.Listener {
    private static final long RETURN_MILLIS = 1_000;
    /** The close code of a node that sends its sessions away. */
    private static final int DRAINING = 4001;

    private static final int JOIN_ID = 1;
    private static final int FIRST_ID = 10;

    private final Fleet fleet;
    private final Tally tally;
    private final int number;
    private final RoomCheck room;
    private final Position position;
    /** Sequence numbers by request that has no answer yet. */
    private final ConcurrentHashMap<Long, Long> unanswered = new ConcurrentHashMap<>();
    /** Messages of its own that it has not been sent yet. */
    private final AtomicInteger inFlight = new AtomicInteger();

    private final AtomicBoolean told = new AtomicBoolean();

    private EventLoop loop;
    private Connection connection;
    private volatile boolean joined;
    /** Joins without an answer. Until the last has one, what comes belongs to an older position, and comes again. */
    private int joining;

    private long sequence;
    private long began;
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile boolean leaving;
    private volatile long lastSent;

    Member(Fleet fleet, Tally tally, int number, RoomCheck room) {
        this.fleet = fleet;
        this.tally = tally;
        this.number = number;
        this.room = room;
        this.position = new Position(room);
    }

    /** Whether this is asked for the first time. */
    boolean firstTime() {
        return told.compareAndSet(false, true);
    }

    int number() {
        return number;
    }

    /** Connections that it lost, or did not get. */
    int attempts() {
        return attempts.get();
    }

    RoomCheck room() {
        return room;
    }

    /** Where it is in its room, as JSON; null if it is nowhere yet. On the loop's thread. */
    String place() {
        String since = position.since();
        return since.isEmpty() ? null : since.substring(since.indexOf('{'));
    }

    boolean isAway() {
        return !joined && position.isKnown();
    }

    boolean isJoined() {
        return joined;
    }

    /** The loop's thread. */
    void connect(EventLoop on, URI endpoint) {
        loop = on;
        began = System.nanoTime();
        joining = 0;
        connection = fleet.connection(this, endpoint);
        connection.connect(on);
    }

    @Override
    public void opened() {
        tally.connected.increment();
        if (fleet.token() != null) {
            connection.send("{\"type\":\"hello\",\"token\":\"" + fleet.token() + "\"}");
        }
        join();
    }

    private void join() {
        joining++;
        connection.send(
                "{\"type\":\"join\",\"id\":" + JOIN_ID + ",\"room\":\"" + room.name() + "\"" + position.since() + "}");
    }

    @Override
    public void text(byte[] bytes, int from, int to, long now) {
        tally.bytes.add(to - from);
        int begin = from;
        for (int at = from; at <= to; at++) {
            if (at == to || bytes[at] == '\n') {
                if (at > begin) {
                    line(bytes, begin, at, now);
                }
                begin = at + 1;
            }
        }
    }

    private void line(byte[] bytes, int from, int to, long now) {
        Scan scan = new Scan(bytes, from, to);
        if (scan.isMessage()) {
            deliver(scan, now);
            return;
        }
        JsonObject frame;
        try (var reader = Json.createReader(new ByteArrayInputStream(bytes, from, to - from))) {
            frame = reader.readObject();
        }
        switch (frame.getString("type", "")) {
            case "joined" -> joined(frame, now);
            case "ack" -> acknowledged(frame);
            case "error" -> refused(frame);
            case "behind" -> {
                tally.behind.increment();
                joined = false;
                join();
            }
            default -> {}
        }
    }

    private void deliver(Scan scan, long now) {
        long offset = scan.offset();
        long sentAt = scan.at();
        if (joining > 0) {
            return;
        }
        tally.delivered.increment();
        switch (position.take(offset, sentAt)) {
            case REPEATED -> tally.repeated.increment();
            case LATE -> tally.late.increment();
            default -> {}
        }
        if (!scan.toContent() || !scan.skip(fleet.mark())) {
            return; // Somebody else's.
        }
        int publisher = (int) scan.number();
        long sent = scan.number();
        long at = scan.number();
        EpochCheck epoch = position.epoch();
        if (epoch != null && epoch.contradicts(offset, publisher, sent)) {
            tally.contradicted.increment();
        }
        if (joined) {
            tally.latency(now - at);
        }
        if (publisher == number) {
            oneLessInFlight();
            fleet.cameBack(this);
        }
    }

    private void joined(JsonObject frame, long now) {
        if (--joining > 0) {
            return;
        }
        boolean again = position.isKnown();
        String epoch = frame.getString("epoch");
        if (again && frame.getBoolean("recovered", false)) {
            position.recovered(epoch);
        } else {
            // What it did not get, and was honestly told so, is no loss.
            boolean anew = again && !epoch.equals(position.epoch().id());
            long at = frame.containsKey("at") ? frame.getJsonNumber("at").longValue() : 0;
            long gap = position.jumpTo(epoch, frame.getJsonNumber("offset").longValue(), at);
            if (again) {
                tally.gaps.increment();
                tally.gapMessages.add(gap);
                tally.newEpochs.add(anew ? 1 : 0);
            }
        }
        if (again) {
            tally.returned.increment();
        } else {
            tally.joining(now - began);
            tally.joined.increment();
        }
        joined = true;
        fleet.joined(this);
    }

    private void acknowledged(JsonObject frame) {
        Long sent = unanswered.remove(frame.getJsonNumber("id").longValue());
        if (sent != null) {
            long offset = frame.getJsonNumber("offset").longValue();
            tally.acknowledged.increment();
            EpochCheck epoch = room.epoch(frame.getString("epoch"));
            epoch.acknowledge(offset);
            if (epoch.contradicts(offset, number, sent)) {
                tally.contradicted.increment();
            }
        }
    }

    private void refused(JsonObject frame) {
        tally.refused(frame.getString("code", "unknown"));
        long id = frame.containsKey("id") ? frame.getJsonNumber("id").longValue() : -1;
        if (unanswered.remove(id) != null) {
            oneLessInFlight();
        } else if (id == JOIN_ID) {
            joining--;
            if (position.isKnown()) {
                joinLater(
                        frame.containsKey("retryAfterMs")
                                ? frame.getJsonNumber("retryAfterMs").longValue()
                                : RETURN_MILLIS);
            } else {
                tally.failed.increment();
                fleet.joined(this);
            }
        }
    }

    /** Who was in its room asks again, as clients do. */
    private void joinLater(long millis) {
        Connection refused = connection;
        fleet.later(
                () -> loop.execute(() -> {
                    if (connection == refused && !joined && joining == 0) {
                        join();
                    }
                }),
                millis,
                TimeUnit.MILLISECONDS);
    }

    /** Not below 0: a message may come for which it does not wait any more. */
    private void oneLessInFlight() {
        inFlight.updateAndGet(count -> Math.max(0, count - 1));
    }

    /**
     * Any thread.
     *
     * @param at when it should have been sent, in this process's nanoseconds: a tester that is late must not hide it
     */
    synchronized void publish(long at) {
        if (!joined) {
            return;
        }
        long next = ++sequence;
        unanswered.put(FIRST_ID + next, next);
        inFlight.incrementAndGet();
        lastSent = at;
        tally.published.increment();
        connection.send("{\"type\":\"publish\",\"id\":" + (FIRST_ID + next) + ",\"room\":\"" + room.name()
                + "\",\"content\":\"" + fleet.content(number, next, at) + "\"}");
        tally.lateness(System.nanoTime() - at);
    }

    int inFlight() {
        return inFlight.get();
    }

    /** For one whose message never came back: it would wait for good. */
    void giveUpAfter(long nanos, long now) {
        if (inFlight.get() > 0 && now - lastSent > nanos) {
            inFlight.set(0);
        }
    }

    /** Messages that were acknowledged and are not here. */
    long missing() {
        return joined ? position.missing() : 0;
    }

    /** Messages that it published and was not answered for. */
    int unanswered() {
        return unanswered.size();
    }

    void leave() {
        leaving = true;
        loop.execute(() -> connection.close());
    }

    /** Goes without a word, as when a phone loses its network. */
    void vanish() {
        leaving = true;
        loop.execute(() -> connection.abort());
    }

    @Override
    public void closed(int code, String why) {
        boolean member = joined;
        joined = false;
        inFlight.set(0);
        tally.unanswered.add(unanswered.size());
        unanswered.clear();
        if (leaving) {
            return;
        }
        attempts.incrementAndGet();
        tally.ended(code == 0 ? why : code + (why.isEmpty() ? "" : " " + why));
        if (member) {
            tally.broken.increment();
            // A node that drains has chosen the time; after anything else many may come at once.
            long pause = code == DRAINING
                    ? 0
                    : RETURN_MILLIS / 2 + ThreadLocalRandom.current().nextLong(RETURN_MILLIS / 2 + 1);
            fleet.later(() -> fleet.connect(this), pause, TimeUnit.MILLISECONDS);
        } else if (!position.isKnown()) {
            tally.failed.increment();
            fleet.joined(this);
        } else {
            fleet.later(() -> fleet.connect(this), RETURN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}

package io.roomcast.nats;

import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.nats.connection.WaitingCalls;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * An appender for each room in which this node publishes. Any thread may call. No method but {@link #close} blocks.
 *
 * <p><b>Concurrency.</b> Calls are added inside the map's atomic update for the room, so that no appender is forgotten
 * that has got a call.
 */
final class RoomAppenders implements RoomAppender.Context {
    /** Most messages that wait to be stored. */
    private static final int MAX_WAITING = 20_000;
    /** Most appenders of rooms in which nothing is published now. */
    private static final int MAX_IDLE = 20_000;

    private final ConcurrentHashMap<String, RoomAppender> appenders = new ConcurrentHashMap<>();
    private final WaitingCalls waiting;
    private final JetStream jetStream;
    private final Subjects subjects;
    private final RoomTails tails;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;

    RoomAppenders(
            JetStream jetStream,
            Subjects subjects,
            RoomTails tails,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.tails = tails;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.waiting = new WaitingCalls(MAX_WAITING, nanoClock);
    }

    @Override
    public JetStream jetStream() {
        return jetStream;
    }

    @Override
    public Subjects subjects() {
        return subjects;
    }

    @Override
    public RoomTails tails() {
        return tails;
    }

    @Override
    public ScheduledExecutorService timer() {
        return timer;
    }

    @Override
    public long nanoTime() {
        return nanoClock.getAsLong();
    }

    CompletionStage<Relay.Prefix> append(RoomName room, List<Relay.Entry> entries) {
        return waiting.make(entries.size(), () -> {
            RoomAppender.Accepted accepted = accept(room, entries);
            accepted.begin();
            return accepted.result();
        });
    }

    private RoomAppender.Accepted accept(RoomName room, List<Relay.Entry> entries) {
        RoomAppender.Accepted[] accepted = new RoomAppender.Accepted[1];
        appenders.compute(room.value(), (name, known) -> {
            RoomAppender appender = known == null ? new RoomAppender(room, this) : known;
            accepted[0] = appender.accept(entries);
            return appender;
        });
        return accepted[0];
    }

    /** Takes a record that was delivered to this node. */
    void observe(String room, MessageHead head, long sequence) {
        RoomAppender appender = appenders.get(room);
        if (appender != null) {
            appender.observe(head, sequence);
        }
    }

    /** Must be called when records may have been lost. */
    void forget(RoomName room) {
        RoomAppender appender = appenders.get(room.value());
        if (appender != null) {
            appender.forget();
        }
    }

    /** Forgets appenders without work, if there are many. To be called regularly. */
    void sweep() {
        if (appenders.size() > MAX_IDLE) {
            for (String room : appenders.keySet()) {
                appenders.computeIfPresent(room, (name, appender) -> appender.isIdle() ? null : appender);
            }
        }
    }

    /** Waits for what was accepted, until that time at most. */
    void close(long deadlineNanos) {
        waiting.close(deadlineNanos);
    }
}

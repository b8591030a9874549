package io.roomcast.room;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.Position;
import io.roomcast.support.ManualExecutor;
import io.roomcast.support.ManualTimer;
import java.time.Duration;

/** One room with everything around it driven by hand. */
final class RoomFixture {
    static final long LINGER = 1_000;
    /** Most age of the messages that the room keeps, in milliseconds. */
    static final long RECENT_MILLIS = 3_600_000;

    final ManualExecutor executor = new ManualExecutor();
    final ManualTimer timer = new ManualTimer();
    final NodeMetrics metrics = new NodeMetrics();
    final FakeSource source;
    final RoomRegistry registry;
    /** Nanoseconds that pass whenever a lane looks at its clock. */
    long eachLook;

    private long looks;

    /**
     * @param recent messages that the room keeps
     * @param kept messages that the history keeps
     */
    RoomFixture(int recent, int kept) {
        this(recent, kept, new LagBudget(0, 0));
    }

    /** @param lag bounds what may wait for the lane */
    RoomFixture(int recent, int kept, LagBudget lag) {
        this(recent, kept, lag, 0);
    }

    /** @param rate bytes a second that returning members are sent; 0 for any */
    RoomFixture(int recent, int kept, LagBudget lag, long rate) {
        source = new FakeSource(kept);
        registry = new RoomRegistry(
                source,
                executor,
                timer,
                () -> timer.nanos() + (looks += eachLook),
                room -> new MessageLog.Limits(recent, 1 << 20, RECENT_MILLIS),
                Duration.ofMillis(LINGER),
                lag,
                new ReplayPacer(rate, timer, timer::nanos, metrics),
                metrics);
        source.deliverTo(registry);
    }

    Room join(FakeMember member, Position since) {
        return join(member.member, since);
    }

    Room join(Member member, Position since) {
        Room room = registry.open(FakeSource.ROOM);
        registry.join(room, member, since);
        return room;
    }

    /** Joins a member that is there from the first message on, and lets the room come up. */
    FakeMember witness() {
        FakeMember witness = FakeMember.quick();
        join(witness, null);
        source.completeSubscription();
        executor.runAll();
        return witness;
    }

    void publish(int messages) {
        source.publish(messages);
        executor.runAll();
    }

    static Position at(long offset) {
        return new Position("e1", offset);
    }
}

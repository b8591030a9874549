package io.roomcast.room;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * A room on this node: takes what happens to it in order, and hands it to its members on its lane.
 *
 * <p><b>Concurrency.</b> Any thread may post; nothing blocks. {@code references}, {@code vacancies} and {@code subscribed} belong to
 * {@link RoomRegistry}, which touches them only inside the atomic updates of its map. Everything else is confined to the lane.
 */
public final class Room {
    /**
     * What has happened to a room and is not yet taken.
     *
     * @param bytes of messages among it
     * @param lagNanos for how long the first of it has been waiting
     */
    public record Backlog(int events, long bytes, long lagNanos) {
        static final Backlog NONE = new Backlog(0, 0, 0);
    }

    private static final Logger LOG = System.getLogger(Room.class.getName());

    private final RoomName name;
    private final Lane<RoomEvent> lane;
    private final RoomMembers members;
    private final LaneIntake inflow;
    /** What came before the subscription was live; null from then on. */
    private List<RoomEvent> early = new ArrayList<>();

    private boolean unreachable;
    final CompletableFuture<Void> ready = new CompletableFuture<>();

    int references;
    int vacancies;
    boolean subscribed;

    Room(
            RoomName name,
            RoomSource source,
            Executor executor,
            LongSupplier nanoClock,
            RecentLimits recent,
            LagBudget lag,
            ReplayPacer pace,
            NodeMetrics metrics) {
        this.name = name;
        this.lane = new Lane<>(executor, this::take, this::flush, lag, nanoClock);
        this.members = new RoomMembers(name, source, recent, lane::post, pace, metrics, new FanOut(lane, executor));
        this.inflow = new LaneIntake(name, source, lane, members, metrics);
    }

    public RoomName name() {
        return name;
    }

    /** Members in the room now, for figures: those that are joining may or may not count. Any thread. */
    public int size() {
        return members.size();
    }

    /** Messages handed to members since the room was opened here, each counted for each member. Any thread. */
    public long delivered() {
        return members.delivered();
    }

    /** What has happened to the room and is not yet taken. Any thread. */
    public int waiting() {
        return lane.waiting();
    }

    /** Any thread. */
    public Backlog backlog() {
        return lane.backlog();
    }

    void post(RoomEvent event) {
        lane.post(event);
    }

    /** @return false while messages gather: those that come together go to the members as one frame, which costs far more than they do */
    private boolean take(RoomEvent event) {
        try {
            if (early == null) {
                apply(event);
            } else {
                applyEarly(event);
            }
        } catch (RuntimeException e) {
            // A defect, met by one member: the others must not lose the rest of the batch to it.
            LOG.log(Level.ERROR, "An event of room " + name + " failed", e);
        }
        return members.hasSentAll();
    }

    private void flush() {
        members.flush();
    }

    private void applyEarly(RoomEvent event) {
        if (event instanceof RoomEvent.Positioned live) {
            members.position(live.position());
            List<RoomEvent> held = early;
            early = null;
            held.forEach(this::take);
        } else if (event instanceof RoomEvent.Unreachable) {
            unreachable = true;
            early.forEach(this::take);
            early.clear();
        } else if (unreachable) {
            refuse(event);
        } else {
            early.add(event);
        }
    }

    private void refuse(RoomEvent event) {
        if (event instanceof RoomEvent.Join join) {
            join.member().listener().unavailable();
        } else if (event instanceof RoomEvent.Leave leave) {
            leave.left().run();
        } else if (event instanceof RoomEvent.Then next) {
            next.action().run();
        }
    }

    private void apply(RoomEvent event) {
        if (event instanceof RoomEvent.Deliver delivery) {
            members.deliver(delivery.message());
        } else if (event instanceof RoomEvent.Announce announcement) {
            members.announce(announcement.frame(), announcement.revision());
        } else if (event instanceof RoomEvent.Then next) {
            next.action().run();
        } else if (event instanceof RoomEvent.Join join) {
            members.join(join.member(), join.since());
        } else if (event instanceof RoomEvent.Leave leave) {
            try {
                members.leave(leave.member());
            } finally {
                leave.left().run();
            }
        } else if (event instanceof RoomEvent.CatchUp next) {
            members.catchUp(next.member(), next.shared());
        } else if (event instanceof RoomEvent.CatchUpPage page) {
            members.catchUpPage(page);
        } else if (event instanceof RoomEvent.Stands stands) {
            members.stands(stands.member(), stands.position());
        } else if (event instanceof RoomEvent.Reset reset) {
            members.reset(reset.position());
            inflow.wasReset();
        } else if (event instanceof RoomEvent.Lag) {
            inflow.lag();
        } else if (event instanceof RoomEvent.LagPage page) {
            inflow.page(page);
        }
    }

    /** From the relay, in the order of offsets. Any thread, one at a time. */
    public void deliver(StoredMessage message) {
        inflow.deliver(message);
    }

    /** To whoever is here, unless the room is behind with messages. Any thread. */
    public void signal(EncodedFrame frame) {
        inflow.signal(frame);
    }

    /**
     * Tells whoever is here of those who came and went. Any thread.
     *
     * @param revision up to which that tells
     * @return false when the room is behind with messages: nobody is told
     */
    public boolean announce(EncodedFrame frame, long revision) {
        return inflow.announce(frame, revision);
    }

    /** Runs the action behind everything that members have been told until now, and before all that they are told later. Any thread. */
    public void then(Runnable action) {
        lane.post(new RoomEvent.Then(action));
    }

    /** Completes when the room can be joined; fails when it cannot be reached. */
    public CompletionStage<Void> ready() {
        return ready;
    }

    /** The relay lost messages up to this position, or numbering began anew. Any thread. */
    public void reset(Position position) {
        inflow.reset(position);
    }
}

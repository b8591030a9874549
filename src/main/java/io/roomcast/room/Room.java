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
 * A room on this node. Its lane handles the room's events in order.
 *
 * <pre>
 *   RoomDelivery ──deliver──▶ LaneIntake ──▶ Lane ──one event after the other──▶ Room.handle ──▶ RoomMembers ──▶ Batch
 *                                              └──at the end of a run──▶ Room.flush ──▶ RoomMembers.flush ──▶ FanOut
 * </pre>
 *
 * <p><b>Concurrency.</b> Any thread may post events; no method blocks. {@code references}, {@code idleGeneration} and
 * {@code isSubscribed} belong to {@link RoomRegistry}, which uses them only inside the atomic updates of its map. All
 * other state is confined to the lane, or to the object that guards it.
 */
public final class Room {
    /**
     * The events that wait for a room's lane.
     *
     * @param events number of events
     * @param bytes size of the messages and notices among these events
     * @param waitingNanos how long the oldest of these events has been waiting
     */
    public record LaneLoad(int events, long bytes, long waitingNanos) {
        static final LaneLoad NONE = new LaneLoad(0, 0, 0);
    }

    private static final Logger LOG = System.getLogger(Room.class.getName());

    private final RoomName name;
    private final Lane<RoomEvent> lane;
    private final RoomMembers members;
    private final LaneIntake intake;
    /** The events that arrived before the room was subscribed; null when the room is subscribed. */
    private List<RoomEvent> beforeSubscribed = new ArrayList<>();

    /** Whether the subscription failed. */
    private boolean hasSubscribeFailed;

    final CompletableFuture<Void> ready = new CompletableFuture<>();

    int references;
    int idleGeneration;
    boolean isSubscribed;

    Room(
            RoomName name,
            RoomSource source,
            Executor executor,
            LongSupplier nanoClock,
            MessageLog.Limits recent,
            LagBudget lag,
            ReplayPacer pacer,
            NodeMetrics metrics) {
        this.name = name;
        this.lane = new Lane<>(executor, this::handle, this::flush, lag, nanoClock);
        this.members = new RoomMembers(
                name, source, recent, lane::post, pacer, nanoClock, metrics, new FanOut(lane, executor));
        this.intake = new LaneIntake(name, source, lane, members, metrics);
    }

    public RoomName name() {
        return name;
    }

    /** Number of members, for metrics. Members that are joining may or may not be counted. Any thread. */
    public int size() {
        return members.size();
    }

    /** Deliveries since the room was opened on this node. A message to ten members counts ten times. Any thread. */
    public long delivered() {
        return members.delivered();
    }

    /** Number of events that wait for the lane. Any thread. */
    public int waitingEvents() {
        return lane.waitingEvents();
    }

    /** The events that wait for the lane. Any thread. */
    public LaneLoad laneLoad() {
        return lane.load();
    }

    void post(RoomEvent event) {
        lane.post(event);
    }

    /**
     * Handles one event of a run.
     *
     * @return whether the run may end after this event. While messages wait in the batch, the run continues, because a
     *     frame costs far more than another message in the frame.
     */
    private boolean handle(RoomEvent event) {
        try {
            if (beforeSubscribed == null) {
                apply(event);
            } else {
                applyBeforeSubscribed(event);
            }
        } catch (RuntimeException e) {
            // A defect in one event must not stop the other events of this run.
            LOG.log(Level.ERROR, "An event of room " + name + " failed", e);
        }
        return members.batchIsEmpty();
    }

    private void flush() {
        members.flush();
    }

    private void applyBeforeSubscribed(RoomEvent event) {
        if (event instanceof RoomEvent.Subscribed subscribed) {
            members.startAt(subscribed.position());
            List<RoomEvent> held = beforeSubscribed;
            beforeSubscribed = null;
            held.forEach(this::handle);
        } else if (event instanceof RoomEvent.SubscribeFailed) {
            hasSubscribeFailed = true;
            beforeSubscribed.forEach(this::handle);
            beforeSubscribed.clear();
        } else if (hasSubscribeFailed) {
            refuse(event);
        } else {
            beforeSubscribed.add(event);
        }
    }

    private void refuse(RoomEvent event) {
        if (event instanceof RoomEvent.Join join) {
            join.member().listener().unavailable();
        } else if (event instanceof RoomEvent.Leave leave) {
            leave.left().run();
        } else if (event instanceof RoomEvent.RunAction next) {
            next.action().run();
        }
    }

    private void apply(RoomEvent event) {
        if (event instanceof RoomEvent.Deliver delivery) {
            members.addToBatch(delivery.message());
        } else if (event instanceof RoomEvent.SendNotice send) {
            members.sendNotice(send.frame(), send.revision());
        } else if (event instanceof RoomEvent.RunAction next) {
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
            members.onCatchUpPage(page);
        } else if (event instanceof RoomEvent.RelayPosition relay) {
            members.onRelayPosition(relay);
        } else if (event instanceof RoomEvent.Reset reset) {
            members.reset(reset.position());
            intake.onResetHandled();
        } else if (event instanceof RoomEvent.IntakeFull) {
            intake.onIntakeFull();
        } else if (event instanceof RoomEvent.IntakePage page) {
            intake.onPageRead(page);
        } else {
            throw new IllegalStateException("no handler for " + event.getClass());
        }
    }

    /** Delivers a message of the relay to the members. Any thread, one at a time, in the order of offsets. */
    public void deliver(StoredMessage message) {
        intake.deliver(message);
    }

    /** Sends a signal to the members, unless the lane is full. Any thread. */
    public void signal(EncodedFrame frame) {
        intake.signal(frame);
    }

    /**
     * Sends a presence change to the members. Any thread.
     *
     * @param revision revision of the presence change
     * @return false if the lane is full; no member gets the change then
     */
    public boolean announce(EncodedFrame frame, long revision) {
        return intake.offerNotice(frame, revision);
    }

    /** Runs the action on the lane, after the events that wait now and before later ones. Any thread. */
    public void runOnLane(Runnable action) {
        lane.post(new RoomEvent.RunAction(action));
    }

    /** Completes when the room can be joined; fails if the relay cannot be reached. */
    public CompletionStage<Void> ready() {
        return ready;
    }

    /** Continues after this position, because messages up to it were lost, or a new epoch began. Any thread. */
    public void reset(Position position) {
        intake.reset(position);
    }

    /** Erases the bodies of messages that this node has in memory, if they are of this epoch. Any thread. */
    public void erase(String epoch, List<Long> offsets) {
        runOnLane(() -> members.erase(epoch, offsets));
    }
}

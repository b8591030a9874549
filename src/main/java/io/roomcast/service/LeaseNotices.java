package io.roomcast.service;

import io.roomcast.node.Node;
import io.roomcast.node.RunningTime;
import io.roomcast.protocol.RoomName;
import io.roomcast.service.cluster.Cluster;
import io.roomcast.service.cluster.Topic;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells the other nodes which clients have polled here, and which rooms they have left. So an earlier poll of the same
 * client ends there, and its lease. All of a second go in one question, because there may be thousands. Times go as
 * ages, because the clocks of nodes differ. Any thread; no method blocks.
 */
@ApplicationScoped
public class LeaseNotices {
    /** Most notices of one question. */
    private static final int AT_ONCE = 2_000;
    /** Notices that wait at most; those beyond are left out, and leases then end by themselves. */
    private static final int MOST_WAITING = 100_000;

    private static final Logger LOG = System.getLogger(LeaseNotices.class.getName());

    /**
     * What a client did on another node.
     *
     * @param room the room that it left; null if it polled
     * @param ageMs how long ago
     */
    public record Notice(String session, String room, long ageMs) {}

    /** @param node the node that the clients asked */
    public record Notices(String node, List<Notice> notices) {}

    /** The answer, which says nothing. */
    public record Taken(int count) {}

    private static final Topic<Notices, Taken> TOPIC = new Topic<>("http-sessions", Notices.class, Taken.class);

    /** @param at in nanoseconds of {@link RunningTime} */
    private record Event(String session, RoomName room, long at) {}

    private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();
    /** Number of the events, which the queue would count anew each time. */
    private final AtomicInteger waiting = new AtomicInteger();

    private Cluster cluster;
    private Node node;
    private RunningTime time;

    /** For the container's proxy. */
    protected LeaseNotices() {}

    @Inject
    public LeaseNotices(Cluster cluster, Node node, RunningTime time) {
        this.cluster = cluster;
        this.node = node;
        this.time = time;
    }

    /** @param receiver gets what other nodes tell */
    void start(Consumer<Notice> receiver) {
        cluster.serve(TOPIC, told -> {
            if (!told.node().equals(node.name())) {
                told.notices().forEach(receiver);
            }
            return new Taken(told.notices().size());
        });
    }

    /** A client has polled here. The sessions that it has at other nodes end. */
    void polled(String session, long at) {
        add(new Event(session, null, at));
    }

    /** A client has left a room. */
    void left(String session, RoomName room) {
        add(new Event(session, room, time.getAsLong()));
    }

    private void add(Event event) {
        if (cluster.isAlone()) {
            return;
        }
        if (waiting.incrementAndGet() <= MOST_WAITING) {
            events.add(event);
        } else {
            waiting.decrementAndGet();
        }
    }

    /** Tells what has happened since the last call. */
    void send() {
        long now = time.getAsLong();
        List<Notice> notices = new ArrayList<>();
        for (Event event = events.poll(); event != null; event = events.poll()) {
            waiting.decrementAndGet();
            notices.add(new Notice(
                    event.session(),
                    event.room() == null ? null : event.room().value(),
                    TimeUnit.NANOSECONDS.toMillis(now - event.at())));
            if (notices.size() == AT_ONCE) {
                ask(notices);
                notices = new ArrayList<>();
            }
        }
        if (!notices.isEmpty()) {
            ask(notices);
        }
    }

    private void ask(List<Notice> notices) {
        var unused = cluster.ask(TOPIC, new Notices(node.name(), notices)).whenComplete((answer, failure) -> {
            if (failure != null) {
                LOG.log(Level.DEBUG, "other nodes could not be told of polls; leases there end by themselves", failure);
            }
        });
    }
}

package io.roomcast.support.workload;

import io.roomcast.support.Await;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Publishers and receivers over many rooms and all nodes, which go on whatever breaks, and record everything; and
 * visitors, who are gone at once. The first receiver of each room keeps its connection as long as it can, the others
 * lose theirs now and then.
 */
public final class Workload implements AutoCloseable {
    /** A lease of 10 s, and what it takes to find out that it has run out and to tell it. */
    private static final long QUIET_SECONDS = 30;

    /** What every other publisher sends at once, without waiting for an acknowledgement in between. */
    private static final int BURST = 5;

    private final HistoryLog log = new HistoryLog();
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(2);
    private final List<RetryingPublisher> publishers = new ArrayList<>();
    private final List<RecordingMember> receivers = new ArrayList<>();
    private final List<BriefMember> visitors = new ArrayList<>();
    private final List<Function<String, URI>> nodes;
    private final int receiversPerRoom;
    private final Random random;
    private int visits;
    private volatile boolean dropping = true;

    /**
     * @param nodes each makes the address of a user on one node
     * @param pauseMillis between an acknowledgement and the next message, on average
     * @param dropMillis a receiver loses its connection, and a visitor comes, this often over all rooms; 0 for never
     */
    public Workload(
            List<Function<String, URI>> nodes,
            int rooms,
            int receiversPerRoom,
            long pauseMillis,
            long dropMillis,
            long seed) {
        this.nodes = nodes;
        this.receiversPerRoom = receiversPerRoom;
        random = new Random(seed);
        for (int room = 0; room < rooms; room++) {
            String name = "room-" + room;
            int burst = room % 2 == 0 ? BURST : 1;
            publishers.add(new RetryingPublisher(
                    "pub-" + room, name, nodes, log, timer, new Random(random.nextLong()), burst, burst * pauseMillis));
            for (int i = 0; i < receiversPerRoom; i++) {
                String receiver = "rec-" + room + "-" + i;
                receivers.add(new RecordingMember(receiver, name, nodes, log, timer, new Random(random.nextLong())));
            }
        }
        receivers.forEach(RecordingMember::connect);
        publishers.forEach(RetryingPublisher::connect);
        if (dropMillis > 0) {
            var unused = timer.scheduleWithFixedDelay(this::disturb, dropMillis, dropMillis, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void disturb() {
        visitors.removeIf(BriefMember::isOver);
        if (!dropping) {
            return;
        }
        int chosen = random.nextInt(receivers.size());
        if (chosen % receiversPerRoom != 0) {
            receivers.get(chosen).drop();
        }
        receivers.get(random.nextInt(receivers.size())).rejoin();
        Function<String, URI> node = nodes.get(random.nextInt(nodes.size()));
        String room = "room-" + random.nextInt(publishers.size());
        visitors.add(new BriefMember("visitor-" + ++visits, room, node, timer, random));
    }

    public HistoryLog log() {
        return log;
    }

    public List<RecordingMember> receivers() {
        return receivers;
    }

    /** Waits until this many messages more were acknowledged. */
    public void awaitAcks(long more, long seconds) {
        long goal = log.count(Event.Acked.class) + more;
        Await.until("an acknowledgement of " + more + " messages", seconds, () -> log.count(Event.Acked.class) >= goal);
    }

    /** Lets the publishers finish, and waits until every receiver is back and has what was acknowledged. */
    public void quiesce(long window, long seconds) {
        dropping = false;
        publishers.forEach(RetryingPublisher::stop);
        Await.until(
                "the last acknowledgements", seconds, () -> publishers.stream().allMatch(RetryingPublisher::isDone));
        Await.until(
                "the return of all receivers", seconds, () -> receivers.stream().allMatch(RecordingMember::isJoined));
        // What is still missing after this is a finding, not a reason to wait on.
        Await.comesTrue(
                QUIET_SECONDS,
                () -> new HistoryChecker(window)
                        .check(log.events()).stream().noneMatch(v -> v.kind() == Violation.Kind.LOST));
        settle();
    }

    private void settle() {
        Await.comesTrue(
                QUIET_SECONDS,
                () -> new PresenceChecker(present())
                        .check(log.events()).stream().noneMatch(v -> v.kind() == Violation.Kind.WRONG_LIST));
    }

    /** @return what was broken of the promises; to be called when the run is quiet */
    public List<Violation> violations(long window) {
        List<Violation> all = new ArrayList<>(new HistoryChecker(window).check(log.events()));
        all.addAll(new PresenceChecker(present()).check(log.events()));
        return all;
    }

    private Map<String, Set<String>> present() {
        Map<String, Set<String>> present = new HashMap<>();
        for (int room = 0; room < publishers.size(); room++) {
            present.put("room-" + room, new HashSet<>(Set.of("pub-" + room)));
        }
        receivers.forEach(receiver -> present.get(receiver.room()).add(receiver.name()));
        return present;
    }

    /**
     * Waits until every node tells of each room just those who are in it, and members know that whoever asked has gone.
     * To be called when the run is quiet.
     *
     * @param seconds a lease's time, and a little for asking
     */
    public void awaitPresence(List<Function<String, URI>> nodes, long seconds) {
        present().forEach((room, expected) -> {
            for (Function<String, URI> node : nodes) {
                Await.until(
                        () -> "the list of " + expected + " in " + room + ", which is " + MemberList.of(node, room),
                        seconds,
                        () -> expected.equals(MemberList.of(node, room)));
            }
        });
        settle();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        receivers.forEach(RecordingMember::stop);
        publishers.forEach(RetryingPublisher::close);
        synchronized (this) {
            visitors.forEach(BriefMember::stop);
        }
    }
}

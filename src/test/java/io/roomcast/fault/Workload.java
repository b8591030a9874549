package io.roomcast.fault;

import io.roomcast.Patience;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Publishers and receivers over many rooms and all nodes, which go on whatever breaks, and record everything. */
final class Workload implements AutoCloseable {
    private final HistoryLog log = new HistoryLog();
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(2);
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Receiver> receivers = new ArrayList<>();
    private final Random random;
    private volatile boolean dropping = true;

    /**
     * @param nodes each makes the address of a user on one node
     * @param dropMillis a receiver loses its connection this often, on average over all of them; 0 for never
     */
    Workload(
            List<Function<String, URI>> nodes,
            int rooms,
            int receiversPerRoom,
            long pauseMillis,
            long dropMillis,
            long seed) {
        random = new Random(seed);
        for (int room = 0; room < rooms; room++) {
            String name = "room-" + room;
            publishers.add(
                    new Publisher("pub-" + room, name, nodes, log, timer, new Random(random.nextLong()), pauseMillis));
            for (int i = 0; i < receiversPerRoom; i++) {
                String receiver = "rec-" + room + "-" + i;
                receivers.add(new Receiver(receiver, name, nodes, log, timer, new Random(random.nextLong())));
            }
        }
        receivers.forEach(Receiver::connect);
        publishers.forEach(Publisher::connect);
        if (dropMillis > 0) {
            var unused = timer.scheduleWithFixedDelay(this::dropOne, dropMillis, dropMillis, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void dropOne() {
        if (dropping) {
            receivers.get(random.nextInt(receivers.size())).drop();
        }
    }

    HistoryLog log() {
        return log;
    }

    List<Receiver> receivers() {
        return receivers;
    }

    /** Waits until this many messages more were acknowledged. */
    void awaitAcks(long more, long seconds) {
        long goal = log.count(Event.Acked.class) + more;
        Patience.await(
                "an acknowledgement of " + more + " messages", seconds, () -> log.count(Event.Acked.class) >= goal);
    }

    /** Lets the publishers finish, and waits until every receiver is back and has what was acknowledged. */
    void quiesce(long window, long seconds) {
        dropping = false;
        publishers.forEach(Publisher::stop);
        Patience.await(
                "the last acknowledgements", seconds, () -> publishers.stream().allMatch(Publisher::isDone));
        Patience.await(
                "the return of all receivers", seconds, () -> receivers.stream().allMatch(Receiver::isJoined));
        // What is still missing after this is a finding, not a reason to wait on.
        Patience.comes(
                20,
                () -> new HistoryChecker(window)
                        .check(log.events()).stream().noneMatch(v -> v.kind() == Violation.Kind.LOST));
    }

    /**
     * Waits until every node tells of each room just those who are in it. To be called when the run is quiet.
     *
     * @param seconds a lease's time, and a little for asking
     */
    void awaitPresence(List<Function<String, URI>> nodes, long seconds) {
        for (int room = 0; room < publishers.size(); room++) {
            String name = "room-" + room;
            Set<String> expected = new HashSet<>(Set.of("pub-" + room));
            receivers.stream()
                    .filter(receiver -> receiver.room().equals(name))
                    .forEach(receiver -> expected.add(receiver.name()));
            for (Function<String, URI> node : nodes) {
                Patience.await(
                        "the list of " + expected + " in " + name,
                        seconds,
                        () -> expected.equals(Roster.of(node, name)));
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        receivers.forEach(Receiver::stop);
        publishers.forEach(Publisher::close);
    }
}

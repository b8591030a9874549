package io.roomcast.load;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/**
 * All members, the threads that they share, and the publishing. Members are numbered; number n is in room n modulo the
 * number of rooms, at node n modulo the number of nodes, so that the members of a room are spread over the nodes where
 * the two numbers have no common divisor (rooms are numbered on from one lap to the next otherwise). Who lost its
 * connection goes to the next node, as behind a load balancer.
 */
final class Fleet implements AutoCloseable {
    /** How often publishers of a closed loop are looked at that wait for nothing any more. */
    private static final long TICK_MILLIS = 5;
    /** Handshakes under way at a time: a listening socket's queue is not to overflow. */
    private static final int HANDSHAKES = 100;

    /** A handshake or join that takes longer has failed. */
    private static final long UNANSWERED_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final long GIVEN_UP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LoadOptions options;
    private final SSLContext trust;
    private final Tally tally;
    private final List<URI> endpoints;
    private final List<EventLoop> loops;
    private final List<RoomCheck> rooms;
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final String mark = "rl " + UUID.randomUUID().toString().substring(0, 8) + " ";
    private final byte[] markBytes = Scan.ascii(mark);
    private final String padding;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "load-timer");
        thread.setDaemon(true);
        return thread;
    });

    private final Pacer pacer;
    private volatile List<Member> publishers = List.of();
    private volatile boolean publishing;
    /** Of the pacer's thread. */
    private int turn;

    /** @param trust for addresses with TLS */
    Fleet(LoadOptions options, SSLContext trust, Tally tally) {
        this.options = options;
        this.trust = trust;
        this.tally = tally;
        this.endpoints = options.endpoints();
        this.loops =
                IntStream.range(0, options.threads).mapToObj(EventLoop::new).toList();
        this.rooms = IntStream.range(0, options.rooms)
                .mapToObj(i -> new RoomCheck(mark.substring(3, 11) + "-" + i))
                .toList();
        this.padding = "x".repeat(options.size);
        this.pacer = new Pacer(options.window > 0 ? 0 : options.rate, this::publishNext);
        if (options.window > 0) {
            var unused = timer.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    String token() {
        return options.token;
    }

    /** A way for this member to a node. */
    Connection connection(Member member, URI endpoint) {
        String user = options.token == null ? "user=load-" + member.number() : "";
        if (options.transport == LoadOptions.Transport.websocket) {
            return new WebSocketConnection(URI.create(endpoint + (user.isEmpty() ? "" : "?" + user)), trust, member);
        }
        String headers = options.token == null ? "" : "Authorization: Bearer " + options.token + "\r\n";
        return new HttpConnection(
                new HttpConnection.Endpoint(endpoint.resolve("."), member.room().name(), user, headers),
                trust,
                options.transport == LoadOptions.Transport.events,
                member::place,
                member);
    }

    byte[] mark() {
        return markBytes;
    }

    String content(int publisher, long sequence, long at) {
        String head = mark + publisher + " " + sequence + " " + at + " ";
        return head + padding.substring(Math.min(head.length(), padding.length()));
    }

    /** Opens members until there are so many. @return when all have joined or failed */
    void growTo(int count, Progress progress) throws InterruptedException {
        long began = System.nanoTime();
        int before = members.size();
        for (int i = before; i < count; i++) {
            while (i - before > (System.nanoTime() - began) / 1e9 * options.ramp || underWay.get() >= HANDSHAKES) {
                progress.wait(1);
            }
            underWay.incrementAndGet();
            Member member = new Member(this, tally, i, rooms.get(i % rooms.size()));
            members.add(member);
            connect(member);
        }
        int left = underWay.get();
        long changed = System.nanoTime();
        while (left > 0 && System.nanoTime() - changed < UNANSWERED_NANOS) {
            progress.wait(1);
            int now = underWay.get();
            changed = now == left ? changed : System.nanoTime();
            left = now;
        }
        for (Member member : members) {
            if (member.firstTime()) {
                tally.failed.increment();
                tally.ended("no answer to the handshake or the join in time");
            }
        }
        underWay.set(0);
        choosePublishers();
    }

    private void choosePublishers() {
        List<Member> chosen = new ArrayList<>();
        int most = Math.min(members.size(), options.publishers * rooms.size());
        for (int i = 0; i < most; i++) {
            chosen.add(members.get(i));
        }
        publishers = chosen;
    }

    void connect(Member member) {
        int index = member.number();
        EventLoop loop = loops.get(index % loops.size());
        URI endpoint = endpoints.get(node(index, member.attempts(), rooms.size(), endpoints.size()));
        loop.execute(() -> member.connect(loop, endpoint));
    }

    /**
     * Goes round the nodes with the members of a room as with the rooms, so that each room is on every node, and each
     * attempt goes to the next.
     */
    static int node(int index, int attempts, int rooms, int nodes) {
        return (index % rooms + index / rooms + attempts) % nodes;
    }

    /** The first time that a member is in its room, or cannot be. */
    void joined(Member member) {
        if (member.firstTime()) {
            underWay.decrementAndGet();
        }
    }

    void later(Runnable task, long delay, TimeUnit unit) {
        if (!timer.isShutdown()) {
            var unused = timer.schedule(task, delay, unit);
        }
    }

    void publish(boolean on) {
        publishing = on;
        pacer.send(on);
    }

    private void publishNext(long due) {
        List<Member> now = publishers;
        if (!now.isEmpty()) {
            now.get(Math.floorMod(turn++, now.size())).publish(due);
        }
    }

    private void tick() {
        if (publishing) {
            long now = System.nanoTime();
            for (Member publisher : publishers) {
                publisher.giveUpAfter(GIVEN_UP_NANOS, now);
                cameBack(publisher);
            }
        }
    }

    /** In a closed loop, what came back makes room for the next. */
    void cameBack(Member publisher) {
        while (publishing && options.window > 0 && publisher.isJoined() && publisher.inFlight() < options.window) {
            publisher.publish(System.nanoTime());
        }
    }

    int joinedNow() {
        return (int) members.stream().filter(Member::isJoined).count();
    }

    int size() {
        return members.size();
    }

    /** Who was in its room, and is not now. */
    int away() {
        return (int) members.stream().filter(Member::isAway).count();
    }

    /** What was acknowledged and has not come yet, of all members. */
    long missing() {
        return members.stream().mapToLong(Member::missing).sum();
    }

    /** What was published and has no answer yet. */
    int unanswered() {
        return members.stream().mapToInt(Member::unanswered).sum();
    }

    /** What is missing, of all but the first {@code count}. */
    long missingBeyond(int count) {
        return members.stream().skip(count).mapToLong(Member::missing).sum();
    }

    /** Sends the last members away until so many are left. */
    void shrinkTo(int count) {
        while (members.size() > count) {
            members.remove(members.size() - 1).leave();
        }
        choosePublishers();
    }

    /** All go at once, without a word. */
    void vanish() {
        members.forEach(Member::vanish);
        members.clear();
        choosePublishers();
    }

    @Override
    public void close() {
        publish(false);
        pacer.close();
        timer.shutdownNow();
        members.forEach(Member::leave);
        for (EventLoop loop : loops) {
            loop.execute(loop::close);
        }
    }
}

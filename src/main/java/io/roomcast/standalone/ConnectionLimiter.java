package io.roomcast.standalone;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.Key;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Knows all connections of the embedded server that are no sessions, and counts those that are. Whoever says nothing, or takes nothing of its answer, makes room for
 * others when it gets tight, the longest silent first, and goes after a while in any case. A connection that is being served, or whose request has yet to
 * be read here, is never taken for silent.
 *
 * <p><b>Concurrency.</b> Any thread. All is under one lock, which nobody holds for longer than a look at some connections; connections are cut after it was let go, since each
 * that ends comes back here.
 */
final class ConnectionLimiter {
    /** An answer that nobody has begun to take for so long makes room like somebody who says nothing. */
    private static final long UNTAKEN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long somebody who was refused is read from. */
    private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So many may end and come at the same time, out of what is kept for other files. */
    private static final int LENT = 16;
    /** So many are looked at to find one who is silent; where they all have something to say, the node has to catch up first. */
    private static final int LOOKED_AT = 64;
    /** Between two ticks there is a second. This much longer, and the node stood still. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int visitsLimit;
    private final int addressLimit;
    private final int requestsLimit;
    private final long answerBytes;
    private final long requestNanos;
    private final long answerNanos;
    private final long files;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;

    /** Whose turn it is to say something, in the order in which it became so. */
    private final Set<HttpConnection> awaited = new LinkedHashSet<>();
    /** Whose answer the network has, in the same way. */
    private final Set<HttpConnection> answered = new LinkedHashSet<>();

    private final Set<HttpConnection> served = new LinkedHashSet<>();
    /** Who was refused, in the same way. */
    private final Set<HttpConnection> leaving = new LinkedHashSet<>();

    /** Who has gone, but may hold a file still. */
    private final Set<HttpConnection> ending = new LinkedHashSet<>();

    private final Map<String, Integer> addresses = new HashMap<>();
    /** Taken in, but not entered yet. */
    private final Set<Object> arriving = new LinkedHashSet<>();

    private int sessions;
    private int requests;
    private long held;
    private long lastTick;

    /** @param files for connections of any kind */
    ConnectionLimiter(RoomcastConfig config, long files, NodeMetrics metrics, LongSupplier nanoClock) {
        visitsLimit = config.get(HttpKeys.CONNECTIONS);
        addressLimit = config.get(HttpKeys.ADDRESS_CONNECTIONS);
        requestsLimit = config.get(HttpKeys.REQUESTS);
        answerBytes = config.get(HttpKeys.ANSWER_BYTES);
        requestNanos = nanos(config.get(HttpKeys.REQUEST_TIMEOUT));
        answerNanos = nanos(config.get(HttpKeys.ANSWER_TIMEOUT));
        this.files = files;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        lastTick = nanoClock.getAsLong();
    }

    /** None is one that is never over. */
    private static long nanos(Duration limit) {
        return limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
    }

    /** Whether one more may be taken in, for whom room is made where there is none. */
    boolean makeRoom() {
        while (true) {
            HttpConnection silent;
            synchronized (this) {
                boolean room = visits() + arriving.size() < limit(visitsLimit);
                if (room && hasFile()) {
                    return true;
                } else if (room && connections() < files) {
                    // Those who have gone give theirs back in a moment: nobody has to go for it.
                    return false;
                }
                silent = longestSilent(null);
            }
            if (silent == null) {
                return false;
            }
            cut(silent, HttpKeys.CONNECTIONS);
        }
    }

    /** Closes the one that has been silent longest, if any is: for want of files, however many there should be. */
    void giveWay() {
        HttpConnection silent;
        synchronized (this) {
            silent = longestSilent(null);
        }
        if (silent != null) {
            cut(silent, HttpKeys.CONNECTIONS);
        }
    }

    /** @param channel that was taken in, and will be entered, or be forgotten */
    synchronized void arrives(Object channel) {
        arriving.add(channel);
    }

    synchronized void forget(Object channel) {
        arriving.remove(channel);
    }

    /** @param channel that arrived */
    void enter(HttpConnection visit, Object channel) {
        HttpConnection other = null;
        synchronized (this) {
            arriving.remove(channel);
            int count = addresses.merge(visit.network, 1, Integer::sum);
            await(visit);
            if (count > limit(addressLimit)) {
                other = longestSilent(visit.network);
            }
        }
        if (other != null) {
            cut(other, HttpKeys.ADDRESS_CONNECTIONS);
        }
    }

    /** It has sent the head of a request. */
    synchronized void begins(HttpConnection visit) {
        if (remove(visit)) {
            turn(visit, HttpConnection.Turn.OURS);
            served.add(visit);
        }
    }

    /** Whether its request may be worked on among the others; to be asked after it {@linkplain #begins began}. */
    synchronized boolean admits(HttpConnection visit) {
        if (requests >= limit(requestsLimit)) {
            metrics.limitReached(HttpKeys.REQUESTS.name());
            return false;
        }
        if (visit.turn == HttpConnection.Turn.OURS && !visit.counted && served.contains(visit)) {
            visit.counted = true;
            requests++;
        }
        return true;
    }

    /** Its request is answered; now the network has to take that. */
    void answers(HttpConnection visit) {
        List<HttpConnection> over = new ArrayList<>();
        synchronized (this) {
            if (!remove(visit)) {
                return;
            }
            turn(visit, HttpConnection.Turn.NETWORK);
            visit.held = visit.line.queued();
            held += visit.held;
            answered.add(visit);
            long excess = answerBytes == 0 ? 0 : held - answerBytes;
            for (HttpConnection waiting : answered) {
                if (excess <= 0) {
                    break;
                }
                over.add(waiting);
                excess -= waiting.held;
            }
        }
        over.forEach(waiting -> cut(waiting, HttpKeys.ANSWER_BYTES));
    }

    /** All of its answer has been taken. */
    synchronized void isTaken(HttpConnection visit) {
        if (visit.turn == HttpConnection.Turn.NETWORK && remove(visit)) {
            await(visit);
        }
    }

    /** Whether the network has yet to take what it was told, by whomever, and it is not our turn: then it has to wait. */
    boolean waitsForNetwork(HttpConnection visit) {
        synchronized (this) {
            if (visit.turn == HttpConnection.Turn.NETWORK) {
                return visit.line.queued() > 0;
            } else if (visit.turn != HttpConnection.Turn.CLIENT || visit.line.queued() == 0) {
                return false;
            }
        }
        answers(visit);
        return true;
    }

    /** It was refused, and may go on to send for a moment, so that it sees why. */
    synchronized void sendsAway(HttpConnection visit) {
        if (remove(visit)) {
            turn(visit, HttpConnection.Turn.LEAVING);
            leaving.add(visit);
        }
    }

    /** It has become a session. */
    synchronized void becomesSession(HttpConnection visit) {
        if (remove(visit)) {
            forgetAddress(visit);
            visit.turn = HttpConnection.Turn.SESSION;
            sessions++;
        }
    }

    /** It has ended. */
    synchronized void leaves(HttpConnection visit) {
        if (visit.turn == HttpConnection.Turn.SESSION) {
            sessions--;
            ending.add(visit);
        } else if (remove(visit)) {
            forgetAddress(visit);
            ending.add(visit);
        }
        visit.turn = HttpConnection.Turn.GONE;
    }

    /** To be called each second. */
    void tick() {
        List<HttpConnection> slow = new ArrayList<>();
        List<HttpConnection> stuck = new ArrayList<>();
        List<HttpConnection> refused = new ArrayList<>();
        synchronized (this) {
            long now = nanoClock.getAsLong();
            excuse(now - lastTick - PAUSE_NANOS);
            lastTick = now;
            ending.removeIf(visit -> !visit.line.holdsFile());
            for (HttpConnection visit : awaited) {
                if (now - visit.since < requestNanos) {
                    break;
                }
                if (visit.isSilent()) {
                    slow.add(visit);
                }
            }
            leaving.stream()
                    .takeWhile(visit -> now - visit.since >= LEAVING_NANOS)
                    .forEach(refused::add);
            findStuck(answered, now, stuck);
            findStuck(served, now, stuck);
        }
        refused.forEach(this::end);
        slow.forEach(visit -> cut(visit, HttpKeys.REQUEST_TIMEOUT));
        stuck.forEach(visit -> cut(visit, HttpKeys.ANSWER_TIMEOUT));
    }

    /** Time in which this process did not run is nobody's silence. */
    private void excuse(long pause) {
        if (pause > 0) {
            for (Set<HttpConnection> visits : List.of(awaited, answered, served, leaving)) {
                visits.forEach(visit -> {
                    visit.since += pause;
                    visit.movedAt += pause;
                });
            }
        }
    }

    private void findStuck(Set<HttpConnection> visits, long now, List<HttpConnection> stuck) {
        for (HttpConnection visit : visits) {
            int left = visit.line.queued();
            if (left == 0 || left != visit.left) {
                visit.left = left;
                visit.movedAt = now;
            } else if (now - visit.movedAt >= answerNanos) {
                stuck.add(visit);
            }
        }
    }

    /** @param network of which, or null for any; null where nobody is, as far as one can see at a glance */
    private HttpConnection longestSilent(String network) {
        for (HttpConnection visit : leaving) {
            if (network == null || network.equals(visit.network)) {
                return visit;
            }
        }
        int looked = 0;
        for (HttpConnection visit : awaited) {
            if (network == null || network.equals(visit.network)) {
                if (visit.isSilent()) {
                    return visit;
                }
                if (++looked == LOOKED_AT) {
                    break;
                }
            }
        }
        long now = nanoClock.getAsLong();
        for (HttpConnection visit : answered) {
            if (now - visit.since < UNTAKEN_NANOS) {
                return null;
            }
            if (network == null || network.equals(visit.network)) {
                return visit;
            }
        }
        return null;
    }

    private void cut(HttpConnection visit, Key<?> limit) {
        if (end(visit)) {
            metrics.limitReached(limit.name());
        }
    }

    /** @return false where it had ended, or become a session */
    private boolean end(HttpConnection visit) {
        synchronized (this) {
            if (!remove(visit)) {
                return false;
            }
            forgetAddress(visit);
            ending.add(visit);
            visit.turn = HttpConnection.Turn.GONE;
        }
        visit.line.cut();
        return true;
    }

    private void await(HttpConnection visit) {
        turn(visit, HttpConnection.Turn.CLIENT);
        awaited.add(visit);
    }

    private void turn(HttpConnection visit, HttpConnection.Turn turn) {
        visit.turn = turn;
        visit.since = nanoClock.getAsLong();
        visit.movedAt = visit.since;
        visit.left = 0;
    }

    /** @return false where it was known no more */
    private boolean remove(HttpConnection visit) {
        if (visit.counted) {
            visit.counted = false;
            requests--;
        }
        held -= visit.held;
        visit.held = 0;
        return switch (visit.turn) {
            case CLIENT -> awaited.remove(visit);
            case OURS -> served.remove(visit);
            case NETWORK -> answered.remove(visit);
            case LEAVING -> leaving.remove(visit);
            case SESSION, GONE -> false;
        };
    }

    private void forgetAddress(HttpConnection visit) {
        addresses.computeIfPresent(visit.network, (network, count) -> count == 1 ? null : count - 1);
    }

    private static long limit(int configured) {
        return configured == 0 ? Long.MAX_VALUE : configured;
    }

    /** Connections that are no sessions. */
    synchronized int visits() {
        return awaited.size() + served.size() + answered.size() + leaving.size();
    }

    /** Requests that are worked on, but for those that count for nothing. */
    synchronized int requests() {
        return requests;
    }

    private boolean hasFile() {
        if (connections() + ending.size() - LENT >= files) {
            ending.removeIf(visit -> !visit.line.holdsFile());
        }
        return connections() + Math.max(0, ending.size() - LENT) < files;
    }

    private long connections() {
        return (long) visits() + arriving.size() + sessions;
    }
}

package io.roomcast.standalone;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.Key;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.standalone.HttpConnection.State;
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
 * Enforces the limits of connections, requests and responses of the embedded server ({@link HttpKeys}). It keeps all
 * connections that are not WebSockets by their state, and counts the WebSockets. A client that sends no request, or
 * does not read its response, is closed after a timeout. Where a limit is reached it is closed at once, the longest
 * idle first. A connection whose request is being worked on, or is not read yet, is never idle. Why:
 * docs/decisions/0017-connections-of-the-embedded-server.md.
 *
 * <p><b>Concurrency.</b> Any thread. One lock guards all state, and is held for a short scan at most. Connections are
 * closed outside the lock, because the close calls {@link #remove}.
 */
final class ConnectionLimiter {
    /** A client that has not read its response for this long counts as idle. */
    private static final long UNREAD_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long input of a rejected client is still read. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How many closed connections may still hold a file; these files are reserved for them. */
    private static final int SPARE_FILES = 16;
    /** How many connections are checked to find an idle one; if all have unread input, the node is behind. */
    private static final int IDLE_CANDIDATES = 64;
    /** Ticks come once a second. If one is late by more than this, the process was paused. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int connectionsLimit;
    private final int addressLimit;
    private final int requestsLimit;
    private final long answerBytes;
    private final long requestNanos;
    private final long answerNanos;
    private final long files;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;

    /** The connections in each state, the one that entered it first at the front. */
    private final Set<HttpConnection> awaitingRequest = new LinkedHashSet<>();

    private final Set<HttpConnection> sendingResponse = new LinkedHashSet<>();
    private final Set<HttpConnection> processing = new LinkedHashSet<>();
    private final Set<HttpConnection> rejected = new LinkedHashSet<>();

    /** Closed connections that may still hold a file. */
    private final Set<HttpConnection> closing = new LinkedHashSet<>();

    /** Open connections by client address. */
    private final Map<String, Integer> addresses = new HashMap<>();
    /** Channels that are accepted, but not added yet. */
    private final Set<Object> accepting = new LinkedHashSet<>();

    private int webSockets;
    private int requests;
    /** Bytes of all responses that wait. */
    private long held;

    private long lastTick;

    /** @param files how many files all connections together may hold */
    ConnectionLimiter(RoomcastConfig config, long files, NodeMetrics metrics, LongSupplier nanoClock) {
        connectionsLimit = config.get(HttpKeys.CONNECTIONS);
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

    /** Zero means no limit. */
    private static long nanos(Duration limit) {
        return limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
    }

    /** Whether one more connection may be accepted. Closes idle connections where there is no room. */
    boolean makeRoom() {
        while (true) {
            HttpConnection idle;
            synchronized (this) {
                boolean room = count() + accepting.size() < limit(connectionsLimit);
                if (room && hasFreeFile()) {
                    return true;
                } else if (room && total() < files) {
                    // Closed connections are about to give their files back; nothing has to be closed for one.
                    return false;
                }
                idle = longestIdle(null);
            }
            if (idle == null) {
                return false;
            }
            close(idle, HttpKeys.CONNECTIONS);
        }
    }

    /** Closes the connection that has been idle longest, if there is one: for when the system has no free file. */
    void closeLongestIdle() {
        HttpConnection idle = longestIdle(null);
        if (idle != null) {
            close(idle, HttpKeys.CONNECTIONS);
        }
    }

    /** @param channel that is accepted; {@link #add} or {@link #abandonAccept} follows */
    synchronized void beginAccept(Object channel) {
        accepting.add(channel);
    }

    synchronized void abandonAccept(Object channel) {
        accepting.remove(channel);
    }

    /** @param channel that was passed to {@link #beginAccept} */
    void add(HttpConnection http, Object channel) {
        HttpConnection other = null;
        synchronized (this) {
            accepting.remove(channel);
            int count = addresses.merge(http.network, 1, Integer::sum);
            awaitRequest(http);
            if (count > limit(addressLimit)) {
                other = longestIdle(http.network);
            }
        }
        if (other != null) {
            close(other, HttpKeys.ADDRESS_CONNECTIONS);
        }
    }

    /** The head of a request has been read. */
    synchronized void beginRequest(HttpConnection http) {
        if (leaveState(http)) {
            setState(http, State.PROCESSING);
            processing.add(http);
        }
    }

    /** Whether the request may be worked on now; to be asked after {@link #beginRequest}. */
    synchronized boolean admitsRequest(HttpConnection http) {
        if (requests >= limit(requestsLimit)) {
            metrics.limitReached(HttpKeys.REQUESTS.name());
            return false;
        }
        if (http.state == State.PROCESSING && !http.counted && processing.contains(http)) {
            http.counted = true;
            requests++;
        }
        return true;
    }

    /** The response is complete and queued; the network has to take it. */
    void responseQueued(HttpConnection http) {
        List<HttpConnection> over = new ArrayList<>();
        synchronized (this) {
            if (!leaveState(http)) {
                return;
            }
            setState(http, State.SENDING_RESPONSE);
            http.held = http.socket.queued();
            held += http.held;
            sendingResponse.add(http);
            long excess = answerBytes == 0 ? 0 : held - answerBytes;
            for (HttpConnection waiting : sendingResponse) {
                if (excess <= 0) {
                    break;
                }
                over.add(waiting);
                excess -= waiting.held;
            }
        }
        over.forEach(waiting -> close(waiting, HttpKeys.ANSWER_BYTES));
    }

    /** The network has taken the whole response. */
    synchronized void responseSent(HttpConnection http) {
        if (http.state == State.SENDING_RESPONSE && leaveState(http)) {
            awaitRequest(http);
        }
    }

    /** Whether input has to wait because the network has not taken all output yet, whoever wrote it. */
    boolean mustWaitForOutput(HttpConnection http) {
        synchronized (this) {
            if (http.state == State.SENDING_RESPONSE) {
                return http.socket.queued() > 0;
            } else if (http.state != State.AWAITING_REQUEST || http.socket.queued() == 0) {
                return false;
            }
        }
        responseQueued(http);
        return true;
    }

    /** The request was rejected. The client may go on to send for a moment, so that it sees the response. */
    synchronized void reject(HttpConnection http) {
        if (leaveState(http)) {
            setState(http, State.REJECTED);
            rejected.add(http);
        }
    }

    /** The connection has become a WebSocket. */
    synchronized void becomeWebSocket(HttpConnection http) {
        if (leaveState(http)) {
            releaseAddress(http);
            http.state = State.WEB_SOCKET;
            webSockets++;
        }
    }

    /** The connection is closed. */
    synchronized void remove(HttpConnection http) {
        if (http.state == State.WEB_SOCKET) {
            webSockets--;
            closing.add(http);
        } else if (leaveState(http)) {
            releaseAddress(http);
            closing.add(http);
        }
        http.state = State.CLOSED;
    }

    /** Closes what is over its time. To be called once a second. */
    void tick() {
        List<HttpConnection> slow = new ArrayList<>();
        List<HttpConnection> stuck = new ArrayList<>();
        List<HttpConnection> lingered = new ArrayList<>();
        synchronized (this) {
            long now = nanoClock.getAsLong();
            skipPause(now - lastTick - PAUSE_NANOS);
            lastTick = now;
            closing.removeIf(http -> !http.socket.holdsFile());
            for (HttpConnection http : awaitingRequest) {
                if (now - http.since < requestNanos) {
                    break;
                }
                if (http.isIdle()) {
                    slow.add(http);
                }
            }
            rejected.stream()
                    .takeWhile(http -> now - http.since >= LINGER_NANOS)
                    .forEach(lingered::add);
            findStuck(sendingResponse, now, stuck);
            findStuck(processing, now, stuck);
        }
        lingered.forEach(this::close);
        slow.forEach(http -> close(http, HttpKeys.REQUEST_TIMEOUT));
        stuck.forEach(http -> close(http, HttpKeys.ANSWER_TIMEOUT));
    }

    /** Clients are not charged for time in which this process did not run. */
    private void skipPause(long pause) {
        if (pause > 0) {
            for (Set<HttpConnection> connections : List.of(awaitingRequest, sendingResponse, processing, rejected)) {
                connections.forEach(http -> {
                    http.since += pause;
                    http.movedAt += pause;
                });
            }
        }
    }

    private void findStuck(Set<HttpConnection> connections, long now, List<HttpConnection> stuck) {
        for (HttpConnection http : connections) {
            int left = http.socket.queued();
            if (left == 0 || left != http.left) {
                http.left = left;
                http.movedAt = now;
            } else if (now - http.movedAt >= answerNanos) {
                stuck.add(http);
            }
        }
    }

    /** @return null if none is idle among the first candidates, of this network where one is given */
    private synchronized HttpConnection longestIdle(String network) {
        for (HttpConnection http : rejected) {
            if (network == null || network.equals(http.network)) {
                return http;
            }
        }
        int candidates = 0;
        for (HttpConnection http : awaitingRequest) {
            if (network == null || network.equals(http.network)) {
                if (http.isIdle()) {
                    return http;
                }
                if (++candidates == IDLE_CANDIDATES) {
                    break;
                }
            }
        }
        long now = nanoClock.getAsLong();
        for (HttpConnection http : sendingResponse) {
            if (now - http.since < UNREAD_NANOS) {
                return null;
            }
            if (network == null || network.equals(http.network)) {
                return http;
            }
        }
        return null;
    }

    private void close(HttpConnection http, Key<?> limit) {
        if (close(http)) {
            metrics.limitReached(limit.name());
        }
    }

    /** @return false if it was closed before, or has become a WebSocket */
    private boolean close(HttpConnection http) {
        synchronized (this) {
            if (!leaveState(http)) {
                return false;
            }
            releaseAddress(http);
            closing.add(http);
            http.state = State.CLOSED;
        }
        http.socket.cut();
        return true;
    }

    private void awaitRequest(HttpConnection http) {
        setState(http, State.AWAITING_REQUEST);
        awaitingRequest.add(http);
    }

    private void setState(HttpConnection http, HttpConnection.State state) {
        http.state = state;
        http.since = nanoClock.getAsLong();
        http.movedAt = http.since;
        http.left = 0;
    }

    /** @return false if it is closed or a WebSocket, and so not kept here */
    private boolean leaveState(HttpConnection http) {
        if (http.counted) {
            http.counted = false;
            requests--;
        }
        held -= http.held;
        http.held = 0;
        return switch (http.state) {
            case AWAITING_REQUEST -> awaitingRequest.remove(http);
            case PROCESSING -> processing.remove(http);
            case SENDING_RESPONSE -> sendingResponse.remove(http);
            case REJECTED -> rejected.remove(http);
            case WEB_SOCKET, CLOSED -> false;
        };
    }

    private void releaseAddress(HttpConnection http) {
        addresses.computeIfPresent(http.network, (network, count) -> count == 1 ? null : count - 1);
    }

    private static long limit(int configured) {
        return configured == 0 ? Long.MAX_VALUE : configured;
    }

    /** Connections that are not WebSockets. */
    synchronized int count() {
        return awaitingRequest.size() + processing.size() + sendingResponse.size() + rejected.size();
    }

    /** Requests that are being worked on and count. */
    synchronized int requests() {
        return requests;
    }

    private boolean hasFreeFile() {
        if (total() + closing.size() - SPARE_FILES >= files) {
            closing.removeIf(http -> !http.socket.holdsFile());
        }
        return total() + Math.max(0, closing.size() - SPARE_FILES) < files;
    }

    private long total() {
        return (long) count() + accepting.size() + webSockets;
    }
}

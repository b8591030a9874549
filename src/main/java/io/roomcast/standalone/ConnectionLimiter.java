package io.roomcast.standalone;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.Key;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.standalone.HttpConnection.State;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Enforces the limits of connections, requests and responses of the embedded server ({@link HttpKeys}). It holds all
 * connections that are not WebSockets by their state, and counts the WebSockets. A client that sends no request, or
 * does not read its response, is disconnected after a timeout. If a limit is reached, idle connections are closed at
 * once, the longest idle first. A connection whose request is being processed, or is not read yet, is never idle. The
 * reasons are in docs/decisions/0017-connections-of-the-embedded-server.md.
 *
 * <p><b>Concurrency.</b> Any thread. One lock guards all state, and is held for a short scan at most. Connections are
 * closed outside the lock, because the close calls {@link #remove}.
 */
final class ConnectionLimiter {
    /** A client that has not read its response for this long counts as idle. */
    private static final long UNREAD_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How long input of a rejected client is still read. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** File descriptors that are reserved for closed connections whose descriptor is not free yet. */
    private static final int SPARE_FILES = 16;
    /** How many connections are checked to find an idle one. If all have unread input, the node reads too slowly. */
    private static final int IDLE_CANDIDATES = 64;
    /** Ticks come once a second. If one is late by more than this time, the process was paused. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ConnectionLimits limits;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;

    /** The connections in each state, in the order in which they entered it. WebSockets are only counted. */
    private final Map<State, Set<HttpConnection>> states = new EnumMap<>(State.class);

    private final Set<HttpConnection> awaitingRequest = newState(State.AWAITING_REQUEST);
    private final Set<HttpConnection> sendingResponse = newState(State.SENDING_RESPONSE);
    private final Set<HttpConnection> processing = newState(State.PROCESSING);
    private final Set<HttpConnection> rejected = newState(State.REJECTED);
    /** As WebSockets, these count as sessions only. */
    private final Set<HttpConnection> inSession = newState(State.SESSION);

    /** Closed connections that may still hold a file descriptor. */
    private final Set<HttpConnection> closing = new LinkedHashSet<>();

    /** The number of open connections, by client address. */
    private final Map<String, Integer> addresses = new HashMap<>();
    /** Channels that are accepted, but not added yet. */
    private final Set<Object> accepting = new LinkedHashSet<>();

    private int webSockets;
    /** Requests that are being processed and count towards the limit. */
    private int runningRequests;
    /** Bytes of all responses that the network has not taken. */
    private long unsentBytes;

    private long lastTick;

    /** @param maxFiles how many file descriptors all connections together may hold */
    ConnectionLimiter(RoomcastConfig config, long maxFiles, NodeMetrics metrics, LongSupplier nanoClock) {
        limits = ConnectionLimits.of(config, maxFiles);
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        lastTick = nanoClock.getAsLong();
    }

    private Set<HttpConnection> newState(State state) {
        Set<HttpConnection> connections = new LinkedHashSet<>();
        states.put(state, connections);
        return connections;
    }

    /** Closes idle connections if needed. Returns whether one more connection may be accepted now. */
    boolean ensureCapacity() {
        while (true) {
            HttpConnection idle;
            synchronized (this) {
                boolean belowLimit = count() + accepting.size() < limits.connections();
                if (belowLimit && hasFreeFile()) {
                    return true;
                } else if (belowLimit && openConnections() < limits.maxFiles()) {
                    // Closed connections will soon free their file descriptors. No other connection must be closed.
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

    /** Closes the connection that has been idle longest, if any. For use when the system has no free file. */
    void closeLongestIdle() {
        HttpConnection idle = longestIdle(null);
        if (idle != null) {
            close(idle, HttpKeys.CONNECTIONS);
        }
    }

    /** @param channel a channel that is accepted; {@link #add} or {@link #abandonAccept} follows */
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
            setState(http, State.AWAITING_REQUEST);
            if (count > limits.ofAddress()) {
                other = longestIdle(http.network);
            }
        }
        if (other != null) {
            close(other, HttpKeys.ADDRESS_CONNECTIONS);
        }
    }

    /** Called when the head of a request has been read. */
    synchronized void beginRequest(HttpConnection http) {
        if (leaveState(http)) {
            setState(http, State.PROCESSING);
        }
    }

    /** Counts the request if it may be processed now. To be called after {@link #beginRequest}. */
    synchronized boolean tryAdmitRequest(HttpConnection http) {
        if (runningRequests >= limits.requests()) {
            metrics.limitReached(HttpKeys.REQUESTS.name());
            return false;
        }
        if (http.state == State.PROCESSING && !http.countsAsRequest && processing.contains(http)) {
            http.countsAsRequest = true;
            runningRequests++;
        }
        return true;
    }

    /** Called when the response is complete and queued for the network. */
    void responseQueued(HttpConnection http) {
        List<HttpConnection> over = new ArrayList<>();
        synchronized (this) {
            if (!leaveState(http)) {
                return;
            }
            setState(http, State.SENDING_RESPONSE);
            http.unsentBytes = http.socket.queuedBytes();
            unsentBytes += http.unsentBytes;
            long excess = limits.answerBytes() == 0 ? 0 : unsentBytes - limits.answerBytes();
            for (var each = sendingResponse.iterator(); excess > 0 && each.hasNext(); ) {
                over.add(each.next());
                excess -= over.get(over.size() - 1).unsentBytes;
            }
        }
        over.forEach(sending -> close(sending, HttpKeys.ANSWER_BYTES));
    }

    /** Called when the network has taken the whole response. */
    synchronized void responseSent(HttpConnection http) {
        if (http.state == State.SENDING_RESPONSE && leaveState(http)) {
            setState(http, State.AWAITING_REQUEST);
        }
    }

    /** Whether input must wait because the network has not taken all output, from whichever source. */
    boolean mustWaitForOutput(HttpConnection http) {
        synchronized (this) {
            if (http.state == State.SENDING_RESPONSE) {
                return http.socket.queuedBytes() > 0;
            } else if (http.state != State.AWAITING_REQUEST || http.socket.queuedBytes() == 0) {
                return false;
            }
        }
        responseQueued(http);
        return true;
    }

    /** Called when the request was rejected. Input is still read for a moment, so that the client sees the response. */
    synchronized void reject(HttpConnection http) {
        if (leaveState(http)) {
            setState(http, State.REJECTED);
        }
    }

    /** Called when the connection has become a WebSocket. */
    synchronized void becomeWebSocket(HttpConnection http) {
        if (leaveState(http)) {
            releaseAddress(http);
            http.state = State.WEB_SOCKET;
            webSockets++;
        }
    }

    /** Called when the request that is being processed belongs to a session, until its response is complete. */
    synchronized void becomeSession(HttpConnection http) {
        if (http.state == State.PROCESSING && leaveState(http)) {
            releaseAddress(http);
            setState(http, State.SESSION);
        }
    }

    /** Called before the end of a response that belongs to a session. The client may send its next request then. */
    synchronized void endSession(HttpConnection http) {
        if (http.state == State.SESSION && leaveState(http)) {
            setState(http, State.PROCESSING);
        }
    }

    /** Closes the connection of a session that waits, if its client has gone. Nothing else reads it meanwhile. */
    void closeIfGone(HttpConnection http) {
        boolean isGone;
        synchronized (this) {
            isGone = http.state == State.SESSION && http.socket.hasEnded();
        }
        if (isGone) {
            close(http);
        }
    }

    /** The connections of sessions that wait. */
    synchronized List<HttpConnection> inSession() {
        return List.copyOf(inSession);
    }

    /** Called when the connection is closed. */
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

    /** Closes connections that exceeded a time limit. To be called once a second. */
    void tick() {
        List<HttpConnection> slow = new ArrayList<>();
        List<HttpConnection> stalled = new ArrayList<>();
        List<HttpConnection> lingered = new ArrayList<>();
        synchronized (this) {
            long now = nanoClock.getAsLong();
            skipPause(now - lastTick - PAUSE_NANOS);
            lastTick = now;
            closing.removeIf(http -> !http.socket.holdsFileDescriptor());
            for (HttpConnection http : awaitingRequest) {
                if (now - http.stateSince < limits.requestNanos()) {
                    break;
                }
                if (http.isIdle()) {
                    slow.add(http);
                }
            }
            rejected.stream()
                    .takeWhile(each -> now - each.stateSince >= LINGER_NANOS)
                    .forEach(lingered::add);
            Stream.of(sendingResponse, processing, inSession)
                    .flatMap(Set::stream)
                    .filter(http -> http.hasStalled(now, limits.answerNanos()))
                    .forEach(stalled::add);
        }
        lingered.forEach(this::close);
        slow.forEach(http -> close(http, HttpKeys.REQUEST_TIMEOUT));
        stalled.forEach(http -> close(http, HttpKeys.ANSWER_TIMEOUT));
    }

    /** Moves all times by a pause, because time in which this process did not run must not count against clients. */
    private void skipPause(long pause) {
        if (pause > 0) {
            states.values().stream().flatMap(Set::stream).forEach(http -> {
                http.stateSince += pause;
                http.progressAt += pause;
            });
        }
    }

    /** @return null if none of the first candidates is idle; only those of the network, unless it is null */
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
            if (now - http.stateSince < UNREAD_NANOS) {
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

    private void setState(HttpConnection http, HttpConnection.State state) {
        http.state = state;
        http.stateSince = nanoClock.getAsLong();
        http.progressAt = http.stateSince;
        http.lastQueuedBytes = 0;
        states.get(state).add(http);
    }

    /** @return false if the connection is closed or a WebSocket, and so has no set */
    private boolean leaveState(HttpConnection http) {
        if (http.countsAsRequest) {
            http.countsAsRequest = false;
            runningRequests--;
        }
        unsentBytes -= http.unsentBytes;
        http.unsentBytes = 0;
        Set<HttpConnection> connections = states.get(http.state);
        boolean isThere = connections != null && connections.remove(http);
        if (isThere && http.state == State.SESSION) {
            // It counts towards the limits of connections again.
            addresses.merge(http.network, 1, Integer::sum);
        }
        return isThere;
    }

    private void releaseAddress(HttpConnection http) {
        addresses.computeIfPresent(http.network, (network, count) -> count == 1 ? null : count - 1);
    }

    /** Connections that are not WebSockets. */
    synchronized int count() {
        return states.values().stream().mapToInt(Set::size).sum() - inSession.size();
    }

    /** Requests that are being processed and count towards the limit. */
    synchronized int requests() {
        return runningRequests;
    }

    private boolean hasFreeFile() {
        if (openConnections() + closing.size() - SPARE_FILES >= limits.maxFiles()) {
            closing.removeIf(http -> !http.socket.holdsFileDescriptor());
        }
        return openConnections() + Math.max(0, closing.size() - SPARE_FILES) < limits.maxFiles();
    }

    private long openConnections() {
        return (long) count() + accepting.size() + webSockets + inSession.size();
    }
}

package io.roomcast.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What has happened on this node since it started. Any thread may count and read. */
public final class NodeMetrics {
    private final LongAdder sessionsOpened = new LongAdder();
    private final LongAdder sessionsClosed = new LongAdder();
    private final LongAdder acceptsFailed = new LongAdder();
    private final LongAdder framesReceived = new LongAdder();
    private final LongAdder bytesReceived = new LongAdder();
    private final LongAdder messagesStored = new LongAdder();
    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> limits = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> closes = new ConcurrentHashMap<>();
    private final LongAdder recoveriesWhole = new LongAdder();
    private final LongAdder recoveriesIncomplete = new LongAdder();
    private final LongAdder membersBehind = new LongAdder();
    private final DeliveryMetrics delivery = new DeliveryMetrics();
    private final OutboundMetrics outbound = new OutboundMetrics();
    private final RelayMetrics relay = new RelayMetrics();
    private final Histogram laneWait = new Histogram();

    public void sessionOpened() {
        sessionsOpened.increment();
    }

    /** @param code as the connection was closed, by whichever side */
    public void sessionClosed(int code) {
        sessionsClosed.increment();
        // Clients choose their codes: what is no code of ours and no standard one counts as one.
        int bounded =
                code >= 1000 && code <= 1015 || code >= 4000 && code <= 4004 || code >= 4500 && code <= 4502 ? code : 0;
        closes.computeIfAbsent(bounded, c -> new LongAdder()).increment();
    }

    /** Somebody came, and could not be let in. */
    public void acceptFailed() {
        acceptsFailed.increment();
    }

    public void frameReceived() {
        framesReceived.increment();
    }

    /** Payload of WebSocket frames from a client, also of those that are refused. */
    public void bytesReceived(long bytes) {
        bytesReceived.add(bytes);
    }

    public void messageStored() {
        messagesStored.increment();
    }

    /** @param code of the error, from a bounded set */
    public void refused(String code) {
        refusals.computeIfAbsent(code, c -> new LongAdder()).increment();
    }

    /** @param limit name of the key, from a bounded set */
    public void limitReached(String limit) {
        limits.computeIfAbsent(limit, key -> new LongAdder()).increment();
    }

    /** How often somebody came up against a limit, by its key. */
    public Map<String, Long> limits() {
        Map<String, Long> counts = new TreeMap<>();
        limits.forEach((limit, count) -> counts.put(limit, count.sum()));
        return counts;
    }

    /** A member came back with the position that it had. */
    public void recovery(boolean whole) {
        (whole ? recoveriesWhole : recoveriesIncomplete).increment();
    }

    /** A living member was told that messages are not delivered to it. */
    public void memberBehind() {
        membersBehind.increment();
    }

    public DeliveryMetrics delivery() {
        return delivery;
    }

    public OutboundMetrics outbound() {
        return outbound;
    }

    public RelayMetrics relay() {
        return relay;
    }

    /** How long a task waits for a thread of the pool that carries messages to members. */
    public Histogram laneWait() {
        return laneWait;
    }

    public long recoveries(boolean whole) {
        return (whole ? recoveriesWhole : recoveriesIncomplete).sum();
    }

    public long membersBehind() {
        return membersBehind.sum();
    }

    public long openedSessions() {
        return sessionsOpened.sum();
    }

    public long closedSessions() {
        return sessionsClosed.sum();
    }

    public long failedAccepts() {
        return acceptsFailed.sum();
    }

    public long receivedFrames() {
        return framesReceived.sum();
    }

    public long receivedBytes() {
        return bytesReceived.sum();
    }

    public long storedMessages() {
        return messagesStored.sum();
    }

    /** Refused frames by error code. */
    public Map<String, Long> refusals() {
        Map<String, Long> counts = new TreeMap<>();
        refusals.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    /** Closed sessions by close code; 0 is any that the protocol does not know. */
    public Map<Integer, Long> closes() {
        Map<Integer, Long> counts = new TreeMap<>();
        closes.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }
}

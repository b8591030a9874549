package io.roomcast.jmx;

import java.util.Map;

/**
 * The sessions of a node, their messages, and the limits of the node. Rates are averages of the last ten seconds. Any
 * thread may call any method; no method blocks.
 *
 * <p>A wrong argument causes an {@link IllegalArgumentException} that names the argument. An operation that does not
 * fit the state of the node causes an {@link IllegalStateException}. These classes are part of Java, so every console
 * can show them.
 */
@Description("This node: its sessions, what goes through them, its limits; draining and rebalancing")
public interface NodeMXBean {

    @Description("Name of the node, unique in the cluster (roomcast.node)")
    String getName();

    @Description("READY when messages are delivered here, else why not: STARTING, WARMING, RELAY or DRAINING")
    String getState();

    @Description("Seconds since the node started")
    long getUptimeSeconds();

    @Description("Open WebSocket sessions")
    int getSessions();

    @Description("Open sessions that send through the server's own WebSocket session, not by the fast path")
    long getSessionsPortable();

    @Description("Sessions opened since the start")
    long getSessionsOpened();

    @Description("Sessions closed since the start, by close code; 0 is any that the protocol does not know")
    Map<Integer, Long> getSessionsClosed();

    @Description("Sessions closed since the start because they did not read what was sent to them (4000)")
    long getSlowConsumersClosed();

    @Description("Frames from clients since the start, bad ones too")
    long getFramesReceived();

    @Description("Frames from clients a second")
    double getFramesReceivedPerSecond();

    @Description("Requests answered with an error since the start, by code")
    Map<String, Long> getRefusals();

    @Description("Messages published here and stored since the start")
    long getMessagesStored();

    @Description("Messages published here and stored, a second")
    double getMessagesStoredPerSecond();

    @Description("Messages handed to members since the start, each counted for each member")
    long getMessagesDelivered();

    @Description("Messages handed to members a second, each counted for each member")
    double getMessagesDeliveredPerSecond();

    @Description("Messages that a member's queue did not take, because it was full or closed")
    long getMessagesDropped();

    @Description("Presence and signals that full queues of slow consumers dropped: the first step against them. "
            + "Counters has this figure as roomcast.slow.consumers{step=notice_dropped}; "
            + "roomcast.notices.dropped counts those that were never queued")
    long getQueueNoticesDropped();

    @Description("Messages that slow consumers have to fetch, and were told so: the second step; the third closes them")
    long getMessagesForgotten();

    @Description("Bytes that wait for all sessions together, without those in flight")
    long getQueuedBytes();

    @Description("Bytes in the deepest session's queue")
    long getDeepestQueueBytes();

    @Description("Milliseconds for which the slowest client has read nothing of what is being sent to it")
    long getOldestSendMillis();

    @Description("Messages, joins and leaves that wait in lanes")
    long getEventsWaiting();

    @Description("The state of a drain or a rebalance: OFF, DRAINING, DRAINED, STOPPING or REBALANCING, "
            + "and how many sessions are left")
    DrainProgress getDrain();

    @Description("Limits that setLimit changes, by key, as they hold now, in bytes and milliseconds; 0 is no limit")
    Map<String, Long> getLimits();

    @Description("All counters since the start, by the name and the label that /metrics shows with underscores")
    Map<String, Long> getCounters();

    @Description("How often a limit was reached since the start, by key")
    Map<String, Long> getLimitsReached();

    @Description("Closes all sessions; clients reconnect to other nodes. The node is not ready from now on. "
            + "Each session is closed with 4001 at its own time in the window")
    DrainProgress drain(@Description("time for it, such as 30s or 5m; empty for roomcast.drain.window") String window);

    @Description("Ends a drain or a rebalance: the node is ready again and closes nobody")
    DrainProgress undrain();

    @Description("Closes a share of the sessions, chosen at random; clients reconnect, also to other nodes. "
            + "For use after another node has joined")
    DrainProgress rebalance(
            @Description("from 0 to 1; 0.33 on each of two nodes makes room for a third") double share,
            @Description("time for it, such as 30s or 5m; empty for roomcast.drain.window") String window);

    @Description("Closes all sessions of a user on this node with 4500: clients do not come back by themselves. "
            + "Answers how many")
    int kick(@Description("id of the user") String user);

    @Description("Changes a limit until the node restarts. Applies to later requests. "
            + "Existing sessions and members stay. Answers the limit that holds now: it is never more than the process "
            + "has memory and files for")
    String setLimit(
            @Description("its key, such as roomcast.limits.sessions; Limits has all") String key,
            @Description("in the form of the key: a number, a size or a duration; 0 lifts the limit") String value);
}

package io.roomcast.jmx;

import java.util.Map;

/**
 * All nodes, as far as the relay reaches them. An answer names the nodes that it is from, and those that are connected
 * but did not answer within two seconds. The exceptions are those of {@link NodeMXBean}; a relay that does not answer
 * causes an {@link IllegalStateException}. Any thread may call any method. Every method blocks the calling thread, for
 * five seconds at most for each reply of the relay.
 */
@Description("All nodes: what they carry, who is slow, where a user is, what was refused; "
        + "ending sessions, closing rooms, limits")
public interface ClusterMXBean {

    @Description("All nodes with their state, their version and what they carry")
    NodeList nodes();

    @Description("Rooms with members on any node, the largest first, with the members of all nodes")
    RoomList rooms(
            @Description("how the names begin; empty for all rooms") String prefix,
            @Description("most rooms, from 1 to 10000") int limit);

    @Description("Open sessions, first those for which the most bytes wait, or with the oldest send in flight")
    SessionList sessions(
            @Description("id of the user; empty for all users") String user,
            @Description("waiting for the most bytes first, age for the oldest send first, or id") String order,
            @Description("most sessions, from 1 to 1000") int limit);

    @Description("The open session with an id, whatever node has it")
    SessionList session(@Description("the id that welcome told the client") String session);

    @Description("The sessions of a user with their nodes and rooms, a thousand at most")
    SessionList where(@Description("id of the user") String user);

    @Description("Closes a session with 4500, whatever node has it: the client does not come back by itself")
    ClusterResult disconnect(@Description("the id that welcome told the client") String session);

    @Description("Closes all sessions of a user on all nodes with 4500: clients do not come back by themselves")
    ClusterResult kick(@Description("id of the user") String user);

    @Description(
            "Begins to erase all messages of a user in all rooms; sessions and presence stay, see kick. Answers how "
                    + "far it is, and what remains")
    ErasureReport erase(@Description("id of the user") String user);

    @Description("How far the erasure of a user's messages is, whatever node works on it")
    ErasureReport erasure(@Description("id of the user") String user);

    @Description("Who is in a room, where its numbering stands, and what each node has of it")
    ClusterRoom look(@Description("name of the room") String room);

    @Description("Takes all members on all nodes out of a room. Its messages stay, and clients may join again")
    ClusterResult close(@Description("name of the room") String room);

    @Description("Limits that setLimit changes, by node and key, in bytes and milliseconds; 0 is no limit")
    Map<String, Map<String, Long>> limits();

    @Description("Changes a limit on all nodes that run, on each until it restarts. Answers which nodes have done so")
    ClusterResult setLimit(
            @Description("its key, such as roomcast.limits.sessions; limits has all") String key,
            @Description("in the form of the key: a number, a size or a duration; 0 lifts the limit") String value);

    @Description("What the nodes have refused: counts by code, and the last refusals, the newest first")
    RefusalList refusals(
            @Description("id of the user; empty for all") String user,
            @Description("code of the error, such as busy; empty for all") String code,
            @Description("most refusals, from 1 to 500") int limit);
}

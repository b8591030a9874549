package io.roomcast.jmx;

import java.util.List;

/**
 * The rooms with members on this node. The exceptions are those of {@link NodeMXBean}. Any thread may call any method.
 * {@link #look} makes two requests to the relay, and blocks the calling thread for at most five seconds for each reply.
 * No other method blocks.
 */
@Description("The rooms of this node alone; looking into one, and closing one here. Cluster has those of all nodes")
public interface NodeRoomsMXBean {

    @Description("Rooms with members on this node")
    int getCount();

    @Description("Members of all rooms on this node; who is in two rooms counts twice")
    long getMembers();

    @Description("The ten rooms that are told most, the hottest first")
    List<RoomFigures> getHottest();

    @Description("The ten rooms with most members on this node")
    List<RoomFigures> getLargest();

    @Description("Who is in a room, on any node, where its numbering stands, and its last messages")
    RoomView look(
            @Description("name of the room") String room,
            @Description("how many messages, from 0 to 200") int messages);

    @Description("Takes all members on this node out of a room. Its messages stay, and clients may join again. "
            + "Answers how many")
    int close(@Description("name of the room") String room);
}

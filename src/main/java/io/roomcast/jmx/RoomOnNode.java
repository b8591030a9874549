package io.roomcast.jmx;

import io.roomcast.service.ClusterOperations.RoomThere;
import io.roomcast.service.cluster.ClusterAnswer.NodeAnswer;

/**
 * A room on one node. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param members sessions in the room on this node
 * @param eventsWaiting messages, joins and leaves that wait for the lane of the room
 * @param bytesWaiting bytes of these messages
 * @param waitingMillis how long the oldest of these events has been waiting
 */
public record RoomOnNode(String node, int members, int eventsWaiting, long bytesWaiting, long waitingMillis) {

    static RoomOnNode of(NodeAnswer<RoomThere> there) {
        return new RoomOnNode(
                there.node(),
                there.answer().members(),
                there.answer().eventsWaiting(),
                there.answer().bytesWaiting(),
                there.answer().waitingMs());
    }

    public String getNode() {
        return node;
    }

    public int getMembers() {
        return members;
    }

    public int getEventsWaiting() {
        return eventsWaiting;
    }

    public long getBytesWaiting() {
        return bytesWaiting;
    }

    public long getWaitingMillis() {
        return waitingMillis;
    }
}

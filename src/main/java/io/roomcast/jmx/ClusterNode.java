package io.roomcast.jmx;

import io.roomcast.service.cluster.ClusterNodes.NodeThere;

/**
 * A node in a list of nodes. Consoles read a record of this class as composite data, see {@link DrainProgress}.
 *
 * @param version of Roomcast
 * @param state ready, or why the node is not
 * @param drain the state of a drain or a rebalance
 * @param users different users with a session on the node
 * @param members members of all rooms on the node; a session counts in each of its rooms
 */
public record ClusterNode(
        String name,
        String version,
        String state,
        String drain,
        long uptimeMillis,
        int sessions,
        int users,
        int rooms,
        long members) {

    static ClusterNode of(NodeThere there) {
        return new ClusterNode(
                there.node(),
                there.version(),
                there.readiness(),
                there.drain(),
                there.uptimeMs(),
                there.sessions(),
                there.users(),
                there.rooms(),
                there.members());
    }

    public String getName() {
        return name;
    }

    public String getVersion() {
        return version;
    }

    public String getState() {
        return state;
    }

    public String getDrain() {
        return drain;
    }

    public long getUptimeMillis() {
        return uptimeMillis;
    }

    public int getSessions() {
        return sessions;
    }

    public int getUsers() {
        return users;
    }

    public int getRooms() {
        return rooms;
    }

    public long getMembers() {
        return members;
    }
}

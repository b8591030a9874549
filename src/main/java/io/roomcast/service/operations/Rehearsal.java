package io.roomcast.service.operations;

/**
 * Clients that the node invents to exercise its own code. They talk to a node of their own in this process, so nobody
 * else sees them: not the rooms, presence, limits, metrics or relay of the real node. Used by one thread.
 */
public interface Rehearsal extends AutoCloseable {
    /**
     * Lets a crowd come, talk and go, once. Takes a fraction of a second if the code is compiled.
     *
     * @return the number of its connections
     */
    int playRound() throws Exception;

    /** Ends the node of the clients. Takes two seconds at most. */
    @Override
    void close();
}

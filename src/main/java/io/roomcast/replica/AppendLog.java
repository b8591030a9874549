package io.roomcast.replica;

import java.util.concurrent.CompletionStage;

/**
 * A log that a broker keeps for all nodes, in partitions. A partition is a sequence of records. {@code
 * AppendLogContractTest} checks what every implementation guarantees:
 *
 * <ul>
 *   <li><b>One order.</b> All nodes read the records of a partition in the same order, with the same positions and times.
 *   <li><b>Appended, then confirmed.</b> A record whose append is confirmed is read by every node. The records that one
 *       thread appends to a partition are read in the order of the calls.
 *   <li><b>Each once.</b> A node reads each record once, from the first one that the broker has.
 *   <li><b>Reported loss.</b> If a node cannot read on where it was, {@link Follower#began} is called again, and the node
 *       reads anew.
 * </ul>
 *
 * <p>Any thread may call. No method blocks but {@link #close}.
 */
public interface AppendLog extends AutoCloseable {

    /** Reads the log. All calls come from one thread. A method must not block. */
    interface Follower {
        /**
         * Reports that records follow from the first ones that the broker has. Called before the first record. Called again
         * if records were lost that this node had not read, or if this is another log: what was read before does not count.
         *
         * @param trimmed for each partition, whether it had earlier records, which the broker has let go of
         * @param reachMillis how long the broker keeps a record at least, in milliseconds; the same for all nodes
         */
        void began(boolean[] trimmed, long reachMillis);

        /**
         * Reports that the broker has other records in a partition than this node has read, from a position on, or none.
         * {@link #began} follows.
         */
        void wentBack(int partition, long from);

        /**
         * Takes the next record of a partition.
         *
         * @param position greater than that of the record before; the same on all nodes
         * @param millis when the broker stored it, by the broker's clock, in milliseconds; may be less than that of the
         *     record before
         */
        void appended(int partition, long position, long millis, byte[] record);

        /** Reports that all records were read that were in the log when {@link #began} was called. */
        void caughtUp();

        /** Takes a note: see {@link #send}. */
        void received(byte[] note);
    }

    /** Starts to read. Called once, before any other method. The broker need not be reachable yet. */
    void follow(Follower follower);

    /**
     * Appends a record.
     *
     * @param record at most {@link #maxBytes}; the array is not changed any more
     * @return completes when the broker has stored the record. Fails with {@code RelayUnavailableException} if this is not
     *     known; the record may follow all the same.
     */
    CompletionStage<Void> append(int partition, byte[] record);

    /**
     * Brings a note to all nodes that read the log now, this one too. A note may be lost, and nobody reads it later. Notes
     * of one thread stay in order.
     */
    void send(byte[] note);

    /** Most bytes of a record or a note. */
    int maxBytes();

    /** Waits for appends that are under way, a second or so, and ends all threads and connections. */
    @Override
    void close();
}

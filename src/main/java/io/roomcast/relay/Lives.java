package io.roomcast.relay;

import io.roomcast.protocol.RoomName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lives of nodes over a broker, in the database of an {@link Archive} that they share. They prove that the archive
 * has all of a room that the broker has lost, so that the room goes on in the same numbering.
 *
 * <ul>
 *   <li><b>A node is entered before it publishes</b>, with the data of the broker in which it publishes. It is entered
 *       anew before it publishes in other data, and then states the rooms of which the archive may not have all.
 *   <li><b>A numbering is placed once in data.</b> {@link #claim} gives it to one node, if all nodes are entered in the
 *       same data, none has stated it as open, and it has not been in these data before.
 *   <li><b>What was read in former data is not stored any more</b>: see {@link Copies#store}.
 * </ul>
 *
 * <p>Every method blocks while the database works, and throws {@link ArchiveException} if it cannot do what it is asked.
 * Any thread may call. Times are by the clock of the database.
 */
public interface Lives {
    /** The life that stands for nodes that do not take part, and were there before. */
    String STRANGERS = "strangers";

    /**
     * Data of a broker, which lose nothing as long as both names stay as they are.
     *
     * @param birth name that the data got when they began empty
     * @param run name of the server's process that has them
     */
    record Data(String birth, String run) {
        /** As one word. */
        public String name() {
            return birth + "|" + run;
        }
    }

    /** Rooms that a node has not seen archived. */
    record Unarchived(Collection<RoomName> rooms, boolean isAll) {}

    /** What the broker may go on with, where it has nothing of the room. */
    record Placed(String epoch, long base, long offset) {}

    /**
     * What was decided.
     *
     * @param later whether to ask again soon: a node that lives is not entered in these data yet
     * @param placed the rooms that go on
     * @param ended the rooms that the archive knows, and that must begin anew
     */
    record Claims(boolean later, Map<RoomName, Placed> placed, Set<RoomName> ended) {}

    /**
     * A life that has not been renewed for some time.
     *
     * @param isHere whether it was entered in the data that were asked about
     * @param isSameBirth whether at least the birth is the same
     */
    record Silent(String life, boolean isHere, boolean isSameBirth) {}

    /** Enters a life, in place of what it was entered in before. */
    void enter(String life, Data data, Unarchived open);

    /** @return false if the life has to be entered again: others took it for dead, or have gone on to other data */
    boolean renew(String life, Data data);

    /** The life has seen that the archive has all of these rooms, which it may have stated as open. */
    void settled(String life, Collection<RoomName> rooms);

    /** Takes a life out that has nothing open. */
    void leave(String life);

    /** States that nodes which do not take part publish in these data. */
    void strangers(Data data);

    /** Asks for rooms of which the broker has nothing in these data. Rooms that the archive does not know are missing. */
    Claims claim(Data data, Collection<RoomName> rooms);

    /** Lives that were not renewed for so long. */
    List<Silent> silent(Data data, Duration time);

    /**
     * A life is over, and what it has published was lost with former data: no numbering that the archive has now goes
     * on after a further loss. The life is taken out, or is entered here if its data have the birth of these.
     */
    void lost(String life, Data data, Duration time);

    /** A life is over, and the archive has all that it has published in these data. Takes it out if it is still silent. */
    void archived(String life, Data data, Duration time);

    /** The newest numberings of these rooms must not go on after a loss: they have ended in the broker. */
    void ended(String life, Collection<RoomName> rooms);
}

package io.roomcast.archiver;

import io.roomcast.archiver.Admission.Pass;
import io.roomcast.archiver.LogSource.LogCopy;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Lives.Data;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Finds out which rooms are archived as far as this node has published to them. For the thread of {@link NodeLife}. */
final class RoomChecks {
    /** Rooms of one question to the database. */
    private static final int ROOMS = 2_000;
    /** Rooms of which the broker is asked for the position at a time. */
    static final int POSITIONS = 200;

    private final UnarchivedRooms rooms;
    private final LiveBroker broker;
    private final LogSource source;
    private final Archive archive;
    private final HistoryLimits.Rule limits;

    RoomChecks(UnarchivedRooms rooms, LiveBroker broker, LogSource source, Archive archive, HistoryLimits.Rule limits) {
        this.rooms = rooms;
        this.broker = broker;
        this.source = source;
        this.archive = archive;
        this.limits = limits;
    }

    /** Asks the database. */
    void findArchived(String life) {
        List<RoomName> asked = rooms.known(ROOMS);
        if (!asked.isEmpty()) {
            List<RoomName> stated = rooms.archived(
                    asked,
                    archive.copies().heads(asked),
                    room -> limits.of(room).messages() > 0);
            if (!stated.isEmpty()) {
                archive.lives().settled(life, stated);
            }
        }
    }

    /**
     * Asks the broker how far rooms have come of which a publish was not answered, when it refuses what was sent before.
     *
     * @param pass with which nothing was sent before {@code unknown} was made
     */
    void findPositions(List<RoomName> unknown, Pass pass, Data data) {
        if (RoomCopier.await(broker.admit(pass.life(), pass.number(), data)) != LiveBroker.Admitted.ADMITTED) {
            return;
        }
        List<CompletionStage<LogCopy>> pages =
                unknown.stream().map(room -> source.read(room, null, 0, 0)).toList();
        for (int i = 0; i < pages.size(); i++) {
            LogCopy page = RoomCopier.await(pages.get(i));
            if (page.epoch() != null && data.name().equals(page.data())) {
                rooms.found(unknown.get(i), new Position(page.epoch(), page.offset()), pass.number());
            }
        }
    }
}

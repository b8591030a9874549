package io.roomcast.archiver;

import io.roomcast.archiver.LogSource.Found;
import io.roomcast.archiver.LogSource.LogCopy;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Copies.Head;
import io.roomcast.relay.HistoryLimits;
import io.roomcast.relay.Lives;
import io.roomcast.relay.Lives.Data;
import io.roomcast.relay.Lives.Silent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Looks after the lives of nodes that died. A dead node cannot say what it has not seen archived. So its life stays in
 * the database, and nothing is restored after a loss, until somebody has looked through all rooms of the broker, and has
 * found in the archive all that they had. Before, the broker is told to refuse what the dead life still publishes: it may
 * have been standing still.
 *
 * <p>If the broker has lost data meanwhile, nobody knows what the dead node had published: then no numbering that the
 * archive has now is ever restored. Not thread-safe: for the thread of {@link NodeLife}.
 */
final class DeadLives {
    private static final Logger LOG = System.getLogger(DeadLives.class.getName());

    /** A life that was renewed neither in the database nor in the broker for so long is over. */
    static final Duration SILENT = Duration.ofSeconds(30);

    /** Calls to the broker in one step. */
    private static final int CALLS = 20;
    /** Rooms that are read at a time. */
    private static final int PARALLEL = 50;
    /** Rooms of one question to the database. */
    private static final int COMPARED = 1_000;
    /** Rooms that are not archived yet: with more, the walk begins again later. */
    private static final int MOST_PENDING = 20_000;

    private final LiveBroker broker;
    private final LogSource source;
    private final Archive archive;
    private final HistoryLimits.Rule limits;
    /** Null if there is none. */
    private Walk walk;

    /** A walk through all rooms. */
    private static final class Walk {
        private final Data data;
        private final Set<String> lives;
        /** What was found in the broker, and not yet in the archive. */
        private final Map<RoomName, Position> pending = new HashMap<>();

        private String from;
        private boolean atEnd;

        Walk(Data data, Set<String> lives) {
            this.data = data;
            this.lives = lives;
        }
    }

    DeadLives(LiveBroker broker, LogSource source, Archive archive, HistoryLimits.Rule limits) {
        this.broker = broker;
        this.source = source;
        this.archive = archive;
        this.limits = limits;
    }

    /**
     * To be called now and then.
     *
     * @param data in which this node is admitted
     * @param own life of this node
     */
    void step(Data data, String own) {
        if (walk != null && !walk.data.equals(data)) {
            walk = null;
        }
        if (walk == null) {
            begin(data, own);
        }
        for (int i = 0; walk != null && !walk.atEnd && i < CALLS; i++) {
            Found found = RoomCopier.await(source.find(walk.from));
            walk.from = found.next();
            walk.atEnd = walk.from == null;
            look(found.rooms(), own);
        }
        if (walk != null && walk.atEnd) {
            compare(List.copyOf(walk.pending.keySet()));
            endIfArchived();
        }
    }

    private void begin(Data data, String own) {
        List<Silent> silent = archive.lives().silent(data, SILENT);
        if (silent.isEmpty()) {
            return;
        }
        Set<String> living = RoomCopier.await(broker.living(SILENT));
        Set<String> dead = new HashSet<>();
        for (Silent each : silent) {
            String life = each.life();
            if (life.equals(own) || living.contains(life.replaceFirst("#\\d+$", ""))) {
                continue;
            }
            if (!each.isHere()) {
                LOG.log(
                        Level.WARNING,
                        "A node died, and the relay lost data: rooms that the archive has now begin anew after a further loss");
                archive.lives().lost(life, data, SILENT);
            }
            if (each.isSameBirth() && (life.equals(Lives.STRANGERS) || RoomCopier.await(broker.expel(life, data)))) {
                dead.add(life);
            }
        }
        if (!dead.isEmpty()) {
            walk = new Walk(data, dead);
        }
    }

    private void look(List<RoomName> rooms, String own) {
        for (int first = 0; walk != null && first < rooms.size(); first += PARALLEL) {
            List<RoomName> some = rooms.subList(first, Math.min(first + PARALLEL, rooms.size()));
            List<CompletionStage<LogCopy>> pages =
                    some.stream().map(room -> source.read(room, null, 0, 0)).toList();
            List<RoomName> read = new ArrayList<>();
            List<RoomName> ended = new ArrayList<>();
            for (int i = 0; i < pages.size(); i++) {
                LogCopy page = RoomCopier.await(pages.get(i));
                if (page.epoch() == null) {
                    continue;
                }
                if (!walk.data.name().equals(page.data())) {
                    walk = null;
                    return;
                }
                walk.pending.put(some.get(i), new Position(page.epoch(), page.offset()));
                boolean isCopied = limits.of(some.get(i)).messages() > 0 && page.offset() > page.base();
                (isCopied ? read : ended).add(some.get(i));
            }
            endOthers(ended, own);
            compare(read);
        }
        if (walk != null && walk.pending.size() > MOST_PENDING) {
            walk = null;
        }
    }

    /** Of these, nothing will be copied. What the archive has must be all, or must not go on. */
    private void endOthers(List<RoomName> rooms, String own) {
        Map<RoomName, Head> heads =
                rooms.isEmpty() ? Map.of() : archive.copies().heads(rooms);
        List<RoomName> ended = rooms.stream()
                .filter(heads::containsKey)
                .filter(room -> !has(heads.get(room), walk.pending.get(room)))
                .toList();
        if (!ended.isEmpty()) {
            archive.lives().ended(own, ended);
        }
        rooms.forEach(walk.pending::remove);
    }

    private void compare(List<RoomName> rooms) {
        for (int first = 0; first < rooms.size(); first += COMPARED) {
            List<RoomName> some = rooms.subList(first, Math.min(first + COMPARED, rooms.size()));
            Map<RoomName, Head> heads = archive.copies().heads(some);
            for (RoomName room : some) {
                if (has(heads.get(room), walk.pending.get(room))) {
                    walk.pending.remove(room);
                }
            }
        }
    }

    private static boolean has(Head head, Position position) {
        if (head == null) {
            return false;
        }
        return head.epoch().equals(position.epoch())
                ? head.offset() >= position.offset()
                : RoomCopier.began(head.epoch()) > RoomCopier.began(position.epoch());
    }

    private void endIfArchived() {
        if (walk.pending.isEmpty()) {
            for (String life : walk.lives) {
                archive.lives().archived(life, walk.data, SILENT);
            }
            LOG.log(Level.INFO, "The archive has all that was published by nodes that died");
            walk = null;
        }
    }
}

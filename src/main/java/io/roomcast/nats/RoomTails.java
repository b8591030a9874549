package io.roomcast.nats;

import io.nats.client.impl.Headers;
import io.roomcast.nats.connection.Append;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.FirstEpochs;
import io.roomcast.relay.Futures;
import io.roomcast.relay.RelayUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads the last records of rooms, and appends marks to them. Any thread may call. No method blocks. */
final class RoomTails {
    private static final Logger LOG = System.getLogger(RoomTails.class.getName());
    private static final byte[] NOTHING = new byte[0];
    /** How often a mark is tried again, when other nodes append meanwhile. */
    private static final int ATTEMPTS = 20;

    private final FirstEpochs epochs = new FirstEpochs();
    private final JetStream jetStream;
    private final Subjects subjects;

    RoomTails(JetStream jetStream, Subjects subjects) {
        this.jetStream = jetStream;
        this.subjects = subjects;
    }

    /**
     * The last record of the room; null if there is none. On a record that no node has written, a new epoch begins: what
     * was before it cannot be counted from.
     */
    CompletionStage<Tail> read(RoomName room) {
        return jetStream
                .last(subjects.messages(), subjects.stored(room.value()))
                .thenCompose(stored -> {
                    if (stored == null) {
                        return CompletableFuture.completedFuture(null);
                    }
                    MessageHead head = MessageHead.of(stored);
                    if (head != null) {
                        return CompletableFuture.completedFuture(new Tail(head, stored.sequence(), stored.millis()));
                    }
                    LOG.log(Level.WARNING, "something else than Roomcast has written into the stream of messages");
                    Tail foreign = new Tail(null, stored.sequence(), stored.millis());
                    return mark(room, foreign, MessageHead.beginning(epochs.next(), 0, 0), ATTEMPTS);
                });
    }

    /** The last record of the room. Begins the numbering of a room that has none, so that all nodes have the same. */
    CompletionStage<Tail> readOrBegin(RoomName room) {
        return read(room)
                .thenCompose(tail -> tail != null
                        ? CompletableFuture.completedFuture(tail)
                        : mark(room, null, beginning(room), ATTEMPTS));
    }

    /** The last record of the room. For a room that has none, the one that it would begin with; stores nothing. */
    CompletionStage<Tail> peek(RoomName room) {
        return Futures.map(
                read(room),
                tail -> tail != null ? tail : new Tail(MessageHead.beginning(epochs.tell(room), 0, 0), 0, 0));
    }

    /** The head before the first message of a room that has no record. */
    MessageHead beginning(RoomName room) {
        return MessageHead.beginning(epochs.begin(room), 0, 0);
    }

    /** Appends a mark that keeps the numbering of a room in which nothing has been said for long. */
    CompletionStage<Tail> keep(RoomName room, Tail tail) {
        return mark(room, tail, tail.head().mark(), ATTEMPTS);
    }

    /**
     * Ends the epoch, if it is still that of the room.
     *
     * @param offset the last offset that was used in the epoch, as far as this node knows
     */
    CompletionStage<Tail> renumber(RoomName room, String epoch, long offset) {
        return renumber(room, epoch, offset, false, ATTEMPTS);
    }

    /**
     * Ends the epoch, if the room has fewer messages than this node knows of. A new leader may answer before it has all
     * messages. It then refuses the mark, and is asked again.
     *
     * @param offset offset of a message that this node knows of
     */
    CompletionStage<Tail> renumberIfBehind(RoomName room, String epoch, long offset) {
        return renumber(room, epoch, offset, true, ATTEMPTS);
    }

    private CompletionStage<Tail> renumber(RoomName room, String epoch, long offset, boolean ifBehind, int attempts) {
        if (attempts == 0) {
            return CompletableFuture.failedFuture(
                    new RelayUnavailableException("the room's numbering changes all the time"));
        }
        return readOrBegin(room).thenCompose(tail -> {
            if (!tail.head().epoch().equals(epoch) || ifBehind && tail.head().offset() >= offset) {
                return CompletableFuture.completedFuture(tail);
            }
            long base = Math.max(offset, tail.head().offset());
            MessageHead next =
                    MessageHead.beginning(epochs.next(), base, tail.head().total());
            return mark(room, tail, next, 0)
                    .thenCompose(appended -> appended.head().epoch().equals(epoch)
                            ? renumber(room, epoch, offset, ifBehind, attempts - 1)
                            : CompletableFuture.completedFuture(appended));
        });
    }

    /**
     * Appends a mark on top of the tail.
     *
     * @param attempts how often another tail is taken for the first one, if there was none
     * @return the last record then, which may be another one
     */
    private CompletionStage<Tail> mark(RoomName room, Tail tail, MessageHead head, int attempts) {
        Headers headers =
                JetStream.expecting(tail == null ? 0 : tail.sequence()).put(MessageHead.HEADER, head.text());
        return jetStream.append(subjects.stored(room.value()), headers, NOTHING).thenCompose(answer -> {
            if (answer instanceof Append.Stored stored) {
                return CompletableFuture.completedFuture(new Tail(head, stored.sequence(), 0));
            }
            if (answer instanceof Append.Refused refused) {
                return CompletableFuture.failedFuture(refused.why());
            }
            return read(room).thenCompose(other -> {
                if (other != null) {
                    return CompletableFuture.completedFuture(other);
                }
                return attempts > 0
                        ? mark(room, null, head, attempts - 1)
                        : CompletableFuture.<Tail>failedFuture(
                                new RelayUnavailableException("the room's numbering changes all the time"));
            });
        });
    }
}

package io.roomcast.room;

import io.roomcast.metrics.DeliveryMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings returning members up to the lane: from the room's recent messages where they reach back far enough, else from the relay's
 * history. Confined to the room's lane. What it tells is honest: either a member gets all that it missed, or {@code joined} says
 * that it does not; should the history run away from a slow member on the way, {@code behind} says so.
 */
final class Recovery {
    private static final int PAGE_MESSAGES = 500;
    private static final long PAGE_BYTES = 64 * 1024;
    /** Pages that are read at once; each is held until the lane has taken it, and a thousand members may come back together. */
    private static final int READS = 16;
    /** The member waits for the first page, which decides what {@code joined} says. */
    private static final long UNDECIDED = -1;

    private final RoomName room;
    private final RoomSource source;
    private final MessageRing recent;
    private final Consumer<RoomEvent> lane;
    private final DeliveryMetrics metrics;
    private final Batch batch = new Batch();

    /** Last page that was encoded: a thousand members that return at once mostly miss the same. */
    private EncodedFrame lastPage;

    private long lastPageAfter;
    private long lastPageEnd;

    /** Pages that wait for others to be read first. */
    private final ArrayDeque<Wanted> wanted = new ArrayDeque<>(0);

    private int reading;

    /** A page that is yet to be read; {@code since} as in {@link RoomEvent.CatchUpPage}. */
    private record Wanted(Member member, Position since, long after) {}

    Recovery(RoomName room, RoomSource source, MessageRing recent, Consumer<RoomEvent> lane, DeliveryMetrics metrics) {
        this.metrics = metrics;
        this.room = room;
        this.source = source;
        this.recent = recent;
        this.lane = lane;
    }

    /** @param since where the member stood, or null when it is new */
    void start(Member member, Position since, Position lanePosition) {
        if (since == null || !since.epoch().equals(lanePosition.epoch()) || since.offset() > lanePosition.offset()) {
            goLive(member);
            member.listener().joined(lanePosition, false);
        } else if (since.offset() == lanePosition.offset()) {
            goLive(member);
            member.listener().joined(lanePosition, true);
        } else if (recent.reachesBackTo(since.offset())) {
            member.offset = since.offset();
            member.listener().joined(lanePosition, true);
            next(member, lanePosition);
        } else {
            member.offset = UNDECIDED;
            read(member, since, since.offset());
        }
    }

    /** Sends the next page, or lets the member go live when there is none. */
    void next(Member member, Position lanePosition) {
        if (member.offset >= lanePosition.offset()) {
            goLive(member);
        } else if (recent.reachesBackTo(member.offset)) {
            if (lastPage == null || lastPageAfter != member.offset || lastPageEnd > lanePosition.offset()) {
                encode(member.offset, lanePosition.epoch(), recent.after(member.offset, PAGE_MESSAGES, PAGE_BYTES));
            }
            send(member, lanePosition);
        } else {
            read(member, null, member.offset);
        }
    }

    private void read(Member member, Position since, long after) {
        if (reading == READS) {
            wanted.add(new Wanted(member, since, after));
            return;
        }
        reading++;
        source.historyAfter(room, after, PAGE_MESSAGES)
                .whenComplete((page, failure) ->
                        lane.accept(new RoomEvent.CatchUpPage(member, since, failure == null ? page : null)));
    }

    /** A read has been answered, whatever becomes of its page: the next may begin. */
    void answered() {
        reading--;
        for (Wanted next = wanted.poll(); next != null; next = wanted.poll()) {
            if (next.member().slot >= 0 && !next.member().live) {
                read(next.member(), next.since(), next.after());
                return;
            }
        }
    }

    /** Goes on with what was read for {@link #start} or {@link #next}. */
    void page(RoomEvent.CatchUpPage read, Position lanePosition) {
        Member member = read.member();
        if (member.live) {
            return;
        }
        HistoryPage page = read.page();
        boolean first = read.since() != null;
        long after = first ? read.since().offset() : member.offset;
        // Numbering may have begun anew since the member asked: the same offset is another message then.
        boolean whole = page != null
                && page.epoch().equals(lanePosition.epoch())
                && (!first || read.since().epoch().equals(page.epoch()))
                && !page.messages().isEmpty()
                && page.messages().get(0).offset() == after + 1;
        if (!whole) {
            goLive(member);
            if (first) {
                member.listener().joined(lanePosition, false);
            } else {
                member.listener().behind(after + 1, lanePosition);
            }
            return;
        }
        if (first) {
            member.offset = after;
            member.listener().joined(lanePosition, true);
        }
        // The history may be ahead of the lane: what the lane has yet to deliver comes with its batches.
        long ahead = page.messages().stream()
                .filter(message -> message.offset() > lanePosition.offset())
                .count();
        encode(after, page.epoch(), page.messages().subList(0, page.messages().size() - (int) ahead));
        send(member, lanePosition);
    }

    /** Lets go of the page that is kept for others; offsets mean other messages in a new epoch, and an idle room keeps no buffer. */
    void forget() {
        lastPage = null;
    }

    private void encode(long after, String epoch, List<StoredMessage> messages) {
        messages.forEach(batch::add);
        lastPage = batch.take(room, epoch);
        lastPageAfter = after;
        lastPageEnd = messages.get(messages.size() - 1).offset();
    }

    private void send(Member member, Position lanePosition) {
        if (member.offer(lastPage)) {
            metrics.replayed((int) (lastPageEnd - lastPageAfter), lastPage.bytes());
        }
        member.offset = lastPageEnd;
        if (member.offset == lanePosition.offset()) {
            goLive(member);
        } else {
            member.queue().whenDrained(() -> lane.accept(new RoomEvent.CatchUp(member)));
        }
    }

    private static void goLive(Member member) {
        member.live = true;
    }
}

package io.roomcast.room;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Brings returning members up to the lane: from the room's recent messages where they reach back far enough, else from the relay's
 * history, each page when it is its turn. Confined to the room's lane. What it tells is honest: either a member gets all that it missed, or {@code joined} says
 * that it does not; should the history run away from a slow member on the way, {@code behind} says so.
 */
final class Recovery {
    private static final int PAGE_MESSAGES = 500;
    /** Of bodies; a message that is larger is a page by itself. */
    static final long PAGE_BYTES = 64 * 1024;

    /** Pages that are read at once; each is held until the lane has taken it, and a thousand members may come back together. */
    private static final int READS = 16;

    private final RoomName room;
    private final RoomSource source;
    private final MessageLog recent;
    private final Consumer<RoomEvent> lane;
    private final Consumer<Member> in;
    private final ReplayPacer pace;
    private final NodeMetrics metrics;
    private final Batch batch = new Batch();

    /** Last page that was encoded: a thousand members that return at once mostly miss the same. */
    private Page lastPage;

    /** They wait for the pages of others to be read first. */
    private final ArrayDeque<Member> wanted = new ArrayDeque<>(0);

    /** They have more than was delivered here so far. */
    private final List<Member> ahead = new ArrayList<>(0);

    private int reading;
    private int catchingUp;

    /** What follows an offset, encoded for whoever stands there. */
    record Page(String epoch, long after, long end, EncodedFrame frame) {
        private boolean suits(Member member, Position lanePosition) {
            return after == member.offset && end <= lanePosition.offset() && epoch.equals(lanePosition.epoch());
        }
    }

    /** @param in gives a member its place, in which it is told what is told to all */
    Recovery(
            RoomName room,
            RoomSource source,
            MessageLog recent,
            Consumer<RoomEvent> lane,
            Consumer<Member> in,
            ReplayPacer pace,
            NodeMetrics metrics) {
        this.in = in;
        this.pace = pace;
        this.metrics = metrics;
        this.room = room;
        this.source = source;
        this.recent = recent;
        this.lane = lane;
    }

    /** @param since where the member stood, or null when it is new */
    void start(Member member, Position since, Position lanePosition) {
        if (since == null || !since.epoch().equals(lanePosition.epoch())) {
            goLive(member);
            letIn(member, lanePosition, false);
        } else if (since.offset() > lanePosition.offset()) {
            member.since = since;
            member.offset = since.offset();
            ask(member);
        } else if (since.offset() == lanePosition.offset()) {
            goLive(member);
            letIn(member, lanePosition, true);
        } else {
            member.since = since;
            member.offset = since.offset();
            catchUp(member, lanePosition);
        }
    }

    private void catchUp(Member member, Position lanePosition) {
        member.turn = pace.turn();
        catchingUp++;
        goOn(member, null, lanePosition);
    }

    /** The node that it was connected to may have heard more than this one has so far: the relay knows. */
    private void ask(Member member) {
        source.position(room)
                .whenComplete((position, failure) ->
                        lane.accept(new RoomEvent.Stands(member, failure == null ? position : null)));
    }

    /** Lets in a member that is ahead of the lane, where the relay has all that it has; batches pass it by until the lane is as far. */
    void stands(Member member, Position relay, Position lanePosition) {
        Position since = member.since;
        boolean exists = since.epoch().equals(relay.epoch()) && since.offset() <= relay.offset();
        if (!exists || !since.epoch().equals(lanePosition.epoch())) {
            goLive(member);
            letIn(member, lanePosition, false);
            return;
        }
        member.since = null;
        letIn(member, since, true);
        if (since.offset() > lanePosition.offset()) {
            ahead.add(member);
        } else {
            catchUp(member, lanePosition);
        }
    }

    /** What comes of the room from here on is the member's. */
    private void letIn(Member member, Position position, boolean recovered) {
        in.accept(member);
        member.listener().joined(position, recovered);
    }

    /** The lane has got on: whoever was ahead of it goes on with what follows. */
    void passed(Position lanePosition) {
        if (ahead.isEmpty()) {
            return;
        }
        List<Member> there = ahead.stream()
                .filter(member -> member.live || member.offset <= lanePosition.offset())
                .toList();
        ahead.removeAll(there);
        for (Member member : there) {
            if (!member.live) {
                catchUp(member, lanePosition);
            }
        }
    }

    /**
     * Sends the next page, once it is the member's turn, or lets the member go live when there is none.
     *
     * @param shared was read for another, and may suit this one; or null
     */
    void goOn(Member member, Page shared, Position lanePosition) {
        boolean first = member.since != null;
        if (first && !member.since.epoch().equals(lanePosition.epoch())) {
            // Numbering began anew while the member waited.
            goLive(member);
            letIn(member, lanePosition, false);
            return;
        }
        Page page = encoded(member, shared, lanePosition);
        boolean isRecent = recent.reachesBackTo(member.offset);
        if (first && (page != null || isRecent)) {
            decided(member, lanePosition);
        }
        if (member.offset >= lanePosition.offset()) {
            goLive(member);
        } else if (!member.turn.begin(() -> lane.accept(new RoomEvent.CatchUp(member, null)))) {
            return;
        } else if (page != null) {
            send(member, page, lanePosition);
        } else if (isRecent) {
            List<StoredMessage> messages = recent.after(member.offset, PAGE_MESSAGES, PAGE_BYTES);
            send(member, encode(member.offset, lanePosition.epoch(), messages), lanePosition);
        } else {
            read(member);
        }
    }

    /** What somebody else who stood at the same offset was sent, or null. */
    private Page encoded(Member member, Page shared, Position lanePosition) {
        if (shared != null && shared.suits(member, lanePosition)) {
            return shared;
        }
        return lastPage != null && lastPage.suits(member, lanePosition) ? lastPage : null;
    }

    /** It gets all that it missed, as far as can be known now; should that change while it waits, {@code behind} tells. */
    private void decided(Member member, Position lanePosition) {
        member.since = null;
        letIn(member, lanePosition, true);
    }

    private void read(Member member) {
        if (reading == READS) {
            wanted.add(member);
            return;
        }
        reading++;
        source.historyAfter(room, member.offset, PAGE_MESSAGES)
                .whenComplete((page, failure) ->
                        lane.accept(new RoomEvent.CatchUpPage(member, failure == null ? page : null)));
    }

    /** A read has been answered, and its page used: those that wait go on, with the same page or a read of their own. */
    void answered(Position lanePosition) {
        reading--;
        while (reading < READS && !wanted.isEmpty()) {
            Member next = wanted.poll();
            if (next.slot < 0 || next.live) {
                continue;
            }
            Page page = encoded(next, null, lanePosition);
            if (page == null) {
                read(next);
            } else {
                lane.accept(new RoomEvent.CatchUp(next, page));
            }
        }
    }

    /** Goes on with what was read. */
    void page(RoomEvent.CatchUpPage read, Position lanePosition) {
        Member member = read.member();
        if (member.live) {
            return;
        }
        HistoryPage page = read.page();
        long after = member.offset;
        boolean first = member.since != null;
        // Numbering may have begun anew since the member asked: the same offset is another message then.
        boolean whole = page != null
                && page.epoch().equals(lanePosition.epoch())
                && (!first || member.since.epoch().equals(page.epoch()))
                && !page.messages().isEmpty()
                && page.messages().get(0).offset() == after + 1;
        if (!whole) {
            goLive(member);
            if (first) {
                letIn(member, lanePosition, false);
            } else {
                member.listener().behind(after + 1, lanePosition);
            }
            return;
        }
        if (first) {
            decided(member, lanePosition);
        }
        // The history may be ahead of the lane: what the lane has yet to deliver comes with its batches.
        long ahead = page.messages().stream()
                .filter(message -> message.offset() > lanePosition.offset())
                .count();
        List<StoredMessage> messages =
                page.messages().subList(0, page.messages().size() - (int) ahead);
        send(member, encode(after, page.epoch(), messages), lanePosition);
    }

    /** The member gets each batch from now on. */
    void goLive(Member member) {
        end(member);
        member.live = true;
        member.since = null;
    }

    /** The member catches up no longer, if it did; an idle room keeps no page. */
    void end(Member member) {
        ahead.remove(member);
        if (member.turn != null) {
            member.turn.end(0);
            member.turn = null;
            catchingUp--;
            if (catchingUp == 0) {
                forget();
            }
        }
    }

    /** Lets go of the page that is kept for others. */
    void forget() {
        lastPage = null;
    }

    private Page encode(long after, String epoch, List<StoredMessage> messages) {
        messages.forEach(batch::add);
        lastPage = new Page(epoch, after, messages.get(messages.size() - 1).offset(), batch.take(room, epoch));
        return lastPage;
    }

    private void send(Member member, Page page, Position lanePosition) {
        EncodedFrame frame = page.frame();
        boolean taken = member.offer(frame);
        if (taken) {
            metrics.replayed((int) (page.end() - page.after()), frame.bytes());
        }
        member.turn.end(taken ? frame.bytes() : 0);
        member.offset = page.end();
        if (member.offset == lanePosition.offset()) {
            goLive(member);
        } else {
            member.queue().whenDrained(() -> lane.accept(new RoomEvent.CatchUp(member, null)));
        }
    }
}

package io.roomcast.room;

import io.roomcast.metrics.NodeMetrics;
import io.roomcast.outbound.EncodedFrame;
import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Sends returning members the messages that they missed. The messages come from the room's recent messages if these
 * reach back far enough, else from the relay's history. {@link ReplayPacer} grants a permit for each page. Confined to
 * the room's lane.
 *
 * <pre>
 *   start ──at the lane's offset──▶ live
 *     │ behind it                    ┌── page sent, none waits ─────┐
 *     ├──────────▶ CATCHING UP: advance ──permit, page──▶ send ─────┘──lane's offset reached──▶ live
 *     │ ahead of it     ▲
 *     └── AHEAD ────────┘ when the lane has reached the member's offset; the relay is asked first
 * </pre>
 *
 * <p>A position may have a proof, the time of the message there. The message is then looked up, too: in the room's
 * recent messages, or in the page that is read anyway. If it is another one, nothing is recovered. If neither has it any
 * more, only the position counts.
 *
 * <p>A member always learns of missing messages. If the member will not get all messages that it missed, {@code joined}
 * says this. If the history drops messages later, before a slow member has read them, {@code behind} says this.
 */
final class Recovery {
    /** Most bytes of bodies in a page; a larger message is a page by itself. */
    static final long PAGE_BYTES = 64 * 1024;

    /**
     * Most history reads of a room at a time. Each page stays in memory until the lane has used it, and a thousand
     * members may return together.
     */
    private static final int MAX_READS = 16;

    private final RoomName room;
    private final RoomSource source;
    private final MessageLog recent;
    private final Consumer<RoomEvent> lane;
    private final Consumer<Member> onJoined;
    private final ReplayPacer pacer;
    private final NodeMetrics metrics;
    private final Batch batch = new Batch();

    /** The last page that was encoded. Kept because members that return together mostly miss the same messages. */
    private Page lastPage;

    /** Members whose reads wait until fewer than {@link #MAX_READS} reads are running. */
    private final ArrayDeque<Member> queuedReads = new ArrayDeque<>(0);

    /** Members that already have messages that this node has not delivered yet. */
    private final List<Member> ahead = new ArrayList<>(0);

    /** Number of reads that are running. */
    private int runningReads;
    /** Number of members that have a {@link ReplayPacer.Permit}, granted or not. */
    private int replays;

    /** The encoded messages after a position, for all members at that position. */
    record Page(Position after, long end, EncodedFrame frame) {
        private boolean suits(Member member, Position lanePosition) {
            return after.offset() == member.offset
                    && end <= lanePosition.offset()
                    && after.epoch().equals(lanePosition.epoch())
                    && (after.isProvable() || !hasToProve(member));
        }
    }

    /** @param onJoined called when a join succeeds, so that the member gets presence changes */
    Recovery(
            RoomName room,
            RoomSource source,
            MessageLog recent,
            Consumer<RoomEvent> lane,
            Consumer<Member> onJoined,
            ReplayPacer pacer,
            NodeMetrics metrics) {
        this.onJoined = onJoined;
        this.pacer = pacer;
        this.metrics = metrics;
        this.room = room;
        this.source = source;
        this.recent = recent;
        this.lane = lane;
    }

    /**
     * Answers the join of a member, and sends the messages that it missed.
     *
     * @param since the member's last position, or null if the member is new
     */
    void start(Member member, Position since, Position lanePosition) {
        if (since == null
                || !since.epoch().equals(lanePosition.epoch())
                || !member.scope().missed() && since.offset() < lanePosition.offset()) {
            goLive(member);
            answerJoin(member, lanePosition, false);
        } else if (since.offset() > lanePosition.offset()) {
            member.since = since;
            member.offset = since.offset();
            askRelay(member);
        } else if (since.offset() == lanePosition.offset()) {
            goLive(member);
            answerJoin(member, lanePosition, !since.isRefutedBy(lanePosition.at()));
        } else {
            member.since = since;
            member.offset = since.offset();
            catchUp(member, lanePosition);
        }
    }

    private void catchUp(Member member, Position lanePosition) {
        member.permit = pacer.newPermit();
        replays++;
        advance(member, null, lanePosition);
    }

    /**
     * Asks the relay for the room's position, because the member's former node may have delivered more than this node.
     */
    private void askRelay(Member member) {
        CompletionStage<Position> asked = source.position(room);
        CompletionStage<Long> at = hasToProve(member)
                ? source.historyAfter(room, member.offset - 1, 1).thenApply(page -> at(member.offset, page.messages()))
                : CompletableFuture.completedFuture(0L);
        asked.thenCombine(at, (position, time) -> new RoomEvent.RelayPosition(member, position, time))
                .whenComplete((answer, failure) ->
                        lane.accept(failure == null ? answer : new RoomEvent.RelayPosition(member, null, 0)));
    }

    /** Time of the message at the offset, if the messages begin with it; else 0. */
    private static long at(long offset, List<StoredMessage> messages) {
        boolean isFirst = !messages.isEmpty() && messages.get(0).offset() == offset;
        return isFirst ? MessageFrames.at(messages.get(0).body()) : 0;
    }

    /** Whether the join of the member is not answered yet, and its position has a proof. */
    private static boolean hasToProve(Member member) {
        return member.since != null && member.since.isProvable();
    }

    /**
     * Answers the join of a member that is ahead of the lane. If the relay has the member's position, the member gets
     * no batches until the lane has reached its offset.
     */
    void onRelayPosition(RoomEvent.RelayPosition relay, Position lanePosition) {
        Member member = relay.member();
        Position since = member.since;
        boolean relayHasPosition = since.epoch().equals(relay.position().epoch())
                && since.offset() <= relay.position().offset()
                && !since.isRefutedBy(relay.at());
        if (!relayHasPosition || !since.epoch().equals(lanePosition.epoch())) {
            goLive(member);
            answerJoin(member, lanePosition, false);
            return;
        }
        member.since = null;
        answerJoin(member, since, true);
        if (since.offset() > lanePosition.offset()) {
            ahead.add(member);
        } else {
            catchUp(member, lanePosition);
        }
    }

    /** Answers the join. From now on, the member gets presence changes. */
    private void answerJoin(Member member, Position position, boolean recovered) {
        onJoined.accept(member);
        member.listener().joined(position, recovered);
    }

    /** Lets members that are no longer ahead of the lane catch up. Must be called when the lane has advanced. */
    void onLaneAdvanced(Position lanePosition) {
        if (ahead.isEmpty()) {
            return;
        }
        List<Member> reached = ahead.stream()
                .filter(member -> member.isLive || member.offset <= lanePosition.offset())
                .toList();
        ahead.removeAll(reached);
        for (Member member : reached) {
            if (!member.isLive) {
                catchUp(member, lanePosition);
            }
        }
    }

    /**
     * Sends the member its next page, if its permit is granted. Makes the member live if no message is missing any
     * more.
     *
     * @param shared a page that was read for another member and may suit this member, or null
     */
    void advance(Member member, Page shared, Position lanePosition) {
        boolean joinIsUnanswered = member.since != null;
        if (joinIsUnanswered && !member.since.epoch().equals(lanePosition.epoch())) {
            // A new epoch began while the member waited.
            goLive(member);
            answerJoin(member, lanePosition, false);
            return;
        }
        Page page = sharedPage(member, shared, lanePosition);
        boolean isRecent = recent.reachesBackTo(member.offset) && (!hasToProve(member) || recent.has(member.offset));
        if (joinIsUnanswered && (page != null || isRecent)) {
            if (member.since.isRefutedBy(
                    page == null ? recentAt(member.offset) : page.after().at())) {
                goLive(member);
                answerJoin(member, lanePosition, false);
                return;
            }
            confirmRecovered(member, lanePosition);
        }
        if (member.offset >= lanePosition.offset()) {
            goLive(member);
        } else if (!member.permit.acquire(() -> lane.accept(new RoomEvent.CatchUp(member, null)))) {
            return;
        } else if (page != null) {
            send(member, page, lanePosition);
        } else if (isRecent) {
            List<StoredMessage> messages = recent.after(member.offset, RoomSource.PAGE_MESSAGES, PAGE_BYTES);
            Position after = new Position(lanePosition.epoch(), member.offset, recentAt(member.offset));
            send(member, encode(after, messages), lanePosition);
        } else {
            startRead(member);
        }
    }

    /** Time of a recent message; 0 if the message is not recent. */
    private long recentAt(long offset) {
        return recent.has(offset) ? at(offset, recent.after(offset - 1, 1, PAGE_BYTES)) : 0;
    }

    /** A page that another member at the same offset was sent, or null. */
    private Page sharedPage(Member member, Page shared, Position lanePosition) {
        if (shared != null && shared.suits(member, lanePosition)) {
            return shared;
        }
        return lastPage != null && lastPage.suits(member, lanePosition) ? lastPage : null;
    }

    /**
     * Tells the member that it gets all messages that it missed. If messages are lost while the member waits,
     * {@code behind} says this.
     */
    private void confirmRecovered(Member member, Position lanePosition) {
        member.since = null;
        answerJoin(member, lanePosition, true);
    }

    private void startRead(Member member) {
        if (runningReads == MAX_READS) {
            queuedReads.add(member);
            return;
        }
        runningReads++;
        int proof = hasToProve(member) ? 1 : 0;
        CompletionStage<HistoryPage> read = member.since == null
                ? source.promisedHistoryAfter(room, member.offset, RoomSource.PAGE_MESSAGES)
                : source.historyAfter(room, member.offset - proof, RoomSource.PAGE_MESSAGES + proof);
        read.whenComplete(
                (page, failure) -> lane.accept(new RoomEvent.CatchUpPage(member, failure == null ? page : null)));
    }

    /**
     * Starts queued reads. A member whose read is queued uses the last page, if this page suits. Must be called when a
     * read has ended.
     */
    void startQueuedReads(Position lanePosition) {
        runningReads--;
        while (runningReads < MAX_READS && !queuedReads.isEmpty()) {
            Member next = queuedReads.poll();
            if (next.index < 0 || next.isLive) {
                continue;
            }
            Page page = sharedPage(next, null, lanePosition);
            if (page == null) {
                startRead(next);
            } else {
                lane.accept(new RoomEvent.CatchUp(next, page));
            }
        }
    }

    /** Sends the page to the member. If the page is unusable, makes the member live and reports the loss. */
    void onPageRead(RoomEvent.CatchUpPage result, Position lanePosition) {
        Member member = result.member();
        if (member.isLive) {
            return;
        }
        HistoryPage page = result.page();
        long after = member.offset;
        boolean joinIsUnanswered = member.since != null;
        // In another epoch, the same offset belongs to another message.
        boolean isOfEpoch = page != null
                && page.epoch().equals(lanePosition.epoch())
                && (!joinIsUnanswered || member.since.epoch().equals(page.epoch()));
        List<StoredMessage> found = isOfEpoch ? page.messages() : List.of();
        boolean hasProof = !found.isEmpty() && found.get(0).offset() == after;
        List<StoredMessage> missed = found.subList(hasProof ? 1 : 0, found.size());
        long at = at(after, found);
        boolean isRefuted = joinIsUnanswered && member.since.isRefutedBy(at);
        boolean isComplete =
                missed.isEmpty() ? hasProof && page.more() : missed.get(0).offset() == after + 1;
        if (isRefuted || !isComplete) {
            goLive(member);
            if (joinIsUnanswered) {
                answerJoin(member, lanePosition, false);
            } else {
                member.listener().behind(after + 1, lanePosition);
            }
            return;
        }
        if (joinIsUnanswered) {
            confirmRecovered(member, lanePosition);
        }
        if (missed.isEmpty()) {
            startRead(member); // The proof was so large that no other message was in its page.
            return;
        }
        // The history may have messages that the lane has not delivered yet. The member gets them as batches later.
        long undelivered = missed.stream()
                .filter(message -> message.offset() > lanePosition.offset())
                .count();
        List<StoredMessage> messages = missed.subList(0, missed.size() - (int) undelivered);
        send(member, encode(new Position(page.epoch(), after, at), messages), lanePosition);
    }

    /**
     * Serves a member when the relay cannot tell the message at the member's position, or has begun another epoch. This
     * needs all messages after the position in the memory of the room.
     *
     * @return false if they are not there, or the member does not have to prove anything
     */
    boolean serveWithoutProof(Member member, Position lanePosition) {
        if (!hasToProve(member) || !recent.reachesBackTo(member.offset)) {
            return false;
        }
        member.since = new Position(member.since.epoch(), member.offset);
        advance(member, null, lanePosition);
        return true;
    }

    /** Makes the member live: from now on, it gets each batch. */
    void goLive(Member member) {
        stopCatchingUp(member);
        member.isLive = true;
        member.since = null;
    }

    /** Ends the member's replay, if there is one. A room without replays keeps no page. */
    void stopCatchingUp(Member member) {
        ahead.remove(member);
        if (member.permit != null) {
            member.permit.release(0);
            member.permit = null;
            replays--;
            if (replays == 0) {
                dropSharedPage();
            }
        }
    }

    /** Drops the page that is kept for other members. */
    void dropSharedPage() {
        lastPage = null;
    }

    private Page encode(Position after, List<StoredMessage> messages) {
        messages.forEach(batch::add);
        lastPage = new Page(after, messages.get(messages.size() - 1).offset(), batch.take(room, after.epoch()));
        return lastPage;
    }

    private void send(Member member, Page page, Position lanePosition) {
        EncodedFrame frame = page.frame();
        boolean isAccepted = member.offer(frame);
        if (isAccepted) {
            metrics.recordReplay((int) (page.end() - page.after().offset()), frame.bytes());
        }
        member.permit.release(isAccepted ? frame.bytes() : 0);
        member.offset = page.end();
        if (member.offset == lanePosition.offset()) {
            goLive(member);
        } else {
            member.queue().whenNoneWaits(() -> lane.accept(new RoomEvent.CatchUp(member, null)));
        }
    }
}

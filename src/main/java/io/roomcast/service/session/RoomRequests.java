package io.roomcast.service.session;

import io.roomcast.protocol.RoomName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The unanswered requests of a session in rooms. Requests in one room are answered in their order, like pipelined
 * requests in HTTP. Publishes and signals run concurrently. Any other request is <i>alone</i>: it begins when all
 * earlier requests in the room are answered, and the next one begins when it is answered. So a publish that was sent
 * after a join is the publish of a member. No frame of the room is sent after {@code left}.
 *
 * <p><b>Concurrency.</b> Any thread may ask and answer; no method blocks. The monitor guards the queues, one for each
 * room. One thread at a time serves a queue, outside the monitor; other threads leave their work to it. The
 * {@code action} of a request happens-before the {@code action} of the next request in the room. So does its answer, if
 * one of the two requests is alone.
 */
public final class RoomRequests {
    private static final Logger LOG = System.getLogger(RoomRequests.class.getName());

    private final Executor executor;
    private final Map<RoomName, RoomQueue> queues = new HashMap<>(2);
    private boolean ended;

    /** @param executor serves a room's queue after {@link Request#finish}, whose caller may be a room's lane */
    RoomRequests(Executor executor) {
        this.executor = executor;
    }

    /**
     * Queues a request in a room, and begins it when its turn comes: on this thread, or on another one that serves the
     * room. After {@link #end}, the request is discarded.
     *
     * @param alone whether the request runs alone. If true, it begins once all earlier requests in the room are
     *     answered. Later requests begin once it is answered. If false, it runs concurrently with its neighbours that
     *     are not alone either.
     * @param action begins the request; must not block, and must cause one answer, from any thread
     * @param end releases what the request holds, such as its place in {@link InFlight}. Runs once: after the answer,
     *     or when the request is discarded.
     */
    public void ask(RoomName room, boolean alone, Consumer<Request> action, Runnable end) {
        RoomQueue queue;
        synchronized (this) {
            queue = ended ? null : queues.computeIfAbsent(room, RoomQueue::new);
            if (queue != null) {
                queue.add(new Request(queue, alone, action, end));
            }
        }
        if (queue == null) {
            end.run();
        } else {
            queue.serve();
        }
    }

    /**
     * Ends the session: further requests are discarded. Earlier requests are still served, because a client may send a
     * message and close at once.
     *
     * @param dismissed whether this node closed the connection; if so, requests that have not begun are discarded, too
     * @param rooms the rooms of the session. Called after further requests are refused: otherwise, a room that is
     *     joined meanwhile would never be left. Rooms with unanswered requests need not be among them.
     * @param last serves the last request in each room
     */
    public void end(
            boolean dismissed, Supplier<? extends Collection<RoomName>> rooms, BiConsumer<RoomName, Request> last) {
        Set<RoomQueue> all = new HashSet<>();
        Request discarded = null;
        synchronized (this) {
            ended = true;
            for (RoomName room : rooms.get()) {
                queues.computeIfAbsent(room, RoomQueue::new);
            }
            for (RoomQueue queue : queues.values()) {
                if (dismissed) {
                    discarded = queue.discardWaiting(discarded);
                }
                queue.add(new Request(queue, true, request -> last.accept(queue.room, request), () -> {}));
                all.add(queue);
            }
        }
        for (Request each = discarded; each != null; each = each.next) {
            each.end.run();
        }
        all.forEach(RoomQueue::serve);
    }

    /** A request in a room. It is answered once, by {@link #answerInTurn}, {@link #endInTurn} or {@link #finish}. */
    public final class Request {
        private final RoomQueue queue;
        private final boolean alone;
        private final Consumer<Request> action;
        private final Runnable end;
        private Request next;
        private Runnable reply;

        private Request(RoomQueue queue, boolean alone, Consumer<Request> action, Runnable end) {
            this.queue = queue;
            this.alone = alone;
            this.action = action;
            this.end = end;
        }

        /**
         * Runs {@code answer} once all earlier requests in the room are answered: on this thread, or on another one
         * that serves the room. Any thread.
         */
        public void answerInTurn(Runnable answer) {
            synchronized (RoomRequests.this) {
                reply = answer;
            }
            queue.serve();
        }

        /** Ends the request without an answer, once all earlier requests in the room are answered. Any thread. */
        public void endInTurn() {
            answerInTurn(() -> {});
        }

        /**
         * Ends a request that is alone, after the caller has answered it. Later requests begin on the executor, because
         * the caller may be a lane of a room; or a thread that serves the room now begins them. Any thread. Idempotent.
         */
        public void finish() {
            boolean more;
            synchronized (RoomRequests.this) {
                if (!queue.remove(this)) {
                    return;
                }
                more = queue.isIdle();
            }
            end.run();
            if (more) {
                try {
                    executor.execute(queue::serve);
                } catch (RejectedExecutionException e) {
                    LOG.log(Level.DEBUG, "the node stops: later requests are not served", e);
                }
            }
        }

        private void begin() {
            action.accept(this);
        }

        private void runAnswer() {
            Runnable answer = reply;
            reply = null;
            try {
                answer.run();
            } finally {
                end.run();
            }
        }
    }

    /**
     * The queue of one room: first the requests that have begun, then those that wait. The map contains it until it is
     * empty.
     */
    private final class RoomQueue {
        private final RoomName room;
        private Request first;
        private Request firstWaiting;
        private Request last;
        private boolean serving;

        RoomQueue(RoomName room) {
            this.room = room;
        }

        void add(Request request) {
            if (last == null) {
                first = request;
            } else {
                last.next = request;
            }
            last = request;
            if (firstWaiting == null) {
                firstWaiting = request;
            }
        }

        /** Whether there are requests, and no thread serves them. */
        boolean isIdle() {
            return first != null && !serving;
        }

        void serve() {
            for (Runnable next = startServing(); next != null; next = next()) {
                try {
                    next.run();
                } catch (RuntimeException e) {
                    // A defect in one request must not stop the others.
                    LOG.log(Level.ERROR, "A request in room " + room + " failed", e);
                }
            }
        }

        private Runnable startServing() {
            synchronized (RoomRequests.this) {
                if (serving) {
                    return null;
                }
                serving = true;
                return next();
            }
        }

        private Runnable next() {
            synchronized (RoomRequests.this) {
                if (first != firstWaiting && first.reply != null) {
                    Request answered = first;
                    remove(answered);
                    return answered::runAnswer;
                }
                Request next = firstWaiting;
                if (next != null && (first == next || !next.alone && !first.alone)) {
                    firstWaiting = next.next;
                    return next::begin;
                }
                serving = false;
                if (first == null) {
                    queues.remove(room, this);
                }
                return null;
            }
        }

        /** @return false if the request is not the first that has begun: then it was removed before */
        boolean remove(Request request) {
            if (first != request || first == firstWaiting) {
                return false;
            }
            first = request.next;
            // A member's listener may reference a request for a long time. It must not keep later ones in memory.
            request.next = null;
            if (first == null) {
                last = null;
                if (!serving) {
                    queues.remove(room, this);
                }
            }
            return true;
        }

        /**
         * Removes the requests that have not begun.
         *
         * @return the removed requests, linked by {@code next} and followed by {@code more}
         */
        Request discardWaiting(Request more) {
            if (firstWaiting == null) {
                return more;
            }
            Request waiting = firstWaiting;
            Request before = null;
            for (Request each = first; each != waiting; each = each.next) {
                before = each;
            }
            last.next = more;
            last = before;
            firstWaiting = null;
            if (before == null) {
                first = null;
            } else {
                before.next = null;
            }
            return waiting;
        }
    }
}

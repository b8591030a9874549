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
 * The unanswered requests of a session in rooms. Requests in one room are answered in the order in which they arrived,
 * like pipelined requests in HTTP. The <i>turn</i> of a request comes when all earlier requests in the room are
 * answered.
 *
 * <p>Publishes, signals and invalid frames run concurrently, and are answered in their turn. Any other request runs
 * <i>alone</i>. Such a request begins in its turn, and later requests begin when that request is answered. So a publish
 * that a client sends after a join is the publish of a member. No frame of the room is sent after {@code left}.
 *
 * <p><b>Concurrency.</b> Any thread may submit and answer requests. No method blocks. The monitor guards the queues,
 * one for each room. One thread at a time serves a queue, outside the monitor. Other threads leave their work to that
 * thread. The {@code action} of a request happens-before the {@code action} of the next request in the room. If one of
 * the two requests runs alone, the answer of the first happens-before the {@code action} of the second, too.
 */
public final class RoomRequests {
    private static final Logger LOG = System.getLogger(RoomRequests.class.getName());

    private final Executor executor;
    private final Map<RoomName, RoomQueue> queues = new HashMap<>(2);
    private boolean ended;

    /** @param executor serves a room's queue after {@link Request#endAnswered}, whose caller may be a room's lane */
    RoomRequests(Executor executor) {
        this.executor = executor;
    }

    /**
     * Queues a request in a room, and begins the request as soon as its order allows. Begins it on this thread, or on
     * another thread that serves the room. After {@link #end}, discards the request.
     *
     * @param alone whether the request runs alone. If true, it begins when all earlier requests in the room are
     *     answered, and later requests begin when it is answered. If false, it runs concurrently with neighbours that
     *     do not run alone either.
     * @param action begins the request; must not block, and must cause one answer, from any thread
     * @param release releases what the request holds, such as its place in {@link InFlight}. Runs once: after the
     *     answer, or when the request is discarded.
     */
    public void submit(RoomName room, boolean alone, Consumer<Request> action, Runnable release) {
        RoomQueue queue;
        synchronized (this) {
            queue = ended ? null : queues.computeIfAbsent(room, RoomQueue::new);
            if (queue != null) {
                queue.add(new Request(queue, alone, action, release));
            }
        }
        if (queue == null) {
            release.run();
        } else {
            queue.serve();
        }
    }

    /**
     * Ends the session. Further requests are discarded. Earlier requests are still served, because a client may send a
     * message and close the connection immediately.
     *
     * @param closedByNode whether this node closed the connection; if so, requests that have not begun are discarded,
     *     too
     * @param rooms returns the rooms of the session. Called when no further request is accepted, because a room that is
     *     joined later would never be left. Rooms with unanswered requests may be missing.
     * @param last serves the last request in each room, which leaves the room
     */
    public void end(
            boolean closedByNode, Supplier<? extends Collection<RoomName>> rooms, BiConsumer<RoomName, Request> last) {
        Set<RoomQueue> all = new HashSet<>();
        Request discarded = null;
        synchronized (this) {
            ended = true;
            for (RoomName room : rooms.get()) {
                queues.computeIfAbsent(room, RoomQueue::new);
            }
            for (RoomQueue queue : queues.values()) {
                if (closedByNode) {
                    discarded = queue.discardWaiting(discarded);
                }
                queue.add(new Request(queue, true, request -> last.accept(queue.room, request), () -> {}));
                all.add(queue);
            }
        }
        for (Request each = discarded; each != null; each = each.next) {
            each.release.run();
        }
        all.forEach(RoomQueue::serve);
    }

    /** A request in a room. {@link #answerInTurn}, {@link #endInTurn} or {@link #endAnswered} must end each request. */
    public final class Request {
        private final RoomQueue queue;
        private final boolean alone;
        private final Consumer<Request> action;
        private final Runnable release;
        private Request next;
        /** The answer that waits for its turn; null if there is none. */
        private Runnable answer;

        private Request(RoomQueue queue, boolean alone, Consumer<Request> action, Runnable release) {
            this.queue = queue;
            this.alone = alone;
            this.action = action;
            this.release = release;
        }

        /**
         * Runs {@code newAnswer} when all earlier requests in the room are answered. Runs it on this thread, or on
         * another thread that serves the room. Any thread.
         */
        public void answerInTurn(Runnable newAnswer) {
            synchronized (RoomRequests.this) {
                answer = newAnswer;
            }
            queue.serve();
        }

        /** Ends the request without an answer, when all earlier requests in the room are answered. Any thread. */
        public void endInTurn() {
            answerInTurn(() -> {});
        }

        /**
         * Ends a request that runs alone, after the caller has answered it. If a thread serves the room now, that
         * thread begins the later requests. Else the executor begins them, because the caller may be the lane of a
         * room. Any thread. Idempotent.
         */
        public void endAnswered() {
            boolean mustServe;
            synchronized (RoomRequests.this) {
                if (!queue.remove(this)) {
                    return;
                }
                mustServe = queue.needsServing();
            }
            release.run();
            if (mustServe) {
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
            Runnable ready = answer;
            answer = null;
            try {
                ready.run();
            } finally {
                release.run();
            }
        }
    }

    /**
     * The queue of one room: first the requests that have begun, then the requests that wait. The map contains a queue
     * until the queue is empty.
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

        /** Whether there are requests, and no thread serves the queue. */
        boolean needsServing() {
            return first != null && !serving;
        }

        void serve() {
            for (Runnable step = startServing(); step != null; step = nextStep()) {
                try {
                    step.run();
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
                return nextStep();
            }
        }

        /**
         * @return what the order allows next: to answer a request or to begin one. Null if the order allows nothing;
         *     this thread then no longer serves the queue.
         */
        private Runnable nextStep() {
            synchronized (RoomRequests.this) {
                if (first != firstWaiting && first.answer != null) {
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

        /**
         * @return false if the request was removed before; only the first of the requests that have begun is removed
         */
        boolean remove(Request request) {
            if (first != request || first == firstWaiting) {
                return false;
            }
            first = request.next;
            // A member's listener may reference a request for a long time. Later requests must not stay in memory with
            // it.
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

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
 * The requests of a session about rooms that are not answered yet. Requests about one room are answered in their order,
 * like pipelined requests in HTTP. Publishes run side by side. Any other request is <i>alone</i>: it begins when all
 * before it are answered, and the next begins when it is answered. So a publish sent behind a join is the publish of a
 * member, and nothing of a room is told after {@code left}.
 *
 * <p><b>Concurrency.</b> Any thread may ask and answer; nothing blocks. The monitor guards the lines, one for each
 * room. One thread at a time serves a line, outside the monitor; other threads leave their work to it. What one request
 * does happens-before what the next one does.
 */
public final class RoomRequests {
    private static final Logger LOG = System.getLogger(RoomRequests.class.getName());

    private final Executor executor;
    private final Map<RoomName, Line> lines = new HashMap<>(2);
    private boolean ended;

    /** @param executor goes on with what waits, where a room's lane must not */
    RoomRequests(Executor executor) {
        this.executor = executor;
    }

    /**
     * Begins something now, or when its turn comes.
     *
     * @param action does it; the request is to be answered once, on any thread
     * @param end runs when it is answered, or never will be
     */
    public void ask(RoomName room, boolean alone, Consumer<Request> action, Runnable end) {
        Line line;
        synchronized (this) {
            line = ended ? null : lines.computeIfAbsent(room, Line::new);
            if (line != null) {
                line.add(new Request(line, alone, action, end));
            }
        }
        if (line == null) {
            end.run();
        } else {
            line.serve();
        }
    }

    /**
     * The session has ended, and nothing more is asked; a client may say something and go at once, so what it has asked is still done.
     *
     * @param dismissed whoever was sent away has asked for nothing: only what has begun is finished
     * @param rooms in which the session is; those in which it is about to be are known here. Is asked when nothing begins any more, or a room that is joined
     *     meanwhile would be left by nobody
     * @param last what to do about each room after all that was asked
     */
    public void end(
            boolean dismissed, Supplier<? extends Collection<RoomName>> rooms, BiConsumer<RoomName, Request> last) {
        Set<Line> all = new HashSet<>();
        Request forgotten = null;
        synchronized (this) {
            ended = true;
            for (RoomName room : rooms.get()) {
                lines.computeIfAbsent(room, Line::new);
            }
            for (Line line : lines.values()) {
                if (dismissed) {
                    forgotten = line.forget(forgotten);
                }
                line.add(new Request(line, true, request -> last.accept(line.room, request), () -> {}));
                all.add(line);
            }
        }
        for (Request each = forgotten; each != null; each = each.next) {
            each.end.run();
        }
        all.forEach(Line::serve);
    }

    /** Something that was asked. */
    public final class Request {
        private final Line line;
        private final boolean alone;
        private final Consumer<Request> action;
        private final Runnable end;
        private Request next;
        private Runnable reply;

        private Request(Line line, boolean alone, Consumer<Request> action, Runnable end) {
            this.line = line;
            this.alone = alone;
            this.action = action;
            this.end = end;
        }

        /** Is answered when all before it is: on this thread, or on the one that serves the line. */
        public void answer(Runnable answer) {
            synchronized (RoomRequests.this) {
                reply = answer;
            }
            line.serve();
        }

        /** Of one that is alone: was answered by the caller, who may be a room's lane. What comes after it begins elsewhere. */
        public void answered() {
            boolean more;
            synchronized (RoomRequests.this) {
                if (!line.remove(this)) {
                    return;
                }
                more = line.isIdle();
            }
            end.run();
            if (more) {
                try {
                    executor.execute(line::serve);
                } catch (RejectedExecutionException e) {
                    LOG.log(Level.DEBUG, "nothing more is done: the node ends", e);
                }
            }
        }

        private void begin() {
            action.accept(this);
        }

        private void finish() {
            Runnable answer = reply;
            reply = null;
            try {
                answer.run();
            } finally {
                end.run();
            }
        }
    }

    /** Of one room: first what has begun, then what waits. In the map as long as there is either. */
    private final class Line {
        private final RoomName room;
        private Request first;
        private Request firstWaiting;
        private Request last;
        private boolean served;

        Line(RoomName room) {
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

        /** Whether something waits that nobody is about to begin. */
        boolean isIdle() {
            return first != null && !served;
        }

        void serve() {
            for (Runnable next = take(); next != null; next = next()) {
                try {
                    next.run();
                } catch (RuntimeException e) {
                    // A defect: others who asked must not wait for ever.
                    LOG.log(Level.ERROR, "A request about room " + room + " failed", e);
                }
            }
        }

        private Runnable take() {
            synchronized (RoomRequests.this) {
                if (served) {
                    return null;
                }
                served = true;
                return next();
            }
        }

        private Runnable next() {
            synchronized (RoomRequests.this) {
                if (first != firstWaiting && first.reply != null) {
                    Request answered = first;
                    remove(answered);
                    return answered::finish;
                }
                Request next = firstWaiting;
                if (next != null && (first == next || !next.alone && !first.alone)) {
                    firstWaiting = next.next;
                    return next::begin;
                }
                served = false;
                if (first == null) {
                    lines.remove(room, this);
                }
                return null;
            }
        }

        /** @return false when it is not the first that has begun: it was removed before */
        boolean remove(Request request) {
            if (first != request || first == firstWaiting) {
                return false;
            }
            first = request.next;
            // A request may be referenced as long as its session is in the room. It must not keep the later ones.
            request.next = null;
            if (first == null) {
                last = null;
                if (!served) {
                    lines.remove(room, this);
                }
            }
            return true;
        }

        /** Lets go of what has not begun. @return it, in front of {@code more} */
        Request forget(Request more) {
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

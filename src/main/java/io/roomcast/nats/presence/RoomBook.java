package io.roomcast.nats.presence;

import io.nats.client.impl.Headers;
import io.roomcast.lease.PresenceState;
import io.roomcast.nats.connection.Append;
import io.roomcast.nats.connection.JetStream;
import io.roomcast.nats.connection.ServerClock;
import io.roomcast.nats.connection.Steps;
import io.roomcast.nats.connection.Subjects;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.RelayUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The record of one room's presence, as this node changes and reads it. A change is a new record, which is stored only if
 * the record that it was made from is still the last one. The server publishes the head of the stored record, which has
 * the change: so what decides also tells, in one order for all nodes. Calls that come while a record is under way share
 * the next one, as long as each user is changed once in it. Calls that change nothing are answered from a record that was
 * read after they had come.
 *
 * <p><b>Concurrency.</b> The monitor guards the queue. At most one request is under way, and only its chain of steps uses
 * {@code known} and {@code sequence}. Callers' stages complete outside of the monitor.
 */
final class RoomBook {
    /** Most calls that share a record. */
    private static final int MAX_SHARED = 500;
    /** How often a record is made anew, because other nodes came before. */
    private static final int MAX_ATTEMPTS = 200;

    /**
     * A call.
     *
     * @param <T> its result
     */
    static final class Call<T> {
        private final Set<UserId> users;
        private final Action<T> action;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private T value;
        /** Whether the last record was read after this call had come. */
        private boolean readAfter;

        /**
         * @param users the users that it changes; null for a call that shares no record
         * @param action makes the result
         */
        Call(Set<UserId> users, Action<T> action) {
            this.users = users;
            this.action = action;
        }

        CompletionStage<T> result() {
            return result;
        }

        private void run(PresenceState state, PresenceState.Update update, long millis) {
            value = action.run(state, update, millis);
        }

        private void complete() {
            result.complete(value);
        }
    }

    /** What a call does with the room. */
    interface Action<T> {
        /**
         * @param update makes changes; null for a call that only reads
         * @param millis when the record was stored, for a call that only reads
         */
        T run(PresenceState state, PresenceState.Update update, long millis);
    }

    private final String subject;
    private final String room;
    private final JetStream jetStream;
    private final Subjects subjects;
    private final ServerClock clock;
    private final ArrayDeque<Call<?>> calls = new ArrayDeque<>(1);
    private final Set<Call<?>> readers = new HashSet<>(1);
    private boolean busy;
    private final Steps steps = new Steps(this::step, this::failAll);
    /** The last record that this node knows of; null if it must be read. */
    private PresenceState known;
    /** The number of this record in the stream; 0 if there is none. */
    private long sequence;

    private int attempts;
    /** Most calls that share the next record: fewer after one that was too large. */
    private int maxShared = MAX_SHARED;

    RoomBook(String room, JetStream jetStream, Subjects subjects, ServerClock clock) {
        this.room = room;
        this.jetStream = jetStream;
        this.subjects = subjects;
        this.clock = clock;
        this.subject = subjects.present(room);
    }

    /** Queues a call that changes the room. {@link #proceed} must be called then, if it returns true. */
    synchronized boolean write(Call<?> call) {
        return queue(call);
    }

    /** Queues a call that reads the last record after all earlier calls. */
    synchronized boolean read(Call<?> call) {
        readers.add(call);
        return queue(call);
    }

    private boolean queue(Call<?> call) {
        calls.add(call);
        boolean first = !busy;
        busy = true;
        return first;
    }

    synchronized boolean isIdle() {
        return !busy;
    }

    /** Does the next steps, until a reply is to be awaited. */
    void proceed() {
        steps.proceed();
    }

    private void step() {
        boolean reads;
        synchronized (this) {
            Call<?> first = calls.peek();
            if (first == null) {
                busy = false;
                return;
            }
            reads = readers.contains(first);
            if (reads || known == null) {
                calls.forEach(call -> call.readAfter = true);
            }
        }
        if (reads || known == null) {
            steps.then(jetStream.last(subjects.presence(), subject), record -> {
                known = record == null ? new PresenceState() : PresenceState.parse(record.body());
                sequence = record == null ? 0 : record.sequence();
                complete(takeReaders(), record == null ? clock.millis() : record.millis());
                steps.proceed();
            });
        } else {
            store();
        }
    }

    private synchronized List<Call<?>> takeReaders() {
        List<Call<?>> taken = new ArrayList<>(1);
        while (!calls.isEmpty() && readers.remove(calls.peek())) {
            taken.add(calls.remove());
        }
        return taken;
    }

    private void complete(List<Call<?>> reading, long millis) {
        for (Call<?> call : reading) {
            call.run(known, null, millis);
            call.complete();
        }
    }

    /** The calls that share the next record. They stay in the queue until it is stored. */
    private synchronized List<Call<?>> sharing() {
        List<Call<?>> shared = new ArrayList<>(1);
        Set<UserId> changed = new HashSet<>();
        for (Call<?> call : calls) {
            boolean fits = !readers.contains(call)
                    && call.users != null
                    && shared.size() < maxShared
                    && call.users.stream().noneMatch(changed::contains);
            if (!shared.isEmpty() && !fits) {
                break;
            }
            shared.add(call);
            if (call.users == null) {
                break;
            }
            changed.addAll(call.users);
        }
        return shared;
    }

    private void store() {
        List<Call<?>> shared = sharing();
        PresenceState next = known.copy();
        PresenceState.Update update = next.update();
        long millis = clock.millis();
        shared.forEach(call -> call.run(next, update, millis));
        if (!update.writes()) {
            answer(shared);
            return;
        }
        PresenceChange change = update.finish(clock.micros());
        Headers headers = JetStream.expecting(sequence).put(ChangeText.HEADER, ChangeText.of(change));
        steps.then(jetStream.append(subject, headers, next.record(millis)), answer -> {
            if (answer instanceof Append.Stored stored) {
                known = next;
                sequence = stored.sequence();
                attempts = 0;
                maxShared = Math.min(2 * maxShared, MAX_SHARED);
                remove(shared);
                shared.forEach(Call::complete);
            } else if (answer instanceof Append.Refused refused && refused.isTooLarge() && shared.size() > 1) {
                maxShared = shared.size() / 2;
            } else if (answer instanceof Append.Refused refused) {
                fail(shared, refused.why());
            } else if (++attempts > MAX_ATTEMPTS) {
                fail(shared, new RelayUnavailableException("too many nodes change the presence of " + room));
            } else {
                known = null;
            }
            steps.proceed();
        });
    }

    /** Answers to calls that change nothing, if the record was read after they had come, or else lets it be read. */
    private void answer(List<Call<?>> unchanging) {
        List<Call<?>> answered =
                unchanging.stream().filter(call -> call.readAfter).toList();
        if (answered.isEmpty()) {
            known = null;
        }
        remove(answered);
        answered.forEach(Call::complete);
        steps.proceed();
    }

    private synchronized void remove(List<Call<?>> done) {
        calls.removeAll(done);
        readers.removeAll(done);
    }

    private void fail(List<Call<?>> failed, Throwable why) {
        known = null;
        attempts = 0;
        remove(failed);
        failed.forEach(call -> call.result.completeExceptionally(why));
    }

    /** Fails all calls that wait, since NATS does not answer: each would wait as long. */
    private void failAll(Throwable failure) {
        List<Call<?>> all;
        synchronized (this) {
            all = List.copyOf(calls);
        }
        fail(all, failure);
        steps.proceed();
    }
}

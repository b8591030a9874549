package io.roomcast.service.admission;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.Threads;
import io.roomcast.outbound.ByteBudget;
import io.roomcast.protocol.CloseCode;
import io.roomcast.service.operations.LimitWarnings;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The unfinished WebSocket messages of all sessions, which have begun to arrive and have not ended. The node limits the
 * bytes of these messages together. One message may hold at most as many bytes as are left of the limit, as in
 * {@link io.roomcast.outbound.OutboundBudget}. Each message must end within {@code roomcast.limits.message-age}. Any
 * thread.
 *
 * <p>A check runs once a second. The age of a message is the number of checks since it began. So a pause of this
 * process does not make a message older.
 */
@ApplicationScoped
public class UnfinishedMessages {
    private final Set<Message> unfinished = ConcurrentHashMap.newKeySet();
    private ByteBudget budget;
    private Limits limits;
    private NodeMetrics metrics;
    private LimitWarnings limitWarnings;
    private Threads threads;

    /** For the container's proxy. */
    protected UnfinishedMessages() {}

    @Inject
    public UnfinishedMessages(Limits limits, NodeMetrics metrics, LimitWarnings limitWarnings, Threads threads) {
        this.limits = limits;
        this.metrics = metrics;
        this.limitWarnings = limitWarnings;
        this.threads = threads;
        this.budget = new ByteBudget(limits.get(LimitKeys.NODE_INBOUND_BYTES));
        limits.whenChanged(() -> budget.setLimit(limits.get(LimitKeys.NODE_INBOUND_BYTES)));
    }

    void start(@Observes NodeStarted event) {
        var unused = threads.timer().scheduleWithFixedDelay(this::checkAges, 1, 1, TimeUnit.SECONDS);
    }

    /** Closes the sessions whose unfinished message is too old. Called once a second. */
    public void checkAges() {
        long limit = limits.get(LimitKeys.MESSAGE_AGE);
        if (limit > 0) {
            unfinished.forEach(message -> message.checkAge(TimeUnit.MILLISECONDS.toSeconds(limit)));
        }
    }

    /** Bytes of all unfinished messages. */
    public long heldBytes() {
        return budget.held();
    }

    /** Registers a message of this session that has begun to arrive. */
    public Message begin(ClientSession session) {
        Message message = new Message(session);
        unfinished.add(message);
        return message;
    }

    private void close(ClientSession session, Key<?> limit, CloseCode code, String reason) {
        if (session.isOpen()) {
            // A message may be registered twice: by its parts, and by the transport from its first byte.
            metrics.countLimit(limit.name());
            limitWarnings.inSession(limit.name(), session, session.urlRoom());
        }
        session.queue().close(code, reason);
    }

    /** One message that has begun to arrive and has not ended. */
    public final class Message {
        private final ClientSession session;
        private long bytes;
        /** Number of checks since the message began. */
        private long checks;

        private boolean ended;

        private Message(ClientSession session) {
            this.session = session;
        }

        /**
         * Adds bytes that are kept until the message ends.
         *
         * @return false if the message has ended, or if the bytes exceed the limit; in the latter case, the session is
         *     closed
         */
        public boolean add(long more) {
            synchronized (this) {
                if (ended) {
                    return false;
                }
                if (bytes + more <= budget.left()) {
                    bytes += more;
                    budget.add(more);
                    return true;
                }
            }
            end();
            close(
                    session,
                    LimitKeys.NODE_INBOUND_BYTES,
                    CloseCode.TRY_AGAIN_LATER,
                    "too many bytes of unfinished messages");
            return false;
        }

        /** Removes the message, because it is complete, or because its session is closed. Idempotent. */
        public synchronized void end() {
            if (!ended) {
                ended = true;
                budget.add(-bytes);
                unfinished.remove(this);
            }
        }

        private void checkAge(long maxChecks) {
            if (checks++ >= maxChecks) {
                end();
                close(session, LimitKeys.MESSAGE_AGE, CloseCode.MESSAGE_TIMEOUT, "the message does not end");
            }
        }
    }
}

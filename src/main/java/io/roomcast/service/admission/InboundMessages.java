package io.roomcast.service.admission;

import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.NodeStarted;
import io.roomcast.node.Threads;
import io.roomcast.protocol.CloseCode;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The WebSocket messages that have begun to come in and have no end yet, of all sessions. Together they may have so many bytes; the share of a message is never more than
 * what is left for all, as with {@link io.roomcast.outbound.OutboundBudget}. Each has to end within a time. Any thread.
 *
 * <p>Time is counted in seconds in which this node looked: one that stood still does not hold that against its clients.
 */
@ApplicationScoped
public class InboundMessages {
    private final Set<Unfinished> unfinished = ConcurrentHashMap.newKeySet();
    private final AtomicLong held = new AtomicLong();
    private Limits limits;
    private NodeMetrics metrics;
    private Threads threads;

    /** For the container's proxy. */
    protected InboundMessages() {}

    @Inject
    public InboundMessages(Limits limits, NodeMetrics metrics, Threads threads) {
        this.limits = limits;
        this.metrics = metrics;
        this.threads = threads;
    }

    void start(@Observes NodeStarted event) {
        var unused = threads.timer().scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    /** Closes those whose time is up. To be called once a second. */
    public void look() {
        long most = limits.get(LimitKeys.MESSAGE_AGE);
        if (most > 0) {
            unfinished.forEach(message -> message.look(TimeUnit.MILLISECONDS.toSeconds(most)));
        }
    }

    /** Bytes of them all. */
    public long heldBytes() {
        return held.get();
    }

    /** A message of this session has begun. */
    public Unfinished begin(ClientSession session) {
        Unfinished message = new Unfinished(session);
        unfinished.add(message);
        return message;
    }

    private void close(ClientSession session, Key<?> limit, CloseCode code, String reason) {
        metrics.limitReached(limit.name());
        session.queue().close(code, reason);
    }

    /** One of them. */
    public final class Unfinished {
        private final ClientSession session;
        private long bytes;
        private long seconds;
        private boolean ended;

        private Unfinished(ClientSession session) {
            this.session = session;
        }

        /**
         * More of it came, to be kept until its end.
         *
         * @return false when there is no room for it: then its connection is closed
         */
        public boolean add(long more) {
            synchronized (this) {
                if (ended) {
                    return false;
                }
                long most = limits.bytes(LimitKeys.NODE_INBOUND_BYTES);
                if (most == 0 || bytes + more <= most - held.get()) {
                    bytes += more;
                    held.addAndGet(more);
                    return true;
                }
            }
            end();
            close(
                    session,
                    LimitKeys.NODE_INBOUND_BYTES,
                    CloseCode.TRY_AGAIN_LATER,
                    "too much comes in that has no end yet");
            return false;
        }

        /** It is complete, or never will be. */
        public synchronized void end() {
            if (!ended) {
                ended = true;
                held.addAndGet(-bytes);
                unfinished.remove(this);
            }
        }

        private void look(long mostSeconds) {
            if (seconds++ >= mostSeconds) {
                end();
                close(session, LimitKeys.MESSAGE_AGE, CloseCode.MESSAGE_TIMEOUT, "the message does not end");
            }
        }
    }
}

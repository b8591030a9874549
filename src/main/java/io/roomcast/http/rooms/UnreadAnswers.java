package io.roomcast.http.rooms;

import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the answers that clients have not read yet, where the server does not do so itself. Their bytes count towards
 * the same limit of the node as those of slow WebSockets. Any thread; no method blocks.
 */
@ApplicationScoped
public class UnreadAnswers {
    /** Most answers to sends of one session that are not read when the session sends more. */
    static final int SENDS = 16;
    /** An answer up to this size is not worth a refusal, which has a size too. */
    static final int SMALL_BYTES = 4 * 1024;
    /** When an answer no longer counts, if the server does not tell that its client is gone. */
    private static final long LONGEST_SECONDS = 60;

    private SessionRegistry sessions;
    private Threads threads;

    /** For the container's proxy. */
    protected UnreadAnswers() {}

    @Inject
    public UnreadAnswers(SessionRegistry sessions, Threads threads) {
        this.sessions = sessions;
        this.threads = threads;
    }

    /**
     * Counts an answer that is to be written.
     *
     * @param mayExceed whether it is written in any case
     * @return to be run when the client has taken the answer, or is gone; may run twice
     * @throws ProtocolException {@code busy} if too many bytes wait for slow clients
     */
    Runnable add(int bytes, boolean mayExceed) {
        Runnable release = sessions.reserveAnswer(bytes, mayExceed || bytes <= SMALL_BYTES);
        return once(release);
    }

    /** @throws ProtocolException {@code busy} if the client leaves too many answers to its sends unread */
    void requireFewOf(ClientSession session) {
        if (session.lease().unreadAnswers().get() >= SENDS) {
            throw new ProtocolException(
                    ErrorCode.BUSY, "read the answers to earlier sends first", Limits.RETRY_AFTER_MS);
        }
    }

    /**
     * Counts an answer to a send of this session.
     *
     * @return to be run when the client has taken the answer, or is gone; may run twice
     */
    Runnable addOf(ClientSession session) {
        AtomicInteger unread = session.lease().unreadAnswers();
        unread.incrementAndGet();
        return once(unread::decrementAndGet);
    }

    private Runnable once(Runnable release) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        var unused = threads.within(LONGEST_SECONDS, taken).whenComplete((done, late) -> release.run());
        return () -> taken.complete(null);
    }
}

package io.roomcast.service;

import io.roomcast.config.Key;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.admission.RateLimits;
import io.roomcast.service.operations.LimitWarnings;
import io.roomcast.service.operations.Refusals;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.util.List;

/**
 * Answers requests with {@code error} frames and counts the errors. An {@code error} frame costs the node far more than
 * an invalid line costs the client. So a session that exceeds the rate of refused requests is closed. Any thread.
 */
@ApplicationScoped
public class ErrorReplies {
    private static final Logger LOG = System.getLogger(ErrorReplies.class.getName());

    private NodeMetrics metrics;
    private Refusals refusals;
    private RateLimits rates;
    private LimitWarnings limitWarnings;

    /** For the container's proxy. */
    protected ErrorReplies() {}

    @Inject
    public ErrorReplies(NodeMetrics metrics, Refusals refusals, RateLimits rates, LimitWarnings limitWarnings) {
        this.metrics = metrics;
        this.refusals = refusals;
        this.rates = rates;
        this.limitWarnings = limitWarnings;
    }

    /**
     * Answers with an error.
     *
     * @param id the client's number for the request, or null
     * @param idempotencyKey the key of a publish, or null
     * @param room the room that the frame names; null to leave it out
     */
    void answer(ClientSession session, Long id, String idempotencyKey, RoomName room, ErrorCode code, String text) {
        Failure failure = Failure.of(new ProtocolException(code, text));
        answer(session, id, idempotencyKey, room, failure);
    }

    /** Answers a line that is not a valid frame. */
    void answerBadFrame(ClientSession session, BadFrameException bad) {
        send(session, bad.room(), bad.code(), bad.answer().text(), null, bad.answer());
    }

    private void answer(ClientSession session, Long id, String idempotencyKey, RoomName room, Failure failure) {
        String name = room == null ? null : room.value();
        ServerFrame.Error error =
                new ServerFrame.Error(id, idempotencyKey, name, failure.code(), failure.text(), failure.retryAfterMs());
        ServerFrame answer = failure.position() == null ? error : error.at(failure.position());
        send(session, room, failure.code(), error.text(), failure.limit(), answer);
    }

    /**
     * Answers a publish of several messages, of which only the first are stored.
     *
     * @param stored positions of these, at least one
     * @param cause why the next message was not stored
     */
    void answerBeginning(ClientSession session, Long id, RoomName room, List<Position> stored, Throwable cause) {
        Failure failure = Failure.of(cause);
        failure.log(LOG, "A request of session " + session.id() + " failed");
        ServerFrame.Refusal refusal = new ServerFrame.Refusal(failure.code(), failure.text(), failure.retryAfterMs());
        send(
                session,
                room,
                failure.code(),
                failure.text(),
                failure.limit(),
                ServerFrame.Ack.ofAll(id, room.value(), stored, refusal));
    }

    private void send(
            ClientSession session, RoomName room, ErrorCode code, String text, String limit, ServerFrame answer) {
        refusals.inSession(session, room, code.wire(), text, limit);
        session.reply(answer);
        Key<Integer> exceeded = rates.countRefusal(session, code);
        if (exceeded != null && session.isOpen()) {
            metrics.countLimit(exceeded.name());
            limitWarnings.inSession(exceeded.name(), session, room);
            session.queue().closeWhenFlushed(CloseCode.PROTOCOL_VIOLATION, "too much of it was refused: " + text);
        }
    }

    /** Answers with the error that {@link Failure} makes of {@code cause}. Logs {@code cause} if it is unexpected. */
    void answerFailure(ClientSession session, Long id, String idempotencyKey, RoomName room, Throwable cause) {
        Failure failure = Failure.of(cause);
        failure.log(LOG, "A request of session " + session.id() + " failed");
        answer(session, id, idempotencyKey, room, failure);
    }
}

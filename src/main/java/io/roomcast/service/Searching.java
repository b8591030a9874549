package io.roomcast.service;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.Permission;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchPage;
import io.roomcast.relay.Archive;
import io.roomcast.relay.Relay;
import io.roomcast.service.admission.RateLimits;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.InFlight;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Serves the searches of sessions and of back ends. A search is about several rooms, and is answered in no order with
 * other requests. Any thread; no method blocks.
 */
@ApplicationScoped
public class Searching {
    private Relay relay;
    private ErrorReplies errors;
    private Threads threads;
    private RateLimits rates;
    private Limits limits;
    private InFlight inFlight;
    private SessionRegistry sessions;

    /** For the container's proxy. */
    protected Searching() {}

    @Inject
    public Searching(
            Relay relay,
            ErrorReplies errors,
            Threads threads,
            RateLimits rates,
            Limits limits,
            InFlight inFlight,
            SessionRegistry sessions) {
        this.relay = relay;
        this.errors = errors;
        this.threads = threads;
        this.rates = rates;
        this.limits = limits;
        this.inFlight = inFlight;
        this.sessions = sessions;
    }

    /**
     * Answers with {@code results}, or with an error.
     *
     * @throws ProtocolException if the search is refused at once
     */
    void search(ClientSession session, ClientFrame.Search frame) {
        rates.countRequest(session);
        rates.countSearch(session);
        List<RoomName> rooms = rooms(session, frame);
        Runnable requestEnds = inFlight.begin(session, frame.bytes());
        Runnable replyEnds;
        CompletionStage<SearchPage> page;
        try {
            replyEnds = sessions.reserveReply();
            page = search(frame, rooms);
        } catch (RuntimeException e) {
            requestEnds.run();
            throw e;
        }
        var unused = page.whenCompleteAsync(
                (found, failure) -> {
                    try {
                        if (failure == null) {
                            session.reply(MessageFrames.results(frame.id(), found));
                        } else {
                            errors.answerFailure(session, frame.id(), null, null, failure);
                        }
                    } finally {
                        replyEnds.run();
                        requestEnds.run();
                    }
                },
                threads.pool());
    }

    /** The rooms that the frame names, or those of the session; all of them rooms whose history the user may read. */
    private List<RoomName> rooms(ClientSession session, ClientFrame.Search frame) {
        if (frame.rooms().isEmpty()) {
            List<RoomName> joined = session.roomNames().stream()
                    .filter(room -> session.may(Permission.HISTORY, room))
                    .toList();
            if (joined.isEmpty()) {
                throw new ProtocolException(ErrorCode.NOT_JOINED, "name rooms, or join one first");
            }
            return joined;
        }
        limits.require(
                LimitKeys.ROOMS, frame.rooms().size(), ErrorCode.TOO_MANY_ROOMS, "a search may not name so many rooms");
        for (RoomName room : frame.rooms()) {
            if (session.membership(room) == null) {
                session.require(Permission.READ, room);
            }
            session.require(Permission.HISTORY, room);
        }
        return frame.rooms();
    }

    /**
     * Looks for messages.
     *
     * @param rooms where; null for all
     */
    CompletionStage<SearchPage> search(ClientFrame.Search frame, List<RoomName> rooms) {
        return relay.search(new Archive.Search(
                frame.text(),
                rooms,
                frame.user() == null ? null : frame.user().value(),
                frame.from(),
                frame.to(),
                frame.cursor(),
                frame.limit(),
                Relay.PAGE_BYTES));
    }
}

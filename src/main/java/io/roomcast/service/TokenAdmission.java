package io.roomcast.service;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.Permission;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.node.Clocks;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.User;
import io.roomcast.service.admission.Authentication;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Admits sessions by their tokens, and closes them when the tokens expire. Any thread; no method blocks. */
@ApplicationScoped
public class TokenAdmission {
    /** Shortest time between two names of a session. Each is told to all members of all its rooms. A later one waits. */
    private static final long NAME_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = System.getLogger(TokenAdmission.class.getName());

    private Authentication authentication;
    private RoomJoins joins;
    private SessionRegistry sessions;
    private ErrorReplies errors;
    private Threads threads;
    private RunningTime time;
    private Clocks clocks;
    private long helloTimeoutNanos;
    private ScheduledFuture<?> checkTask;

    /** For the container's proxy. */
    protected TokenAdmission() {}

    @Inject
    public TokenAdmission(
            Authentication authentication,
            RoomJoins joins,
            SessionRegistry sessions,
            ErrorReplies errors,
            Threads threads,
            RunningTime time,
            Clocks clocks,
            RoomcastConfig config) {
        this.authentication = authentication;
        this.joins = joins;
        this.sessions = sessions;
        this.errors = errors;
        this.threads = threads;
        this.time = time;
        this.clocks = clocks;
        this.helloTimeoutNanos = config.get(AccessKeys.HELLO_TIMEOUT).toNanos();
    }

    void start() {
        authentication.start();
        checkTask = threads.timer()
                .scheduleWithFixedDelay(() -> threads.pool().execute(this::checkSessions), 1, 1, TimeUnit.SECONDS);
    }

    void stop() {
        if (checkTask != null) {
            checkTask.cancel(false);
        }
    }

    /**
     * Checks a session's first token. Frames that arrive meanwhile are deferred.
     *
     * @param admitted runs when the session has its identity
     */
    void admit(ClientSession session, ClientFrame.Hello hello, Runnable admitted) {
        session.beginVerifying();
        verify(
                hello.token(),
                identity -> {
                    if (session.urlUser() != null && !session.urlUser().equals(identity.userId())) {
                        refuseAndClose(
                                session, hello.id(), CloseCode.POLICY, "the address names another user than the token");
                    } else {
                        try {
                            if (sessions.identify(session, identity)) {
                                admitted.run();
                            }
                        } catch (ProtocolException e) {
                            errors.answerFailure(session, hello.id(), null, null, e);
                            session.queue().closeWhenFlushed(CloseCode.TRY_AGAIN_LATER, e.getMessage());
                        }
                    }
                },
                text -> refuseAndClose(session, hello.id(), CloseCode.TOKEN_REFUSED, text),
                text -> {
                    answerUnavailable(session, hello.id(), text);
                    session.queue().closeWhenFlushed(CloseCode.TRY_AGAIN_LATER, text);
                });
    }

    /**
     * Checks a newer token of an admitted session. The session leaves the rooms that the new token does not let it
     * read. A bad token changes nothing.
     */
    void refresh(ClientSession session, ClientFrame.Refresh frame) {
        verify(
                frame.token(),
                identity -> {
                    if (!identity.userId().equals(session.user())) {
                        refuse(session, frame.id(), "the token is another user's");
                        return;
                    }
                    if (!identifyAnew(session, identity)) {
                        return;
                    }
                    session.reply(new ServerFrame.Refreshed(frame.id(), expiresInMs(session)));
                    showNext(session);
                    session.roomNames().stream()
                            .filter(room -> !session.may(Permission.READ, room))
                            .forEach(room -> joins.removeFromRoom(
                                    session, room, () -> !session.may(Permission.READ, room), () -> {}));
                },
                text -> refuse(session, frame.id(), text),
                text -> answerUnavailable(session, frame.id(), text));
    }

    /** Gives the session its new rights at once. How its user is shown changes in {@link #showNext}. */
    private boolean identifyAnew(ClientSession session, Identity identity) {
        synchronized (session) {
            session.setNextShown(identity.user());
            return sessions.identify(
                    session, identity.shownAs(session.identity().user()));
        }
    }

    /** Shows the user of a session as its last token says, if the last change is long enough ago. */
    private void showNext(ClientSession session) {
        long now = clocks.nanos().getAsLong();
        // The identity must not be replaced by a refresh meanwhile.
        synchronized (session) {
            User next = session.nextShown();
            if (next == null || now - session.shownAnewAt() < NAME_PAUSE_NANOS) {
                return;
            }
            session.setNextShown(null);
            User before = session.identity().user();
            if (!sessions.identify(session, session.identity().shownAs(next))
                    || before.equals(session.identity().user())) {
                return;
            }
            session.setShownAnewAt(now);
        }
        session.roomNames().forEach(room -> joins.showAnew(session, room));
    }

    /**
     * @param onValid gets the identity, if the token is valid
     * @param onRefused gets the text for the client, if the token is refused
     * @param onUnchecked gets the text for the client, if the token could not be checked
     */
    private void verify(
            String token, Consumer<Identity> onValid, Consumer<String> onRefused, Consumer<String> onUnchecked) {
        if (token == null || token.isEmpty()) {
            onRefused.accept("a token is needed");
            return;
        }
        authentication.verify(token).whenComplete((identity, failure) -> {
            if (failure == null) {
                onValid.accept(identity);
                return;
            }
            Failure why = Failure.ofToken(failure);
            why.log(LOG, "A token could not be checked");
            (why.code() == ErrorCode.UNAUTHENTICATED ? onRefused : onUnchecked).accept(why.text());
        });
    }

    private void answerUnavailable(ClientSession session, Long id, String text) {
        errors.answer(session, id, null, null, ErrorCode.UNAVAILABLE, text);
    }

    private void refuseAndClose(ClientSession session, Long id, CloseCode code, String text) {
        refuse(session, id, text);
        session.queue().closeWhenFlushed(code, text);
    }

    private void refuse(ClientSession session, Long id, String text) {
        errors.answer(session, id, null, null, ErrorCode.UNAUTHENTICATED, text);
    }

    /** @return milliseconds until the token expires, at least 0; null if it never expires */
    Long expiresInMs(ClientSession session) {
        Instant expires = session.identity().expires();
        return expires.equals(Instant.MAX)
                ? null
                : Long.valueOf(Math.max(
                        0, Duration.between(clocks.wall().instant(), expires).toMillis()));
    }

    /**
     * Closes a session whose token has expired. From then on, the frames of the session are ignored, also while the
     * client still reads earlier frames.
     *
     * @return whether the token has expired
     */
    boolean closeIfExpired(ClientSession session) {
        return closeIfExpired(session, clocks.wall().instant());
    }

    private boolean closeIfExpired(ClientSession session, Instant now) {
        Identity identity = session.identity();
        boolean isExpired = identity != null && identity.isExpired(now);
        if (isExpired) {
            refuseAndClose(session, null, CloseCode.TOKEN_EXPIRED, "the token has expired");
        }
        return isExpired;
    }

    /** Closes sessions with an expired token, and those without a {@code hello} in time. Shows names that have waited. */
    private void checkSessions() {
        Instant now = clocks.wall().instant();
        long nowNanos = time.getAsLong();
        for (ClientSession session : sessions.all()) {
            if (session.identity() != null) {
                if (session.isOpen()) {
                    closeIfExpired(session, now);
                    showNext(session);
                }
            } else if (nowNanos - session.openedAt() > helloTimeoutNanos) {
                session.queue().close(CloseCode.HELLO_TIMEOUT, "no hello in time");
            }
        }
    }
}

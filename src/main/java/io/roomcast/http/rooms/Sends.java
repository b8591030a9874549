package io.roomcast.http.rooms;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.PollKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.Identity;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.relay.Relay;
import io.roomcast.service.LeasedSessions;
import io.roomcast.service.RoomService;
import io.roomcast.service.SessionTickets;
import io.roomcast.service.session.ClientSession;
import io.roomcast.service.session.RoomRequests;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Serves the frames that a client sends over HTTP. Each is answered by one line, in the order of the frames. A frame is
 * served as one of a WebSocket session, which lasts until the frame is answered. Any thread; no method waits.
 */
@ApplicationScoped
public class Sends {
    private static final Logger LOG = System.getLogger(Sends.class.getName());
    /** Longer than the relay takes to give up. */
    private static final long TIMEOUT_SECONDS = 15;

    private static final String NOT_HERE =
            "over HTTP, a poll names its rooms and its session; send takes publish, signal, leave, history, search, "
                    + "members, remove and ping";

    /** The frames of a request, and what is needed to serve them. */
    private record Sent(
            List<String> lines, SentLines answers, ClientSession main, Identity identity, RoomRequests requests) {}

    private UnreadAnswers unread;
    private LeasedSessions leases;
    private SessionRegistry sessions;
    private RoomService service;
    private ClientFrameReader reader;
    private ServerFrameWriter writer;
    private Limits limits;
    private Threads threads;
    private int maxFrames;

    /** For the container's proxy. */
    protected Sends() {}

    @Inject
    public Sends(
            UnreadAnswers unread,
            LeasedSessions leases,
            SessionRegistry sessions,
            RoomService service,
            ClientFrameReader reader,
            ServerFrameWriter writer,
            Limits limits,
            Threads threads,
            RoomcastConfig config) {
        this.unread = unread;
        this.leases = leases;
        this.sessions = sessions;
        this.service = service;
        this.reader = reader;
        this.writer = writer;
        this.limits = limits;
        this.threads = threads;
        this.maxFrames = config.get(PollKeys.SEND_FRAMES);
    }

    /**
     * Serves the frames of a request.
     *
     * @throws ProtocolException if the request is refused as a whole; nothing is written then
     */
    void serve(RoomsRequest request, Callers.Caller caller, byte[] body, RoomsResponse response) {
        service.countBytes(body.length);
        List<String> lines = lines(body);
        SessionTickets.Named named = caller.session(request.ticket());
        if (named != null && leases.isDisconnected(named.id(), caller.identity())) {
            SentLines none = new SentLines(lines.size());
            none.transportOf(0).close(CloseCode.KICKED, LeasedSessions.KICKED_TEXT);
            response.sendFrames(none.result().join(), true, () -> {});
            return;
        }
        ClientSession main = leases.lease(
                named == null ? idWithoutTicket(request, caller) : named.id(), request.origin(), caller.identity());
        unread.requireFewOf(main);
        SentLines answers = new SentLines(lines.size());
        var unused = threads.within(TIMEOUT_SECONDS, answers.result())
                .whenCompleteAsync(
                        (frames, failure) -> {
                            answers.answerRest(late());
                            response.sendFrames(answers.result().join(), true, unread.addOf(main));
                        },
                        threads.pool());
        serve(new Sent(lines, answers, main, caller.identity(), sessions.newRequests()), 0);
    }

    /** Serves the frames from one on; all before it are answered. */
    private void serve(Sent sent, int first) {
        long most = limits.get(LimitKeys.OUTBOUND_BYTES);
        long answerBytes = sent.answers().bytes();
        for (int i = first; i < sent.lines().size() && !sent.answers().isDone(); i++) {
            ClientFrame frame;
            try {
                frame = reader.read(sent.lines().get(i));
            } catch (BadFrameException e) {
                service.receiveInvalid(sessionFor(sent, i), e);
                continue;
            }
            boolean isPage = frame instanceof ClientFrame.History
                    || frame instanceof ClientFrame.Search
                    || frame instanceof ClientFrame.Members;
            if (isPage && most > 0 && answerBytes > 0 && answerBytes + Relay.PAGE_BYTES > most) {
                if (i > first) {
                    // Those before may turn out to be smaller than they could be.
                    goOn(sent, i);
                    return;
                }
                refuse(
                        sessionFor(sent, i),
                        frame,
                        new ProtocolException(
                                ErrorCode.BUSY,
                                "the answer to this send has no room for another page; ask again in another send",
                                Limits.RETRY_AFTER_MS));
            } else {
                serve(sessionFor(sent, i), frame);
                answerBytes += isPage ? Relay.PAGE_BYTES : 0;
            }
        }
    }

    private void goOn(Sent sent, int next) {
        var unused = sent.answers()
                .answered(next)
                .thenRunAsync(() -> serve(sent, next), threads.pool())
                .whenComplete((served, failure) -> {
                    if (failure != null) {
                        LOG.log(Level.WARNING, "The rest of a send was not served", failure);
                        sent.answers().answerRest(late());
                    }
                });
    }

    private ClientSession sessionFor(Sent sent, int index) {
        return sessions.forOneFrame(sent.main(), sent.answers().transportOf(index), sent.identity(), sent.requests());
    }

    private void serve(ClientSession session, ClientFrame frame) {
        if (frame instanceof ClientFrame.Hello
                || frame instanceof ClientFrame.Refresh
                || frame instanceof ClientFrame.Join
                || frame instanceof ClientFrame.Joins) {
            refuse(session, frame, new ProtocolException(ErrorCode.BAD_REQUEST, NOT_HERE));
        } else if (frame instanceof ClientFrame.Leave leave) {
            leases.leave(session, leave);
        } else {
            service.receive(session, frame);
        }
    }

    private void refuse(ClientSession session, ClientFrame frame, ProtocolException refusal) {
        service.receiveInvalid(session, new BadFrameException(frame.id(), null, refusal));
    }

    private List<String> lines(byte[] body) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "the body is not UTF-8");
        }
        List<String> lines = Arrays.stream(text.split("\n", -1))
                .filter(line -> !line.isBlank())
                .toList();
        if (lines.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "the body has no frame; it has one in each line");
        }
        if (lines.size() > maxFrames) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, "a send may have " + maxFrames + " frames");
        }
        return lines;
    }

    /** A client that shows no ticket has the same session on this node as before, by its user and network. */
    private static String idWithoutTicket(RoomsRequest request, Callers.Caller caller) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String who =
                    caller.identity().userId().value() + '\n' + request.origin().network();
            byte[] hash = digest.digest(who.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 9));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private byte[] late() {
        return writer.write(new ServerFrame.Error(
                        null, null, null, ErrorCode.UNAVAILABLE, "there was no answer in time; try again", null))
                .getBytes(StandardCharsets.UTF_8);
    }
}

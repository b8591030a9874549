package io.roomcast.http.rooms;

import io.roomcast.config.LimitKeys;
import io.roomcast.config.PollKeys;
import io.roomcast.config.RoomcastConfig;
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
    /** Longer than the relay takes to give up. */
    private static final long TIMEOUT_SECONDS = 15;

    private static final String NOT_HERE =
            "over HTTP, a poll names its rooms and its session; send takes publish, signal, leave, history, search, "
                    + "members, remove and ping";

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
        RoomRequests requests = sessions.newRequests();
        long answerBytes = 0;
        for (int i = 0; i < lines.size() && !answers.isDone(); i++) {
            ClientSession session = sessions.forOneFrame(main, answers.transportOf(i), caller.identity(), requests);
            answerBytes += serve(session, lines.get(i), answerBytes);
        }
    }

    /** @return most bytes of the answer, if it may be long; else 0 */
    private long serve(ClientSession session, String line, long answerBytes) {
        ClientFrame frame;
        try {
            frame = reader.read(line);
        } catch (BadFrameException e) {
            service.receiveInvalid(session, e);
            return 0;
        }
        if (frame instanceof ClientFrame.Hello
                || frame instanceof ClientFrame.Refresh
                || frame instanceof ClientFrame.Join
                || frame instanceof ClientFrame.Joins) {
            refuse(session, frame, ErrorCode.BAD_REQUEST, NOT_HERE);
        } else if (frame instanceof ClientFrame.Leave leave) {
            leases.leave(session, leave);
        } else if (frame instanceof ClientFrame.History
                || frame instanceof ClientFrame.Search
                || frame instanceof ClientFrame.Members) {
            long most = limits.get(LimitKeys.OUTBOUND_BYTES);
            if (most > 0 && answerBytes > 0 && answerBytes + Relay.PAGE_BYTES > most) {
                refuse(session, frame, ErrorCode.TOO_LARGE, "the answer to this send has no room for another page");
                return 0;
            }
            service.receive(session, frame);
            return Relay.PAGE_BYTES;
        } else {
            service.receive(session, frame);
        }
        return 0;
    }

    private void refuse(ClientSession session, ClientFrame frame, ErrorCode code, String text) {
        service.receiveInvalid(session, new BadFrameException(frame.id(), null, new ProtocolException(code, text)));
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

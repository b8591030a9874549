package io.roomcast.websocket;

import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.RoomService;
import io.roomcast.service.admission.InboundMessages;
import io.roomcast.service.session.ClientSession;
import io.roomcast.websocket.transport.ObservableTransport;
import io.roomcast.websocket.transport.OpeningContext;
import io.roomcast.websocket.transport.SessionTransport;
import io.roomcast.websocket.tyrus.TyrusBuffer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Session;

/**
 * The state of an open connection, kept in the properties of its Jakarta session; endpoint objects hold no state.
 *
 * <p><b>Concurrency.</b> The container calls for a connection from one thread at a time, except for the close, which
 * may come while the connection opens. The properties are locked, because not every container allows two threads to use
 * them.
 */
public final class EndpointConnection implements ObservableTransport.Listener {
    private static final String PROPERTY = EndpointConnection.class.getName();
    /** Stands for a connection that was closed while it opened. */
    private static final Object CLOSED = new Object();

    private final RoomService service;
    private final ClientSession session;
    private final ClientFrameDecoder decoder;
    private final MessageAssembler assembler;
    private final InboundMessages inbound;
    /** Whether all further input is ignored. */
    private boolean refused;
    /** The message whose parts are being collected; null when there is none. */
    private volatile InboundMessages.Unfinished unfinished;

    private volatile boolean closed;

    private EndpointConnection(
            RoomService service, InboundMessages inbound, ClientSession session, ClientFrameDecoder decoder) {
        this.service = service;
        this.inbound = inbound;
        this.session = session;
        this.decoder = decoder;
        this.assembler = new MessageAssembler(service::maxFrameBytes);
    }

    static void open(
            Session jakarta,
            RoomService service,
            InboundMessages inbound,
            ClientSession session,
            ClientFrameDecoder decoder) {
        EndpointConnection connection = new EndpointConnection(service, inbound, session, decoder);
        Object before;
        synchronized (jakarta.getUserProperties()) {
            before = jakarta.getUserProperties().putIfAbsent(PROPERTY, connection);
        }
        ObservableTransport events = OpeningContext.transport();
        if (events != null) {
            events.setListener(connection);
        }
        if (before == CLOSED || !jakarta.isOpen()) {
            // It was closed while it opened, and the call for the close found no connection here.
            service.endSession(session, CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode());
        }
    }

    /** @return null for a connection that was refused when it opened */
    static EndpointConnection of(Session jakarta) {
        synchronized (jakarta.getUserProperties()) {
            return jakarta.getUserProperties().get(PROPERTY) instanceof EndpointConnection connection
                    ? connection
                    : null;
        }
    }

    /** Like {@link #of}, for the close. A connection that is still opening will find a mark. */
    static EndpointConnection closing(Session jakarta) {
        synchronized (jakarta.getUserProperties()) {
            return jakarta.getUserProperties().putIfAbsent(PROPERTY, CLOSED) instanceof EndpointConnection connection
                    ? connection
                    : null;
        }
    }

    void text(String part, boolean last) {
        if (refused) {
            return;
        }
        long before = assembler.bytes();
        boolean fits = assembler.accepts(part);
        long more = assembler.bytes() - before;
        service.countBytes(more);
        if (!fits) {
            refuseTooLarge();
            return;
        }
        if (!last && !reserve(more)) {
            return;
        }
        String whole = assembler.add(part, last);
        if (whole == null) {
            return;
        }
        endMessage();
        if (whole.indexOf('\n') < 0 && whole.indexOf('\r') < 0) {
            // One frame alone, as most clients send them.
            lineUnlessBlank(whole);
        } else {
            whole.lines().forEach(this::lineUnlessBlank);
        }
    }

    /** @return false when the connection is closed because the node has no room for another unfinished message */
    private boolean reserve(long bytes) {
        InboundMessages.Unfinished message = unfinished;
        if (message == null) {
            message = inbound.begin(session);
            unfinished = message;
        }
        if (message.add(bytes) && !closed) {
            return true;
        }
        drop();
        return false;
    }

    private void endMessage() {
        InboundMessages.Unfinished message = unfinished;
        if (message != null) {
            message.end();
            unfinished = null;
        }
    }

    /** Discards the collected parts and ignores all further input. */
    private void drop() {
        refused = true;
        assembler.reset();
        endMessage();
    }

    private void lineUnlessBlank(String line) {
        // After a close from here, the rest of the message is ignored.
        if (line.isBlank() || !session.isOpen()) {
            return;
        }
        try {
            service.receive(session, decoder.decode(line));
        } catch (DecodeException e) {
            service.receiveInvalid(session, (BadFrameException) e.getCause());
        }
    }

    void binary(int bytes, boolean last) {
        if (refused) {
            return;
        }
        service.countBytes(bytes);
        if (!assembler.accepts(bytes)) {
            refuseTooLarge();
        } else if (last) {
            assembler.reset();
            endMessage();
            service.receiveInvalid(
                    session, new BadFrameException("binary WebSocket frames are not supported; send text"));
        } else {
            // None of its bytes are kept, but an unfinished message counts.
            reserve(0);
        }
    }

    @Override
    public void heard() {
        service.markAlive(session);
    }

    @Override
    public void tooLarge() {
        refuseTooLarge();
    }

    @Override
    public void ended() {
        end(CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode());
    }

    private void end(int code) {
        closed = true;
        endMessage();
        service.endSession(session, code);
    }

    private void refuseTooLarge() {
        drop();
        service.closeTooLarge(session);
    }

    void pong() {
        service.markAlive(session);
    }

    void closed(CloseReason reason) {
        int code = reason.getCloseCode().getCode();
        if (TyrusBuffer.overflowed(code, reason.getReasonPhrase())) {
            // Our close frame goes out before the container's, which would report an error of the server.
            refuseTooLarge();
            code = CloseCode.TOO_LARGE.number();
        }
        end(code);
    }

    /** Sends the error and closes a connection that never becomes a session. */
    static void refuse(Session jakarta, ProtocolException why) {
        CloseCode close = why.code() == ErrorCode.BUSY ? CloseCode.TRY_AGAIN_LATER : CloseCode.POLICY;
        ServerFrame error = new ServerFrame.Error(null, null, null, why.code(), why.getMessage(), why.retryAfterMs())
                .printable(null);
        jakarta.getAsyncRemote().sendObject(error, sent -> SessionTransport.close(jakarta, close, why.getMessage()));
    }
}

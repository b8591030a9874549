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
 * What the endpoints keep of an open connection, in the properties of its Jakarta session: endpoint objects hold no state. The container
 * calls for one connection from one thread at a time, but for the close, which may come while the connection is being opened. Not every container's
 * properties may be used by two threads, so they are locked.
 */
public final class EndpointConnection implements ObservableTransport.Listener {
    private static final String PROPERTY = EndpointConnection.class.getName();
    /** In place of a connection, where the end was told before the beginning was over. */
    private static final Object CLOSED = new Object();

    private final RoomService service;
    private final ClientSession session;
    private final ClientFrameDecoder decoder;
    private final MessageAssembler assembler;
    private final InboundMessages inbound;
    /** Nothing of what comes is taken any more. */
    private boolean refused;
    /** The message that is being gathered; null when there is none. */
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
            // It broke while it was being opened, and the call that told so found no connection here.
            service.closed(session, CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode());
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

    /** As {@link #of}, for the last call of all: a connection that is still being opened will learn of it. */
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
        service.received(more);
        if (!fits) {
            refuseTooLarge();
            return;
        }
        if (!last && !hold(more)) {
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

    /** @return false when the connection is closed, since there is no room for a message in parts */
    private boolean hold(long bytes) {
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

    /** Lets go of what was gathered, and takes nothing more. */
    private void drop() {
        refused = true;
        assembler.reset();
        endMessage();
    }

    private void lineUnlessBlank(String line) {
        // Of whoever was sent away the rest of the message is not even read.
        if (line.isBlank() || !session.isOpen()) {
            return;
        }
        try {
            service.receive(session, decoder.decode(line));
        } catch (DecodeException e) {
            service.receiveBad(session, (BadFrameException) e.getCause());
        }
    }

    void binary(int bytes, boolean last) {
        if (refused) {
            return;
        }
        service.received(bytes);
        if (!assembler.accepts(bytes)) {
            refuseTooLarge();
        } else if (last) {
            assembler.reset();
            endMessage();
            service.receiveBad(session, new BadFrameException("binary WebSocket frames mean nothing here; send text"));
        } else {
            // Nothing is kept of it, but it has to end.
            hold(0);
        }
    }

    @Override
    public void heard() {
        service.heard(session);
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
        service.closed(session, code);
    }

    private void refuseTooLarge() {
        drop();
        service.refuseTooLarge(session);
    }

    void pong() {
        service.heard(session);
    }

    void closed(CloseReason reason) {
        int code = reason.getCloseCode().getCode();
        if (TyrusBuffer.overflowed(code, reason.getReasonPhrase())) {
            // The transport still gets a word in before the container's own, which would be of an error in the server.
            refuseTooLarge();
            code = CloseCode.TOO_LARGE.number();
        }
        end(code);
    }

    /** Tells why, and closes: for a connection that never becomes a session. */
    static void refuse(Session jakarta, ProtocolException why) {
        CloseCode close = why.code() == ErrorCode.BUSY ? CloseCode.TRY_AGAIN_LATER : CloseCode.POLICY;
        ServerFrame error = new ServerFrame.Error(null, null, null, why.code(), why.getMessage(), why.retryAfterMs())
                .printable(null);
        jakarta.getAsyncRemote().sendObject(error, sent -> SessionTransport.close(jakarta, close, why.getMessage()));
    }
}

package io.roomcast.websocket;

import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.RoomService;
import io.roomcast.service.admission.UnfinishedMessages;
import io.roomcast.service.session.ClientSession;
import io.roomcast.websocket.transport.ObservableTransport;
import io.roomcast.websocket.transport.SessionTransport;
import io.roomcast.websocket.tyrus.TyrusBufferLimit;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Session;

/**
 * The state of an open connection. It is a property of the Jakarta session; endpoint objects hold no state.
 *
 * <p><b>Concurrency.</b> The container calls for a connection from one thread at a time. Only the close may come at the
 * same time as another call, such as the one that opens the connection. Access to the session's properties is
 * synchronized, because some containers keep them in a map that is not thread-safe.
 */
public final class EndpointConnection implements ObservableTransport.Listener {
    private static final String PROPERTY = EndpointConnection.class.getName();
    /** The property of a connection that was closed before it was fully open. */
    private static final Object CLOSED = new Object();

    private final RoomService service;
    private final ClientSession session;
    private final ClientFrameDecoder decoder;
    private final MessageAssembler assembler;
    private final UnfinishedMessages unfinishedMessages;
    /** Whether all further input is ignored, because a message was refused. */
    private boolean ignoresInput;
    /** The unfinished message, which counts towards the node's limits; null if no message is unfinished. */
    private volatile UnfinishedMessages.Message unfinishedMessage;

    /** The unfinished message that the transport has reported; null if there is none. It holds no bytes. */
    private volatile UnfinishedMessages.Message begunMessage;

    /** Whether the connection has ended. */
    private volatile boolean closed;

    private EndpointConnection(
            RoomService service,
            UnfinishedMessages unfinishedMessages,
            ClientSession session,
            ClientFrameDecoder decoder) {
        this.service = service;
        this.unfinishedMessages = unfinishedMessages;
        this.session = session;
        this.decoder = decoder;
        this.assembler = new MessageAssembler(service::maxFrameBytes);
    }

    static void open(
            Session jakarta,
            RoomService service,
            UnfinishedMessages unfinishedMessages,
            ClientSession session,
            ClientFrameDecoder decoder,
            TransportChooser transports) {
        EndpointConnection connection = new EndpointConnection(service, unfinishedMessages, session, decoder);
        Object earlier;
        synchronized (jakarta.getUserProperties()) {
            earlier = jakarta.getUserProperties().putIfAbsent(PROPERTY, connection);
        }
        transports.observe(jakarta, connection, service::maxFrameBytes);
        if (earlier == CLOSED || !jakarta.isOpen()) {
            // The connection closed while it opened. The call for the close found no EndpointConnection, so this method
            // reports the close.
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

    /**
     * Marks a connection as closed if it is not fully open yet.
     *
     * @return the open connection; null if it is still opening, or was refused
     */
    static EndpointConnection markClosed(Session jakarta) {
        synchronized (jakarta.getUserProperties()) {
            return jakarta.getUserProperties().putIfAbsent(PROPERTY, CLOSED) instanceof EndpointConnection connection
                    ? connection
                    : null;
        }
    }

    /** The id of the session, which log lines name. */
    String sessionId() {
        return session.id();
    }

    /** @param last whether this part ends the message */
    void onText(String part, boolean last) {
        if (ignoresInput) {
            return;
        }
        long before = assembler.bytes();
        boolean fits = assembler.count(part);
        long partBytes = assembler.bytes() - before;
        service.countBytes(partBytes);
        if (!fits) {
            closeTooLarge();
            return;
        }
        if (!last && !reserveUnfinished(partBytes)) {
            return;
        }
        String whole = assembler.add(part, last);
        if (whole == null) {
            return;
        }
        releaseUnfinished();
        if (whole.indexOf('\n') < 0) {
            // Most clients send one frame in each message.
            receiveLine(whole);
        } else {
            // The white space of JSON may have a carriage return, which ends nothing.
            for (String line : whole.split("\n", -1)) {
                receiveLine(line);
            }
        }
    }

    /**
     * Reserves memory of the node for a part of an unfinished message.
     *
     * @return false if the node has no memory left for it, or the connection has ended; input is then ignored
     */
    private boolean reserveUnfinished(long bytes) {
        UnfinishedMessages.Message message = unfinishedMessage;
        if (message == null) {
            message = unfinishedMessages.begin(session);
            unfinishedMessage = message;
        }
        if (message.add(bytes) && !closed) {
            return true;
        }
        stopReading();
        return false;
    }

    private void releaseUnfinished() {
        UnfinishedMessages.Message message = unfinishedMessage;
        if (message != null) {
            message.end();
            unfinishedMessage = null;
        }
    }

    /** Discards the collected parts and ignores all further input. */
    private void stopReading() {
        ignoresInput = true;
        assembler.reset();
        releaseUnfinished();
    }

    /** Handles a frame of the client. A blank line has no frame. */
    private void receiveLine(String line) {
        // After this node has closed the session, the rest of the message is ignored.
        if (line.isBlank() || !session.isOpen()) {
            return;
        }
        try {
            service.receive(session, decoder.decode(line));
        } catch (DecodeException e) {
            service.receiveInvalid(session, (BadFrameException) e.getCause());
        }
    }

    void onBinary(int bytes, boolean last) {
        if (ignoresInput) {
            return;
        }
        service.countBytes(bytes);
        if (!assembler.count(bytes)) {
            closeTooLarge();
        } else if (last) {
            assembler.reset();
            releaseUnfinished();
            service.receiveInvalid(
                    session, new BadFrameException("binary WebSocket frames are not supported; send text"));
        } else {
            // The bytes of a binary message are not kept, but the unfinished message counts.
            reserveUnfinished(0);
        }
    }

    @Override
    public void onActivity() {
        service.markAlive(session);
    }

    @Override
    public void onControlHeld(int bytes) {
        session.queue().addControlBytes(bytes);
    }

    void onPong() {
        service.markAlive(session);
    }

    @Override
    public void onMessageBegun() {
        endBegun();
        begunMessage = unfinishedMessages.begin(session);
        if (closed) {
            endBegun();
        }
    }

    @Override
    public void onMessageEnd() {
        endBegun();
    }

    private void endBegun() {
        UnfinishedMessages.Message message = begunMessage;
        if (message != null) {
            message.end();
            begunMessage = null;
        }
    }

    @Override
    public void onMessageTooLarge() {
        closeTooLarge();
    }

    @Override
    public void onEnd() {
        end(CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode());
    }

    private void end(int code) {
        closed = true;
        releaseUnfinished();
        endBegun();
        service.endSession(session, code);
    }

    private void closeTooLarge() {
        stopReading();
        service.closeTooLarge(session);
    }

    void onClose(CloseReason reason) {
        int code = reason.getCloseCode().getCode();
        if (TyrusBufferLimit.overflowed(code, reason.getReasonPhrase())) {
            // Our Close frame is sent before that of the container, which would report an error of the server.
            closeTooLarge();
            code = CloseCode.TOO_LARGE.number();
        }
        end(code);
    }

    /** Sends the error, and closes a connection that does not become a session. */
    static void refuse(Session jakarta, ProtocolException refusal) {
        CloseCode close = refusal.code() == ErrorCode.BUSY ? CloseCode.TRY_AGAIN_LATER : CloseCode.POLICY;
        ServerFrame error = new ServerFrame.Error(
                        null, null, null, refusal.code(), refusal.getMessage(), refusal.retryAfterMs())
                .printable(null);
        jakarta.getAsyncRemote()
                .sendObject(error, sent -> SessionTransport.close(jakarta, close, refusal.getMessage()));
    }
}

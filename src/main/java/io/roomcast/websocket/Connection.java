package io.roomcast.websocket;

import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.CloseCode;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.RoomService;
import io.roomcast.service.RoomSession;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Session;

/**
 * What the endpoints keep of an open connection, in the properties of its Jakarta session: endpoint objects hold no state. The container
 * calls for one connection from one thread at a time, but for the close.
 */
final class Connection {
    private static final String PROPERTY = Connection.class.getName();

    private final RoomService service;
    private final RoomSession session;
    private final ClientFrameDecoder decoder;
    private final FrameGatherer gatherer;
    private boolean tooLarge;

    private Connection(RoomService service, RoomSession session, ClientFrameDecoder decoder) {
        this.service = service;
        this.session = session;
        this.decoder = decoder;
        this.gatherer = new FrameGatherer(service::maxFrameBytes);
    }

    static void open(Session jakarta, RoomService service, RoomSession session, ClientFrameDecoder decoder) {
        jakarta.getUserProperties().put(PROPERTY, new Connection(service, session, decoder));
        if (!jakarta.isOpen()) {
            // It broke while it was being opened, and the call that told so found no connection here.
            service.closed(session, CloseReason.CloseCodes.CLOSED_ABNORMALLY.getCode());
        }
    }

    /** @return null for a connection that was refused when it opened */
    static Connection of(Session jakarta) {
        return (Connection) jakarta.getUserProperties().get(PROPERTY);
    }

    void text(String part, boolean last) {
        if (tooLarge) {
            return;
        }
        long before = gatherer.bytes();
        boolean fits = gatherer.accepts(part);
        service.received(gatherer.bytes() - before);
        if (!fits) {
            refuseTooLarge();
            return;
        }
        String whole = gatherer.add(part, last);
        if (whole == null) {
            return;
        }
        if (whole.indexOf('\n') < 0 && whole.indexOf('\r') < 0) {
            // One frame alone, as most clients send them.
            lineUnlessBlank(whole);
        } else {
            whole.lines().forEach(this::lineUnlessBlank);
        }
    }

    private void lineUnlessBlank(String line) {
        if (line.isBlank()) {
            return;
        }
        try {
            service.receive(session, decoder.decode(line));
        } catch (DecodeException e) {
            service.receiveBad(session, (BadFrameException) e.getCause());
        }
    }

    void binary(int bytes, boolean last) {
        if (tooLarge) {
            return;
        }
        service.received(bytes);
        if (!gatherer.accepts(bytes)) {
            refuseTooLarge();
        } else if (last) {
            gatherer.reset();
            service.receiveBad(session, new BadFrameException("binary WebSocket frames mean nothing here; send text"));
        }
    }

    private void refuseTooLarge() {
        tooLarge = true;
        gatherer.reset();
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
        service.closed(session, code);
    }

    /** Tells why, and closes: for a connection that never becomes a session. */
    static void refuse(Session jakarta, ProtocolException why) {
        CloseCode close = why.code() == ErrorCode.BUSY ? CloseCode.TRY_AGAIN_LATER : CloseCode.POLICY;
        ServerFrame error = new ServerFrame.Error(null, null, null, why.code(), why.getMessage(), why.retryAfterMs())
                .printable(null);
        jakarta.getAsyncRemote().sendObject(error, sent -> SessionTransport.close(jakarta, close, why.getMessage()));
    }
}

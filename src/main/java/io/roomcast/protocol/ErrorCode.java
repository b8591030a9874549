package io.roomcast.protocol;

import java.util.Locale;

/**
 * Why a request was refused. On the wire a code is its name in lower case. An {@code error} frame does not close the
 * WebSocket.
 */
public enum ErrorCode {
    BAD_REQUEST(400),
    TOO_LARGE(413),
    NOT_JOINED(403),
    FORBIDDEN(403),
    UNAUTHENTICATED(401),
    RATE_LIMITED(429),
    /** The node cannot serve the request now, mostly because a limit is reached. */
    BUSY(503),
    /** The relay cannot be reached now, or the keys that verify tokens are not available now. */
    UNAVAILABLE(503),
    ROOM_FULL(429),
    TOO_MANY_ROOMS(429),
    /** A position is of an old epoch of the room, so that its offset says nothing. */
    RENUMBERED(409),
    /** The server does not have what the request needs. */
    NOT_IMPLEMENTED(501),
    /** A defect of the server. */
    UNKNOWN(500),

    /** This code and those below occur only in answers over HTTP. */
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    TIMEOUT(408),
    CONFLICT(409),
    UPGRADE_REQUIRED(426),
    /** The session that a request over HTTP names is not the client's own, or too old. */
    SESSION_INVALID(401),
    /** A later poll of the same session has ended this one. */
    SUPERSEDED(409);

    private final String wire = name().toLowerCase(Locale.ROOT);
    private final int httpStatus;

    ErrorCode(int httpStatus) {
        this.httpStatus = httpStatus;
    }

    /** The code as clients read it, for example {@code bad_request}. */
    public String wire() {
        return wire;
    }

    /** The HTTP status of an answer with this code. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Whether the same request may succeed a moment later. */
    public boolean isTemporary() {
        return this == BUSY || this == UNAVAILABLE;
    }
}

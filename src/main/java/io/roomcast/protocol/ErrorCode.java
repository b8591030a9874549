package io.roomcast.protocol;

import java.util.Locale;

/** Why a frame was refused; the connection stays. On the wire: the name in lower case. */
public enum ErrorCode {
    BAD_REQUEST,
    TOO_LARGE,
    NOT_JOINED,
    FORBIDDEN,
    UNAUTHENTICATED,
    RATE_LIMITED,
    BUSY,
    UNAVAILABLE,
    ROOM_FULL,
    TOO_MANY_ROOMS,
    UNKNOWN;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The code as clients read it, for example {@code bad_request}. */
    public String wire() {
        return wire;
    }
}

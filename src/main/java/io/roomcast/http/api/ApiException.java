package io.roomcast.http.api;

import io.roomcast.protocol.ErrorCode;

/** A request that is answered with an error. Carries no stack trace: it is an answer, not an accident. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    ApiException(int status, String code, String text) {
        super(text, null, false, false);
        this.status = status;
        this.code = code;
    }

    static ApiException of(ErrorCode code, String text) {
        return new ApiException(status(code), code.wire(), text);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case BAD_REQUEST -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN, NOT_JOINED -> 403;
            case TOO_LARGE -> 413;
            case RATE_LIMITED, ROOM_FULL, TOO_MANY_ROOMS -> 429;
            case BUSY, UNAVAILABLE -> 503;
            case UNKNOWN -> 500;
        };
    }
}

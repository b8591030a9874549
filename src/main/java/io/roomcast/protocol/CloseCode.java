package io.roomcast.protocol;

/**
 * Why the server closes a connection. A client reconnects after 4000–4499 and stays away after 4500–4999. Codes below
 * 4000 are those of RFC 6455 and of IANA's registry of close codes.
 */
public enum CloseCode {
    NORMAL(1000),
    GOING_AWAY(1001),
    PROTOCOL_ERROR(1002),
    POLICY(1008),
    TOO_LARGE(1009),
    TRY_AGAIN_LATER(1013),
    SLOW_CONSUMER(4000),
    DRAINING(4001),
    HELLO_TIMEOUT(4002),
    HEARTBEAT_LOST(4003),
    /** The token was good and has expired, so a client with a fresh one is welcome. */
    TOKEN_EXPIRED(4004),
    MESSAGE_TIMEOUT(4005),
    KICKED(4500),
    TOKEN_REFUSED(4501),
    PROTOCOL_VIOLATION(4502);

    private static final int FIRST_TO_COME_BACK = 4000;
    private static final int FIRST_TO_STAY_AWAY = 4500;

    private final int number;

    CloseCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Whether a client over HTTP may come back, so that its lease goes on: it ends if the client does not. */
    public boolean keepsLease() {
        return switch (this) {
            case NORMAL, GOING_AWAY, TRY_AGAIN_LATER -> true;
            default -> number >= FIRST_TO_COME_BACK && number < FIRST_TO_STAY_AWAY;
        };
    }
}

package io.roomcast.websocket.transport;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The answer to the Close frame of a client (RFC 6455, sections 5.5.1 and 7.4). */
public final class ClientClose {
    /** The highest registered code below 1015, which no frame may have. Jakarta WebSocket has no name for it. */
    private static final int BAD_GATEWAY = 1014;

    private static final int FIRST_PRIVATE = 3000;
    private static final int LAST_PRIVATE = 4999;

    private ClientClose() {}

    /**
     * @param payload the unmasked payload of the client's Close
     * @return the code and the reason of the client, or those of the error in its Close
     */
    public static CloseReason answer(byte[] payload) {
        if (payload.length == 0) {
            return new CloseReason(CloseCodes.NORMAL_CLOSURE, "");
        }
        int code = payload.length < Short.BYTES
                ? 0
                : Short.toUnsignedInt(ByteBuffer.wrap(payload).getShort());
        if (!mayBeSent(code)) {
            return new CloseReason(CloseCodes.PROTOCOL_ERROR, "a close code that no client may send");
        }
        ByteBuffer text = ByteBuffer.wrap(payload, Short.BYTES, payload.length - Short.BYTES);
        try {
            return new CloseReason(
                    CloseCodes.getCloseCode(code),
                    StandardCharsets.UTF_8.newDecoder().decode(text).toString());
        } catch (CharacterCodingException e) {
            return new CloseReason(CloseCodes.NOT_CONSISTENT, "the reason is not UTF-8");
        }
    }

    private static boolean mayBeSent(int code) {
        return switch (code) {
            case 1004, 1005, 1006 -> false;
            default -> code >= 1000 && code <= BAD_GATEWAY || code >= FIRST_PRIVATE && code <= LAST_PRIVATE;
        };
    }
}

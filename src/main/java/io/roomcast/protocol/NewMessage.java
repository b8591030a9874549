package io.roomcast.protocol;

/**
 * A message that is to be stored, one of several of one publish.
 *
 * @param idempotencyKey the message's key, so that a repeated publish is stored once; or null
 */
public record NewMessage(String idempotencyKey, Payload payload) {
    /** No publish has more messages than this. The node has a limit of its own, which is not higher. */
    public static final int MOST = 1_000;

    /** @throws ProtocolException if a property is missing or has an invalid value */
    static NewMessage of(RawFrame raw) {
        if (raw.defect != null) {
            throw raw.defect;
        }
        return new NewMessage(IdempotencyKey.checked(raw.idempotencyKey), raw.checkedPayload());
    }
}

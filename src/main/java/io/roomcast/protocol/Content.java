package io.roomcast.protocol;

/**
 * Text that users see: no control characters but {@code \n} and {@code \t}, no broken surrogate pairs.
 *
 * @param bytes its length in UTF-8
 */
public record Content(String text, int bytes) {

    /** @throws ProtocolException {@code bad_request} for text that is missing, empty or has forbidden characters */
    public static Content of(String text) {
        if (text == null || text.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "content is missing");
        }
        return new Content(text, Text.checkedUtf8Length("content", text));
    }
}

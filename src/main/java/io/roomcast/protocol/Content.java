package io.roomcast.protocol;

/**
 * Text that users see. It has no control characters other than {@code \n} and {@code \t}, and no half of a surrogate
 * pair.
 *
 * @param bytes length of the text in UTF-8
 */
public record Content(String text, int bytes) {

    /** @throws ProtocolException {@code bad_request} if the text is empty or has forbidden characters */
    public static Content of(String text) {
        if (text.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "content is empty");
        }
        return new Content(text, Text.checkedUtf8Length("content", text));
    }
}

package io.roomcast.protocol;

import java.util.Map;

/**
 * What a message carries from its publisher to the members. There is content or data, or both.
 *
 * @param content text for people, or null
 * @param data for programs, or null
 * @param meta null if there is none
 */
public record Payload(Content content, Data data, Meta meta) {

    /** @throws ProtocolException {@code bad_request} if there is neither content nor data */
    public Payload {
        if (content == null && data == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "content or data is missing");
        }
    }

    /**
     * Checks what a publisher sent. Each argument may be null.
     *
     * @param json the text of one JSON value
     * @throws ProtocolException {@code bad_request} or {@code too_large}, except for the limits of the node
     */
    public static Payload of(String content, String json, Map<String, String> meta) {
        return new Payload(
                content == null ? null : Content.of(content), json == null ? null : Data.of(json), Meta.of(meta));
    }

    /** Nothing but text. */
    public static Payload of(String content) {
        return of(content, null, null);
    }

    /** Length of content and data in UTF-8. */
    public int bytes() {
        return (content == null ? 0 : content.bytes()) + (data == null ? 0 : data.bytes());
    }

    /** Length of all in UTF-8. */
    long heldBytes() {
        return (long) bytes() + (meta == null ? 0 : meta.bytes());
    }
}

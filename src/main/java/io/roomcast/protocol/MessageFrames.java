package io.roomcast.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Assembles {@code message} and {@code history} frames from stored bodies, without parsing them. Any thread. */
public final class MessageFrames {
    /**
     * Most bytes before a body in a page: a comma, a brace, {@code "offset":}, a number and a comma. The brace replaces
     * the opening brace of the body.
     */
    private static final int MAX_BEFORE_BODY = 32;

    private MessageFrames() {}

    /** The first bytes of a {@code message} frame, in ASCII. The stored body follows without its opening brace. */
    public static byte[] messageStart(StoredMessage message) {
        return ("{\"type\":\"message\",\"offset\":" + message.offset() + ',').getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * A {@code history} frame in UTF-8.
     *
     * @param id the client's number for the request, or null
     */
    public static byte[] history(Long id, RoomName room, HistoryPage page) {
        StringBuilder head = new StringBuilder(64);
        head.append("{\"type\":\"history\"");
        if (id != null) {
            head.append(",\"id\":").append(id.longValue());
        }
        // Names and epochs need no escaping, because they contain no quote, backslash or control character.
        head.append(",\"room\":\"").append(room.value());
        head.append("\",\"epoch\":\"").append(page.epoch());
        head.append("\",\"more\":").append(page.more());
        head.append(",\"messages\":[");
        int bytes = head.length() + 2;
        for (StoredMessage message : page.messages()) {
            bytes += message.body().length + MAX_BEFORE_BODY;
        }
        // Large enough from the start, because a page may have 256 KiB, and a buffer that grows would copy these bytes.
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes);
        out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        String separator = "";
        for (StoredMessage message : page.messages()) {
            out.writeBytes((separator + "{\"offset\":" + message.offset() + ',').getBytes(StandardCharsets.ISO_8859_1));
            out.write(message.body(), 1, message.body().length - 1);
            separator = ",";
        }
        out.write(']');
        out.write('}');
        return out.toByteArray();
    }
}

package io.roomcast.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Puts {@code message} and {@code history} frames together from stored bodies, without parsing them. */
public final class MessageFrames {
    /**
     * Most bytes before a body in a page: a comma, a brace, {@code "offset":}, a number and a comma, in place of the
     * body's own brace.
     */
    private static final int MAX_BEFORE_BODY = 32;

    private MessageFrames() {}

    /**
     * What stands before a stored body, without the body's opening brace, to make it a {@code message} frame.
     *
     * @return ASCII
     */
    public static byte[] messageStart(StoredMessage message) {
        return ("{\"type\":\"message\",\"offset\":" + message.offset() + ',').getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The {@code history} frame that answers request {@code id}, which may be null.
     *
     * @return in UTF-8
     */
    public static byte[] history(Long id, RoomName room, HistoryPage page) {
        StringBuilder head = new StringBuilder(64);
        head.append("{\"type\":\"history\"");
        if (id != null) {
            head.append(",\"id\":").append(id.longValue());
        }
        // Names and epochs need no escaping: neither may hold a quote, a backslash or a control character.
        head.append(",\"room\":\"").append(room.value());
        head.append("\",\"epoch\":\"").append(page.epoch());
        head.append("\",\"more\":").append(page.more());
        head.append(",\"messages\":[");
        int bytes = head.length() + 2;
        for (StoredMessage message : page.messages()) {
            bytes += message.body().length + MAX_BEFORE_BODY;
        }
        // Large enough from the start: a page may have a quarter of a megabyte, which should not be copied.
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

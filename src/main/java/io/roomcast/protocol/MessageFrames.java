package io.roomcast.protocol;

import java.nio.charset.StandardCharsets;

/** Puts {@code message} and {@code history} frames together from stored bodies, without parsing them. */
public final class MessageFrames {
    private MessageFrames() {}

    /**
     * What stands before a stored body, without the body's opening brace, to make it a {@code message} frame.
     *
     * @return ASCII
     */
    public static byte[] messageStart(StoredMessage message) {
        return ("{\"type\":\"message\",\"offset\":" + message.offset() + ',').getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The {@code history} frame that answers request {@code id}, which may be null. */
    public static String history(Long id, RoomName room, HistoryPage page) {
        StringBuilder out = new StringBuilder(64);
        out.append("{\"type\":\"history\"");
        if (id != null) {
            out.append(",\"id\":").append(id.longValue());
        }
        // Names and epochs need no escaping: neither may hold a quote, a backslash or a control character.
        out.append(",\"room\":\"").append(room.value());
        out.append("\",\"epoch\":\"").append(page.epoch());
        out.append("\",\"more\":").append(page.more());
        out.append(",\"messages\":[");
        String separator = "";
        for (StoredMessage message : page.messages()) {
            out.append(separator)
                    .append("{\"offset\":")
                    .append(message.offset())
                    .append(',');
            appendRest(out, message);
            separator = ",";
        }
        return out.append("]}").toString();
    }

    private static void appendRest(StringBuilder out, StoredMessage message) {
        byte[] body = message.body();
        out.append(new String(body, 1, body.length - 1, StandardCharsets.UTF_8));
    }
}

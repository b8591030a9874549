package io.roomcast.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Assembles {@code message} and {@code history} frames from stored bodies, without parsing them. Any thread. */
public final class MessageFrames {
    /**
     * Most bytes before a body in a page: a comma, a brace, {@code "offset":}, a number and a comma. The brace replaces
     * the opening brace of the body.
     */
    private static final int MAX_BEFORE_BODY = 32;

    /** What precedes the time in a body. Inside a string, a backslash precedes each quote. */
    private static final byte[] AT = "\"at\":".getBytes(StandardCharsets.ISO_8859_1);

    private static final byte[] DATA = "\"data\":".getBytes(StandardCharsets.ISO_8859_1);

    /** What is shown in place of the content of a message that has none. */
    public static final String WITHOUT_TEXT = "(a message without text)";

    /** An empty content: earlier clients leave out what has neither content nor data. */
    private static final byte[] ERASED =
            ("\"erased\":true," + "\"content\":\"\",").getBytes(StandardCharsets.ISO_8859_1);

    /** What is shown in place of the content of a message that was erased. */
    public static final String ERASED_TEXT = "(an erased message)";

    private static final byte[] NO_CONTENT = content(WITHOUT_TEXT);
    private static final byte[] PRINTED_ERASED =
            ("\"erased\":true,\"content\":\"" + ERASED_TEXT + "\",").getBytes(StandardCharsets.ISO_8859_1);

    private MessageFrames() {}

    private static byte[] content(String text) {
        return ("\"content\":\"" + text + "\",").getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The body of a message that was erased. Only its place and its time are left, by which clients know it. It follows
     * the time that it is erased, so that {@link #printable} knows the message by its beginning.
     *
     * @param body of the message as it was
     */
    public static byte[] erased(RoomName room, byte[] body) {
        String members = new String(ERASED, StandardCharsets.ISO_8859_1);
        return ("{\"at\":" + at(body) + "," + members + "\"room\":\"" + room.value()
                        + "\",\"sender\":\"\",\"name\":\"\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a body is one of {@link #erased}. */
    public static boolean isErased(byte[] body) {
        return startsWith(body, afterCommas(body, 0, 1), ERASED);
    }

    /** Whether two bodies are equal, or one of them is what is left of the other. */
    public static boolean isSame(byte[] one, byte[] other) {
        return Arrays.equals(one, other) || (isErased(one) || isErased(other)) && at(one) == at(other);
    }

    private static boolean startsWith(byte[] bytes, int from, byte[] begin) {
        return Arrays.equals(bytes, from, Math.min(from + begin.length, bytes.length), begin, 0, begin.length);
    }

    /** The time in a stored body, in milliseconds since 1970 UTC; 0 if the body has none. */
    public static long at(byte[] body) {
        // The writer puts the time first. Bodies of earlier versions have their members in any order.
        for (int start = 1; start + AT.length <= body.length; start++) {
            if ((body[start - 1] == '{' || body[start - 1] == ',')
                    && Arrays.equals(body, start, start + AT.length, AT, 0, AT.length)) {
                return number(body, start + AT.length);
            }
        }
        return 0;
    }

    private static long number(byte[] body, int from) {
        long number = 0;
        for (int i = from; i < body.length && body[i] >= '0' && body[i] <= '9'; i++) {
            number = 10 * number + body[i] - '0';
        }
        return Math.max(number, 0);
    }

    /** The first bytes of a {@code message} frame, in ASCII. The stored body follows without its opening brace. */
    public static byte[] messageStart(StoredMessage message) {
        return ("{\"type\":\"message\",\"offset\":" + message.offset() + ',').getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * The same {@code message} frames for a plain client, which prints the content of each.
     *
     * @param frames one or more frames, separated by newlines
     * @return {@code frames} itself, if every message has content
     */
    public static byte[] printable(byte[] frames) {
        ByteArrayOutputStream out = null;
        int copied = 0;
        for (int line = 0; line < frames.length; line = nextLine(frames, line)) {
            // Type, offset and time precede the data of a message without content.
            int third = afterCommas(frames, line, 3);
            boolean isErased = startsWith(frames, third, ERASED);
            if (isErased || startsWith(frames, third, DATA)) {
                out = out == null ? new ByteArrayOutputStream(frames.length + PRINTED_ERASED.length) : out;
                out.write(frames, copied, third - copied);
                out.writeBytes(isErased ? PRINTED_ERASED : NO_CONTENT);
                copied = isErased ? third + ERASED.length : third;
            }
        }
        if (out == null) {
            return frames;
        }
        out.write(frames, copied, frames.length - copied);
        return out.toByteArray();
    }

    private static int nextLine(byte[] frames, int from) {
        int end = from;
        while (end < frames.length && frames[end] != '\n') {
            end++;
        }
        return end + 1;
    }

    private static int afterCommas(byte[] bytes, int from, int count) {
        int seen = 0;
        int i = from;
        while (i < bytes.length && seen < count) {
            if (bytes[i++] == ',') {
                seen++;
            }
        }
        return i;
    }

    /**
     * A {@code results} frame in UTF-8.
     *
     * @param id the client's number for the request, or null
     */
    public static byte[] results(Long id, SearchPage page) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder("{\"type\":\"results\"");
        if (id != null) {
            head.append(",\"id\":").append(id.longValue());
        }
        head.append(",\"more\":").append(page.cursor() != 0);
        if (page.cursor() != 0) {
            head.append(",\"cursor\":\"").append(SearchPage.wire(page.cursor())).append('"');
        }
        head.append(",\"messages\":[");
        out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        String separator = "";
        for (SearchPage.Result result : page.results()) {
            String hits = result.hits().stream()
                    .map(hit -> "[" + hit.start() + "," + hit.end() + "]")
                    .collect(Collectors.joining(","));
            String before = separator + "{\"epoch\":\"" + result.epoch() + "\",\"offset\":"
                    + result.message().offset() + ",\"hits\":[" + hits + "],";
            out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
            out.write(result.message().body(), 1, result.message().body().length - 1);
            separator = ",";
        }
        out.writeBytes("]}".getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
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

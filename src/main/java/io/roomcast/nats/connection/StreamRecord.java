package io.roomcast.nats.connection;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A message as a stream has stored it.
 *
 * @param sequence number in the stream; all rooms share the numbers
 * @param millis when it was stored, by the clock of the server, in milliseconds since 1970 UTC
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StreamRecord(long sequence, long millis, Map<String, String> headers, byte[] body) {

    /** The value of a header, or null. */
    public String header(String name) {
        return headers.get(name);
    }

    /** The answer to a direct request, whose headers say what the stream knows. */
    static StreamRecord direct(Message message) {
        Headers headers = message.getHeaders();
        Map<String, String> named = new HashMap<>(8);
        headers.forEach((name, values) -> named.put(name, values.get(0)));
        return new StreamRecord(
                Long.parseLong(headers.getFirst("Nats-Sequence")),
                Instant.parse(headers.getFirst("Nats-Time-Stamp")).toEpochMilli(),
                named,
                message.getData());
    }

    /** The answer of the leader, as JSON. */
    static StreamRecord ofLeader(JsonValue reply) {
        JsonValue message = JsonValueUtils.readObject(reply, "message");
        byte[] data = decoded(JsonValueUtils.readString(message, "data"));
        ZonedDateTime time = JsonValueUtils.readDate(message, "time");
        return new StreamRecord(
                JsonValueUtils.readLong(message, "seq", 0),
                time.toInstant().toEpochMilli(),
                headers(decoded(JsonValueUtils.readString(message, "hdrs"))),
                data);
    }

    private static byte[] decoded(String base64) {
        return base64 == null ? new byte[0] : Base64.getDecoder().decode(base64);
    }

    private static Map<String, String> headers(byte[] block) {
        Map<String, String> named = new HashMap<>(4);
        for (String line : new String(block, java.nio.charset.StandardCharsets.UTF_8).split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                named.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return named;
    }
}

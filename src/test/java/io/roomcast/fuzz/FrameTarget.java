package io.roomcast.fuzz;

import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.Payload;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.ServerFrameWriter.MessageBody;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** Whatever a line holds, it is a frame or is refused as a bad one, and the answer to it can be written. */
public final class FrameTarget {
    private static final ClientFrameReader READER = new ClientFrameReader();
    private static final ServerFrameWriter WRITER = new ServerFrameWriter();

    private FrameTarget() {}

    /** The bytes are counted right, and a body with this payload is one line of JSON with the same data. */
    private static void check(Payload payload) {
        int content = payload.content() == null ? 0 : utf8(payload.content().text());
        int data = payload.data() == null ? 0 : utf8(payload.data().json());
        if (payload.bytes() != content + data) {
            throw new AssertionError("counted " + payload.bytes() + " bytes, not " + (content + data));
        }
        String body = new String(
                WRITER.body(MessageBody.of(new RoomName("lobby"), User.of(new UserId("ann")), payload, 1, null)),
                StandardCharsets.UTF_8);
        if (body.indexOf('\n') >= 0
                || body.indexOf('\ufffd') >= 0 && !wholeText(payload).contains("\ufffd")) {
            throw new AssertionError("not what was sent: " + body);
        }
        JsonObject read = read(body);
        if (payload.data() != null) {
            JsonObject alone = read("{\"data\":" + payload.data().json() + "}");
            if (alone.size() != 1 || !alone.get("data").equals(read.get("data"))) {
                throw new AssertionError("not the data that was sent: " + body);
            }
        }
    }

    /** Each join is one, of a room that no other names, or is refused with an answer that can be written. */
    private static void check(ClientFrame.Joins joins) {
        Set<RoomName> rooms = new HashSet<>();
        for (ClientFrame each : joins.each()) {
            if (each instanceof ClientFrame.Invalid invalid) {
                if (WRITER.write(invalid.why().answer()).indexOf('\n') >= 0) {
                    throw new AssertionError("an answer is one line");
                }
            } else if (!(each instanceof ClientFrame.Join join) || !rooms.add(join.room())) {
                throw new AssertionError("no join of another room: " + each);
            }
        }
        if (joins.each().isEmpty() || joins.bytes() <= 0) {
            throw new AssertionError("no rooms");
        }
    }

    private static String wholeText(Payload payload) {
        return payload.content() + " " + payload.data() + " " + payload.meta();
    }

    private static JsonObject read(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    public static void fuzzerTestOneInput(byte[] data) {
        String line = new String(data, StandardCharsets.UTF_8);
        try {
            ClientFrame frame = READER.read(line);
            if (frame instanceof ClientFrame.Publish publish) {
                check(publish.payload());
            } else if (frame instanceof ClientFrame.PublishAll publish) {
                publish.messages().forEach(message -> check(message.payload()));
            } else if (frame instanceof ClientFrame.Joins joins) {
                check(joins);
            }
        } catch (BadFrameException e) {
            if (WRITER.write(e.answer()).indexOf('\n') >= 0) {
                throw new AssertionError("an answer is one line");
            }
        }
        try {
            Position.parse(line);
        } catch (ProtocolException e) {
            // Not EPOCH:OFFSET.
        }
    }
}

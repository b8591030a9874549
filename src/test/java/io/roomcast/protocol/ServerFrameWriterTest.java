package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.ServerFrameWriter.MessageBody;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Exactly what goes over the wire. */
class ServerFrameWriterTest {
    private final ServerFrameWriter writer = new ServerFrameWriter();

    @Test
    void framesNameTheirTypeAndLeaveOutWhatIsNull() {
        assertFrame("{\"type\":\"pong\"}", writer.write(new ServerFrame.Pong(null)));
        assertFrame("{\"type\":\"pong\",\"id\":3}", writer.write(new ServerFrame.Pong(3L)));
        assertFrame(
                "{\"type\":\"ack\",\"id\":1,\"idempotencyKey\":\"k\",\"room\":\"lobby\",\"epoch\":\"e\",\"offset\":9007199254740991}",
                writer.write(new ServerFrame.Ack(1L, "k", "lobby", new Position("e", (1L << 53) - 1))));
        assertFrame(
                "{\"type\":\"ack\",\"id\":1,\"room\":\"lobby\",\"epoch\":\"e\",\"offset\":8,\"first\":7,\"count\":2}",
                writer.write(ServerFrame.Ack.ofAll(
                        1L, "lobby", List.of(new Position("e", 7, 5), new Position("e", 8)), null)));
        assertFrame(
                "{\"type\":\"ack\",\"id\":1,\"room\":\"lobby\",\"epoch\":\"f\",\"offset\":8,\"first\":7,\"count\":2,"
                        + "\"positions\":[{\"epoch\":\"e\",\"offset\":7},{\"epoch\":\"f\",\"offset\":8}],"
                        + "\"error\":{\"code\":\"busy\",\"text\":\"later\",\"retryAfterMs\":9}}",
                writer.write(ServerFrame.Ack.ofAll(
                        1L,
                        "lobby",
                        List.of(new Position("e", 7), new Position("f", 8)),
                        new ServerFrame.Refusal(ErrorCode.BUSY, "later", 9L))));
        assertFrame(
                "{\"type\":\"error\",\"room\":\"lobby\",\"code\":\"rate_limited\",\"text\":\"slow\",\"retryAfterMs\":5}",
                writer.write(new ServerFrame.Error(null, null, "lobby", ErrorCode.RATE_LIMITED, "slow", 5L)));
        assertFrame(
                "{\"type\":\"members\",\"room\":\"lobby\",\"count\":2,\"users\":["
                        + "{\"id\":\"1\",\"name\":\"ann\"},{\"id\":\"2\",\"name\":\"ann\",\"info\":{\"a\":1}}]}",
                writer.write(new ServerFrame.Members(
                        null,
                        "lobby",
                        2,
                        List.of(
                                ServerFrame.Person.of(new User(new UserId("1"), "ann", null)),
                                ServerFrame.Person.of(new User(new UserId("2"), "ann", "{\"a\":1}"))))));
        assertFrame(
                "{\"type\":\"welcome\",\"user\":\"ann\",\"name\":\"Ann Lee\",\"info\":{\"a\":[1]},\"session\":\"s\",\"node\":\"n\",\"heartbeatMs\":5,"
                        + "\"limits\":{\"frameBytes\":1,\"contentBytes\":2,\"rooms\":3,\"batch\":4,\"metaEntries\":5,\"metaBytes\":6}}",
                writer.write(new ServerFrame.Welcome(
                        null,
                        "ann",
                        "Ann Lee",
                        ServerFrame.Person.info(new User(new UserId("ann"), "Ann Lee", "{\"a\":[1]}")),
                        null,
                        "s",
                        null,
                        "n",
                        5,
                        new ServerFrame.Limits(1, 2, 3, 4, 5, 6),
                        null)));
    }

    @Test
    void plainClientsCanPrintEverythingThatComesUnasked() {
        assertFrame(
                "{\"type\":\"joined\",\"room\":\"lobby\",\"user\":\"ann\",\"name\":\"Ann Lee\",\"epoch\":\"e\",\"offset\":3,\"at\":5,\"recovered\":true,"
                        + "\"members\":2,\"revision\":7,\"sender\":\"system\",\"content\":\"Welcome to lobby, Ann Lee\"}",
                writer.write(new ServerFrame.Joined(
                                null, "lobby", "ann", "Ann Lee", null, new Position("e", 3, 5), true, 2L, 7L)
                        .printable("lobby")));
        assertFrame(
                "{\"type\":\"draining\",\"reconnectAfterMs\":7,\"room\":\"lobby\",\"sender\":\"system\","
                        + "\"content\":\"The server restarts; please reconnect\"}",
                writer.write(new ServerFrame.Draining(7).printable("lobby")));
        assertFrame(
                "{\"type\":\"error\",\"room\":\"lobby\",\"code\":\"bad_request\",\"text\":\"no\",\"sender\":\"system\","
                        + "\"content\":\"no\"}",
                writer.write(
                        new ServerFrame.Error(null, null, null, ErrorCode.BAD_REQUEST, "no", null).printable("lobby")));
    }

    @Test
    void aMessageIsItsStoredBodyWithTypeAndOffsetInFront() {
        StoredMessage message = stored(7, "line 1\nline 2 \"quoted\" \\ ä€😀 </script>\u2028", "k");
        byte[] body = message.body();
        String frame = new String(MessageFrames.messageStart(message), StandardCharsets.UTF_8)
                + new String(body, 1, body.length - 1, StandardCharsets.UTF_8);
        assertFrame(
                "{\"type\":\"message\",\"offset\":7,\"room\":\"lobby\",\"sender\":\"ann\",\"name\":\"Ann Lee\","
                        + "\"content\":\"line 1\\nline 2 \\\"quoted\\\" \\\\ ä€😀 </script>\u2028\",\"at\":5,\"idempotencyKey\":\"k\"}",
                frame);
    }

    @Test
    void timeOfAMessageIsReadFromItsBody() {
        byte[] body = stored(7, "\\\",\"at\":6,{\"at\":8", "{\"at\":9").body();
        assertEquals(5, MessageFrames.at(body));
        assertEquals("{\"at\":5,", text(body).substring(0, 8), "found at once, however long the message is");
        assertEquals(1_764_456_789_012L, at("{\"content\":\"{\\\"at\\\":1\",\"at\":1764456789012}"), "of any order");
        assertEquals(0, at("{\"content\":\"x\"}"));
        assertEquals(0, at("{\"at\":"));
        assertEquals(0, at(""));
    }

    private static long at(String body) {
        return MessageFrames.at(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPageOfHistoryHoldsItsMessages() {
        HistoryPage page = new HistoryPage("e", List.of(stored(1, "a", null), stored(2, "b", null)), true);
        assertFrame(
                "{\"type\":\"history\",\"id\":4,\"room\":\"lobby\",\"epoch\":\"e\",\"more\":true,\"messages\":["
                        + "{\"offset\":1,\"room\":\"lobby\",\"sender\":\"ann\",\"name\":\"Ann Lee\",\"content\":\"a\",\"at\":5},"
                        + "{\"offset\":2,\"room\":\"lobby\",\"sender\":\"ann\",\"name\":\"Ann Lee\",\"content\":\"b\",\"at\":5}]}",
                text(MessageFrames.history(4L, new RoomName("lobby"), page)));
        assertFrame(
                "{\"type\":\"history\",\"room\":\"lobby\",\"epoch\":\"e\",\"more\":false,\"messages\":[]}",
                text(MessageFrames.history(null, new RoomName("lobby"), new HistoryPage("e", List.of(), false))));
    }

    @Test
    void dataIsTheTextThatItsPublisherWroteAndMetaKeepsItsOrder() {
        String data = "{ \"n\":[1.0, -0,1e400,\"\\u00e4\\/\"],\"n\":null }";
        Map<String, String> meta = new LinkedHashMap<>();
        meta.put("z", "\"1\"");
        meta.put("a", "");
        String body = text(stored(1, Payload.of("hi", data, meta), "k").body());
        assertTrue(body.contains("\"data\":" + data), body);
        assertTrue(body.contains("\"meta\":{\"z\":\"\\\"1\\\"\",\"a\":\"\"}"), body);
        assertEquals("hi", json(body).getString("content"));
        assertEquals("k", json(body).getString("idempotencyKey"));
    }

    @Test
    void whatIsAbsentIsLeftOut() {
        byte[] body = stored(1, Payload.of(null, "[]", null), null).body();
        assertEquals(
                Set.of("at", "room", "sender", "name", "data"), json(text(body)).keySet());
        assertEquals(5, MessageFrames.at(body));
    }

    @Test
    void plainClientsGetATextInPlaceOfNone() {
        Payload textless = Payload.of(null, "{\"at\":1,\"content\":\"x\"}", Map.of("m", "v"));
        String first = frame(stored(1, "a,b,\"data\":", null));
        String second = frame(stored(2, textless, null));
        String third = frame(stored(3, Payload.of("c", "[1,2]", null), null));
        String lines = String.join("\n", first, second, third, second);
        String[] printable = text(MessageFrames.printable(lines.getBytes(StandardCharsets.UTF_8)))
                .split("\n", -1);
        assertEquals(4, printable.length);
        assertEquals(first, printable[0]);
        assertEquals("(a message without text)", json(printable[1]).getString("content"));
        assertEquals(json(second).get("data"), json(printable[1]).get("data"));
        assertEquals(third, printable[2]);
        assertEquals(printable[1], printable[3]);
        byte[] nothingToDo = (first + "\n" + third).getBytes(StandardCharsets.UTF_8);
        assertSame(nothingToDo, MessageFrames.printable(nothingToDo));
        byte[] strange = "x,,,\"dat".getBytes(StandardCharsets.UTF_8);
        assertSame(strange, MessageFrames.printable(strange));
    }

    @Test
    void anErasedMessageKeepsItsTimeAndPlaceOnly() {
        RoomName room = new RoomName("lobby");
        byte[] erased = MessageFrames.erased(room, stored(7, "secret", "k").body());
        assertEquals(
                "{\"at\":5,\"erased\":true,\"content\":\"\",\"room\":\"lobby\",\"sender\":\"\",\"name\":\"\"}",
                text(erased));
        assertEquals(text(erased), text(MessageFrames.erased(room, erased)));
        assertTrue(MessageFrames.isErased(erased));
        assertFalse(MessageFrames.isErased(stored(7, "\"erased\":true,", "k").body()));
        String[] printed = text(MessageFrames.printable(
                        (frame(stored(1, "a", null)) + "\n" + frame(new StoredMessage(2, erased)))
                                .getBytes(StandardCharsets.UTF_8)))
                .split("\n", -1);
        assertEquals(frame(stored(1, "a", null)), printed[0]);
        assertEquals("(an erased message)", json(printed[1]).getString("content"));
        assertEquals(
                json(frame(new StoredMessage(2, erased))).keySet(),
                json(printed[1]).keySet());
    }

    private static String frame(StoredMessage message) {
        return text(MessageFrames.messageStart(message)) + text(message.body()).substring(1);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The order of members is nobody's business. */
    private static void assertFrame(String expected, String frame) {
        assertEquals(json(expected), json(frame));
        assertEquals(-1, frame.indexOf('\n'), "frames are separated by newlines");
    }

    private static JsonObject json(String text) {
        return Json.createReader(new StringReader(text)).readObject();
    }

    private StoredMessage stored(long offset, String content, String key) {
        return stored(offset, Payload.of(content), key);
    }

    private StoredMessage stored(long offset, Payload payload, String key) {
        byte[] body = writer.body(
                MessageBody.of(new RoomName("lobby"), new User(new UserId("ann"), "Ann Lee", null), payload, 5, key));
        assertEquals('{', new String(body, StandardCharsets.UTF_8).charAt(0));
        return new StoredMessage(offset, body);
    }
}

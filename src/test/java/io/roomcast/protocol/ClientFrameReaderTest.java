package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a well-meaning client may send. */
class ClientFrameReaderTest {
    private static final long LARGEST = (1L << 53) - 1;

    private final ClientFrameReader reader = new ClientFrameReader();
    private final RoomName lobby = new RoomName("lobby");

    @Test
    void everyTypeWithAllItsMembers() {
        assertEquals(
                new ClientFrame.Hello(0L, new UserId("ann"), "t"),
                reader.read("{\"type\":\"hello\",\"id\":0,\"user\":\"ann\",\"token\":\"t\"}"));
        assertEquals(
                new ClientFrame.Join(1L, lobby, new Position("e", 41), true),
                reader.read(
                        "{\"type\":\"join\",\"id\":1,\"room\":\"lobby\",\"since\":{\"epoch\":\"e\",\"offset\":41}}"));
        assertEquals(
                new ClientFrame.Join(1L, lobby, new Position("e", 41, 7), true),
                reader.read("{\"type\":\"join\",\"id\":1,\"room\":\"lobby\","
                        + "\"since\":{\"epoch\":\"e\",\"offset\":41,\"at\":7}}"));
        assertEquals(
                new ClientFrame.Join(1L, lobby, new Position("e", 41), true),
                reader.read("{\"type\":\"join\",\"id\":1,\"room\":\"lobby\","
                        + "\"since\":{\"epoch\":\"e\",\"offset\":41,\"at\":null}}"));
        assertEquals(
                new ClientFrame.Publish(2L, lobby, "k", Payload.of("hi")),
                reader.read(
                        "{\"type\":\"publish\",\"id\":2,\"room\":\"lobby\",\"idempotencyKey\":\"k\",\"content\":\"hi\"}"));
        assertEquals(
                new ClientFrame.Signal(3L, lobby, "typing", Content.of("on")),
                reader.read(
                        "{\"type\":\"signal\",\"id\":3,\"room\":\"lobby\",\"signal\":\"typing\",\"content\":\"on\"}"));
        assertEquals(
                new ClientFrame.History(4L, lobby, new Position("e", 42), null, 200),
                reader.read("{\"type\":\"history\",\"id\":4,\"room\":\"lobby\","
                        + "\"before\":{\"epoch\":\"e\",\"offset\":42},\"limit\":200}"));
        assertEquals(
                new ClientFrame.History(null, lobby, null, new Position("e", 0, 5), 50),
                reader.read("{\"type\":\"history\",\"room\":\"lobby\","
                        + "\"after\":{\"epoch\":\"e\",\"offset\":0,\"at\":5}}"));
        assertEquals(
                new ClientFrame.Members(5L, lobby), reader.read("{\"type\":\"members\",\"id\":5,\"room\":\"lobby\"}"));
        assertEquals(new ClientFrame.Leave(6L, lobby), reader.read("{\"type\":\"leave\",\"id\":6,\"room\":\"lobby\"}"));
        assertEquals(new ClientFrame.Ping(LARGEST), reader.read("{\"type\":\"ping\",\"id\":9007199254740991}"));
    }

    /** In long lines, too: the parser reads them in pieces. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0.10E+5",
                "1e999999999",
                "12345678901234567890.123456789",
                "true",
                "\"\"",
                "\"a\\\"b\\\\\"",
                "\"\\u00e4\\ud83d\\ude00\\/ä😀\u2028\u007f\"",
                "[]",
                "[ 1 ,\t2 ]",
                "{\"a\":{\"data\":\"]}\"},\"a\":null}",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
            })
    void dataIsTheTextThatWasSent(String data) {
        for (int padding : new int[] {0, 1, 4_000, 4_090, 4_096, 9_000, 40_000}) {
            String escaped = "\\u0041".repeat(padding / 6) + "x";
            for (String line : List.of(
                    "{\"data\":" + data + "}",
                    "{\"data\" : " + data + " ,\"content\":\"" + escaped + "\"}",
                    "{\"x\":[\"" + escaped + "\"],\"d\\u0061ta\":\t" + data + ", \"meta\":{}}",
                    "{\"data\":[1],\"content\":\"" + "y".repeat(padding + 1) + "\",\"data\":" + data + "\r}")) {
                Payload payload = ((ClientFrame.Publish) reader.read(line)).payload();
                assertEquals(data, payload.data().json(), line);
                assertEquals(
                        data.getBytes(StandardCharsets.UTF_8).length,
                        payload.data().bytes());
                assertNull(payload.meta());
            }
        }
    }

    @Test
    void dataAsLargeAsAFrameIsRead() {
        String data = "[\"" + "\\u00e4ä".repeat(8_000) + "\"]";
        assertEquals(
                data,
                ((ClientFrame.Publish) reader.read("{\"data\":" + data + "}"))
                        .payload()
                        .data()
                        .json());
    }

    @Test
    void lineBreaksBetweenTheTokensOfDataBecomeBlanks() {
        assertEquals(new Data("[ 1,  2]", 8), Data.of("[\n1,\r\n2]"));
    }

    @Test
    void metaKeepsItsOrderAndCountsItsBytes() {
        Meta meta = ((ClientFrame.Publish) reader.read("{\"content\":\"x\",\"meta\":{\"z\":\"ä\",\"a\":\"\"}}"))
                .payload()
                .meta();
        assertEquals(List.of("z", "a"), List.copyOf(meta.entries().keySet()));
        assertEquals(4, meta.bytes());
        assertEquals(
                Payload.of("x"),
                ((ClientFrame.Publish) reader.read("{\"content\":\"x\",\"data\":null,\"meta\":null}")).payload());
    }

    @Test
    void severalMessagesOfOnePublish() {
        assertEquals(
                new ClientFrame.PublishAll(
                        1L,
                        lobby,
                        3,
                        List.of(
                                new NewMessage("k", Payload.of("a")),
                                new NewMessage(null, Payload.of(null, "[ 1, {\"b\":2.0} ]", null)),
                                new NewMessage(null, Payload.of("c", "\"d\"", Map.of("e", "f")))),
                        null),
                reader.read("{\"new\":[],\"messages\":[ {\"content\":\"a\",\"idempotencyKey\":\"k\",\"room\":1} ,"
                        + "{\"data\": [ 1, {\"b\":2.0} ] ,\"new\":{\"x\":[1]}},"
                        + "{\"data\":\"d\",\"meta\":{\"e\":\"f\"},\"content\":\"c\"}],\"id\":1,\"room\":\"lobby\"}"));
    }

    /** A frame of many short elements must not take many times its size. */
    @Test
    void whatIsNotNeededOfSeveralMessagesIsOnlyCounted() {
        String many = "{\"messages\":[{\"content\":\"first\"}" + ",{\"content\":\"x\"}".repeat(4_999) + "]}";
        ClientFrame.PublishAll publish = assertInstanceOf(ClientFrame.PublishAll.class, reader.read(many));
        assertEquals(5_000, publish.given());
        assertEquals(NewMessage.MOST, publish.messages().size());
        assertEquals("first", publish.messages().get(0).payload().content().text());
        publish = assertInstanceOf(
                ClientFrame.PublishAll.class,
                reader.read("{\"messages\":[{\"content\":\"x\"},7" + ",{\"content\":\"y\"}".repeat(100) + "]}"));
        assertEquals(102, publish.given());
        assertEquals(1, publish.messages().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "7",
                "{\"content\":7}",
                "{\"content\":\"\"}",
                "{\"data\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
                "{\"content\":\"x\",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
                "{\"content\":\"x\",\"meta\":[]}",
                "{\"content\":\"x\",\"idempotencyKey\":\"\"}"
            })
    void severalMessagesEndBeforeTheFirstThatIsNotValid(String wrong) {
        ClientFrame.PublishAll publish = assertInstanceOf(
                ClientFrame.PublishAll.class,
                reader.read("{\"messages\":[{\"content\":\"a\"}," + wrong + ",{\"content\":\"b\"}]}"));
        assertEquals(List.of(new NewMessage(null, Payload.of("a"))), publish.messages());
        assertEquals(3, publish.given());
        assertEquals(ErrorCode.BAD_REQUEST, publish.refusal().code());
    }

    @Test
    void withoutATypeItIsAPublishAndWhoeverItClaimsToBeIsIgnored() {
        assertEquals(
                new ClientFrame.Publish(null, lobby, null, Payload.of("hi")),
                reader.read("{\"room\":\"lobby\",\"content\":\"hi\",\"sender\":\"ann\"}"));
        assertEquals(new ClientFrame.Publish(null, null, null, Payload.of("hi")), reader.read("{\"content\":\"hi\"}"));
    }

    @Test
    void aWholeNumberMayHaveAPoint() {
        assertEquals(
                new ClientFrame.History(4L, lobby, null, new Position("e", 41, 1_796_000_000_000L), 20),
                reader.read("{\"type\":\"history\",\"id\":4.0,\"room\":\"lobby\",\"limit\":2e1,"
                        + "\"after\":{\"epoch\":\"e\",\"offset\":41.0,\"at\":1.796e12}}"));
    }

    @Test
    void nullIsAsGoodAsAbsent() {
        assertEquals(
                new ClientFrame.Join(null, lobby, null, true),
                reader.read(
                        "{\"type\":\"join\",\"id\":null,\"room\":\"lobby\",\"since\":null,\"idempotencyKey\":null}"));
    }

    @Test
    void orderAndBlanksDoNotMatter() {
        assertEquals(new ClientFrame.Ping(7L), reader.read(" \t{ \"id\" : 7 ,\"type\":\"ping\" } \t"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-1.5e300",
                "\"text\"",
                "true",
                "null",
                "[]",
                "{}",
                "[[[[1]]]]",
                "{\"type\":\"x\",\"id\":{\"id\":1}}",
                "[{\"a\":[{\"b\":null}]},{}]",
                "1e999999999",
                "\"\\ud800\""
            })
    void unknownMembersOfAnyKindAreIgnored(String value) {
        assertEquals(
                new ClientFrame.Ping(1L),
                reader.read("{\"new\":" + value + ",\"type\":\"ping\",\"other\":" + value + ",\"id\":1}"));
        assertEquals(
                new Position("e", 2),
                assertInstanceOf(
                                ClientFrame.Join.class,
                                reader.read("{\"type\":\"join\",\"since\":{\"new\":" + value
                                        + ",\"epoch\":\"e\",\"offset\":2}}"))
                        .since());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lobby", "a", "_-.:@09azAZ", "Zürich", "日本語", "𝒳", "हिन्दी", "٣"})
    void namesOfManyScripts(String name) {
        assertEquals(
                new ClientFrame.Members(null, new RoomName(name)),
                reader.read("{\"type\":\"members\",\"room\":\"" + name + "\"}"));
    }

    @Test
    void escapesAreRead() {
        ClientFrame.Publish publish = assertInstanceOf(
                ClientFrame.Publish.class,
                reader.read("{\"content\":\"\\u0041\\n\\t\\\"\\\\\\/\\ud83d\\ude00 </script>\"}"));
        assertEquals("A\n\t\"\\/😀 </script>", publish.payload().content().text());
        assertEquals(20, publish.payload().content().bytes());
    }

    @Test
    void limitsOfLengthAreInclusive() {
        String name = "x".repeat(128);
        String key = "k".repeat(64);
        assertEquals(
                new ClientFrame.Publish(null, new RoomName(name), key, Payload.of("c")),
                reader.read("{\"room\":\"" + name + "\",\"idempotencyKey\":\"" + key + "\",\"content\":\"c\"}"));
    }

    @Test
    void thirtyTwoLevelsOfWhatIsIgnoredArePassedOver() {
        String deep = "[".repeat(32) + "]".repeat(32);
        assertEquals(new ClientFrame.Ping(null), reader.read("{\"x\":" + deep + ",\"type\":\"ping\"}"));
    }

    @Test
    void aLongFrameEndsWhereItEnds() {
        // Longer than any buffer of the parser, with characters of one to four bytes.
        String content = "aä€😀".repeat(20_000);
        ClientFrame.Publish publish =
                assertInstanceOf(ClientFrame.Publish.class, reader.read("{\"content\":\"" + content + "\"}  "));
        assertEquals(content, publish.payload().content().text());
        assertEquals(200_000, publish.payload().content().bytes());
    }

    @Test
    void tokensAreNeverPrinted() {
        ClientFrame hello = reader.read("{\"type\":\"hello\",\"token\":\"secret\"}");
        assertFalse(hello.toString().contains("secret"));
        assertNull(hello.id());
    }
}

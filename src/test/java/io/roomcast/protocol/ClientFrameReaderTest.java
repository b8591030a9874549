package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

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
                new ClientFrame.Join(1L, lobby, new Position("e", 41)),
                reader.read(
                        "{\"type\":\"join\",\"id\":1,\"room\":\"lobby\",\"since\":{\"epoch\":\"e\",\"offset\":41}}"));
        assertEquals(
                new ClientFrame.Join(1L, lobby, new Position("e", 41, 7)),
                reader.read("{\"type\":\"join\",\"id\":1,\"room\":\"lobby\","
                        + "\"since\":{\"epoch\":\"e\",\"offset\":41,\"at\":7}}"));
        assertEquals(
                new ClientFrame.Join(1L, lobby, new Position("e", 41)),
                reader.read("{\"type\":\"join\",\"id\":1,\"room\":\"lobby\","
                        + "\"since\":{\"epoch\":\"e\",\"offset\":41,\"at\":null}}"));
        assertEquals(
                new ClientFrame.Publish(2L, lobby, "k", Content.of("hi")),
                reader.read("{\"type\":\"publish\",\"id\":2,\"room\":\"lobby\",\"key\":\"k\",\"content\":\"hi\"}"));
        assertEquals(
                new ClientFrame.Signal(3L, lobby, "typing", Content.of("on")),
                reader.read(
                        "{\"type\":\"signal\",\"id\":3,\"room\":\"lobby\",\"signal\":\"typing\",\"content\":\"on\"}"));
        assertEquals(
                new ClientFrame.History(4L, lobby, 42, -1, 200),
                reader.read("{\"type\":\"history\",\"id\":4,\"room\":\"lobby\",\"before\":42,\"limit\":200}"));
        assertEquals(
                new ClientFrame.History(null, lobby, 0, 0, 50),
                reader.read("{\"type\":\"history\",\"room\":\"lobby\",\"after\":0}"));
        assertEquals(
                new ClientFrame.Members(5L, lobby), reader.read("{\"type\":\"members\",\"id\":5,\"room\":\"lobby\"}"));
        assertEquals(new ClientFrame.Leave(6L, lobby), reader.read("{\"type\":\"leave\",\"id\":6,\"room\":\"lobby\"}"));
        assertEquals(new ClientFrame.Ping(LARGEST), reader.read("{\"type\":\"ping\",\"id\":9007199254740991}"));
    }

    @Test
    void withoutATypeItIsAPublishAndWhoeverItClaimsToBeIsIgnored() {
        assertEquals(
                new ClientFrame.Publish(null, lobby, null, Content.of("hi")),
                reader.read("{\"room\":\"lobby\",\"content\":\"hi\",\"sender\":\"ann\"}"));
        assertEquals(new ClientFrame.Publish(null, null, null, Content.of("hi")), reader.read("{\"content\":\"hi\"}"));
    }

    @Test
    void nullIsAsGoodAsAbsent() {
        assertEquals(
                new ClientFrame.Join(null, lobby, null),
                reader.read("{\"type\":\"join\",\"id\":null,\"room\":\"lobby\",\"since\":null,\"key\":null}"));
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
        assertEquals("A\n\t\"\\/😀 </script>", publish.content().text());
        assertEquals(20, publish.content().bytes());
    }

    @Test
    void limitsOfLengthAreInclusive() {
        String name = "x".repeat(128);
        String key = "k".repeat(64);
        assertEquals(
                new ClientFrame.Publish(null, new RoomName(name), key, Content.of("c")),
                reader.read("{\"room\":\"" + name + "\",\"key\":\"" + key + "\",\"content\":\"c\"}"));
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
        assertEquals(content, publish.content().text());
        assertEquals(200_000, publish.content().bytes());
    }

    @Test
    void tokensAreNeverPrinted() {
        ClientFrame hello = reader.read("{\"type\":\"hello\",\"token\":\"secret\"}");
        assertFalse(hello.toString().contains("secret"));
        assertNull(hello.id());
    }
}

package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client should send: each line is refused with a code, none takes long, and none throws anything else. */
class BadFrameTest {
    private static final String LONG = "x".repeat(129);
    private static final String PLACE = "{\"epoch\":\"e\",\"offset\":1}";
    private static final String FAR_TOO_DEEP = "[".repeat(10_000);

    private final ClientFrameReader reader = new ClientFrameReader();

    static Stream<String> notFrames() {
        return Stream.of(
                "",
                " ",
                "hello",
                "null",
                "1",
                "\"text\"",
                "[]",
                "[{\"type\":\"ping\"}]",
                "{",
                "}",
                "{\"type\"",
                "{\"type\":",
                "{\"type\":\"ping\"",
                "{\"type\":\"ping\",}",
                "{type:\"ping\"}",
                "{'type':'ping'}",
                "{\"type\":\"ping\"}}",
                "{\"type\":\"ping\"}{\"type\":\"ping\"}",
                "{\"type\":\"ping\"} x",
                "{\"type\":\"ping\" \"id\":1}",
                "{\"type\":\"ping\",\"id\":01}",
                "{\"type\":\"ping\",\"id\":+1}",
                "{\"type\":\"ping\",\"id\":NaN}",
                "{\"type\":\"pi\u0001ng\"}",
                "{\"type\":\"\\x\"}",
                "{\"type\":\"\\u12\"}",
                "{\"type\":\"ping",
                "\ufeff{\"type\":\"ping\"}",
                "{\"x\":tru}",
                "{\"x\":[1,}",
                "{\"x\":[",
                "{\"x\":{\"y\":",
                "{\"x\":[[[[",
                "[".repeat(10_000),
                "{\"x\":" + "[".repeat(10_000),
                "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}",
                "{\"x\":" + "{\"x\":".repeat(10_000) + "1" + "}".repeat(10_001),
                "{\"since\":{\"x\":" + "[".repeat(33) + "]".repeat(33) + "}}",
                "<xml/>",
                "/* */{}");
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("notFrames")
    void whatIsNoFrameIsABadRequest(String line) {
        assertEquals("bad_request", refused(line).code());
    }

    /** A type that exists, and a member of it that is wrong; the answer carries the id wherever it could be read. */
    static Stream<Arguments> wrongMembers() {
        return Stream.of(
                Arguments.of("bad_request", "\"type\":\"publihs\""),
                Arguments.of("bad_request", "\"type\":\"\""),
                Arguments.of("bad_request", "\"type\":\"Publish\",\"content\":\"x\""),
                Arguments.of("bad_request", "\"room\":\"lobby\""),
                Arguments.of("bad_request", "\"content\":\"\""),
                Arguments.of("bad_request", "\"content\":\"\\u0000\""),
                Arguments.of("bad_request", "\"content\":\"\\r\""),
                Arguments.of("bad_request", "\"content\":\"\\u001b[31m\""),
                Arguments.of("bad_request", "\"content\":\"\\u007f\""),
                Arguments.of("bad_request", "\"content\":\"\\u0085\""),
                Arguments.of("bad_request", "\"content\":\"\\ud83d\""),
                Arguments.of("bad_request", "\"content\":\"\\ude00\\ud83d\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"a b\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"a/b\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"a\\u0000\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"\\ud83d\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"<b>\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"Zu\u0308rich\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"room\":\"a\u200bb\""),
                Arguments.of("too_large", "\"content\":\"x\",\"room\":\"" + LONG + "\""),
                Arguments.of("bad_request", "\"content\":null,\"data\":null"),
                Arguments.of("bad_request", "\"meta\":{\"a\":\"1\"}"),
                Arguments.of("bad_request", "\"content\":\"\",\"data\":1"),
                Arguments.of("bad_request", "\"data\":\"\\ud83d\""),
                Arguments.of("bad_request", "\"data\":\"\\ude00\\ud83d\""),
                Arguments.of("bad_request", "\"data\":\"\\ud83d\ude00\""),
                Arguments.of("bad_request", "\"data\":\"\\ud83d\\\\ude00\""),
                Arguments.of("bad_request", "\"data\":\"\ud83d\""),
                Arguments.of("bad_request", "\"data\":{\"\\uDBFFx\":1}"),
                Arguments.of("bad_request", "\"data\":[\"" + "9".repeat(2_000) + "\", -" + "9".repeat(1_000) + "]"),
                Arguments.of("bad_request", "\"data\":" + "[".repeat(33) + "]".repeat(33)),
                Arguments.of("bad_request", "\"data\":1,\"meta\":{\"\":\"x\"}"),
                Arguments.of("bad_request", "\"data\":1,\"meta\":{\"a\\n\":\"x\"}"),
                Arguments.of("bad_request", "\"data\":1,\"meta\":{\"a\":\"\\u0000\"}"),
                Arguments.of("bad_request", "\"data\":1,\"meta\":{\"a\":\"\\ud83d\"}"),
                Arguments.of("too_large", "\"data\":1,\"meta\":{\"" + LONG + "\":\"x\"}"),
                Arguments.of("bad_request", "\"content\":\"x\",\"idempotencyKey\":\"\""),
                Arguments.of("bad_request", "\"content\":\"x\",\"idempotencyKey\":\"\\n\\u0007\""),
                Arguments.of("too_large", "\"content\":\"x\",\"idempotencyKey\":\"" + LONG + "\""),
                Arguments.of("bad_request", "\"messages\":[]"),
                Arguments.of("bad_request", "\"messages\":{}"),
                Arguments.of("bad_request", "\"messages\":\"x\""),
                Arguments.of("bad_request", "\"messages\":[1]"),
                Arguments.of("bad_request", "\"messages\":[null,{\"content\":\"x\"}]"),
                Arguments.of("bad_request", "\"messages\":[[{\"content\":\"x\"}]]"),
                Arguments.of("bad_request", "\"messages\":[{}]"),
                Arguments.of("bad_request", "\"messages\":[{\"messages\":[{\"content\":\"x\"}]}]"),
                Arguments.of("bad_request", "\"messages\":[{\"content\":1}]"),
                Arguments.of("bad_request", "\"messages\":[{\"data\":\"\\ud83d\"}]"),
                Arguments.of("bad_request", "\"messages\":[{\"data\":" + "[".repeat(33) + "]".repeat(33) + "}]"),
                Arguments.of("bad_request", "\"messages\":[{\"x\":" + FAR_TOO_DEEP),
                Arguments.of("bad_request", "\"messages\":" + FAR_TOO_DEEP),
                Arguments.of("bad_request", "\"messages\":[{\"content\":\"x\"}],\"room\":\"a b\""),
                Arguments.of("bad_request", "\"messages\":[{\"content\":\"x\"}],\"content\":\"y\""),
                Arguments.of("bad_request", "\"messages\":[{\"content\":\"x\"}],\"data\":1"),
                Arguments.of("bad_request", "\"messages\":[{\"content\":\"x\"}],\"meta\":{}"),
                Arguments.of("bad_request", "\"messages\":[{\"content\":\"x\"}],\"idempotencyKey\":\"k\""),
                Arguments.of("too_large", "\"messages\":[{\"content\":\"x\",\"idempotencyKey\":\"" + LONG + "\"}]"),
                Arguments.of("bad_request", "\"type\":\"signal\",\"room\":\"lobby\""),
                Arguments.of("bad_request", "\"type\":\"signal\",\"signal\":\"\""),
                Arguments.of("too_large", "\"type\":\"signal\",\"signal\":\"" + LONG + "\""),
                Arguments.of("bad_request", "\"type\":\"signal\",\"signal\":\"typing\",\"content\":\"\\u0000\""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\"\""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\" a\""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\"a \""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\"a\\tb\""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\"a\u202eb\""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\"a\u200bb\""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\"a\\ud83d\""),
                Arguments.of("bad_request", "\"type\":\"hello\",\"user\":\"Zu\u0308rich\""),
                Arguments.of("forbidden", "\"type\":\"hello\",\"user\":\"System\""),
                Arguments.of("too_large", "\"type\":\"hello\",\"user\":\"" + "x".repeat(256) + "\""),
                Arguments.of("bad_request", "\"type\":\"history\",\"limit\":0"),
                Arguments.of("bad_request", "\"type\":\"history\",\"limit\":201"),
                Arguments.of("bad_request", "\"type\":\"history\",\"before\":" + PLACE + ",\"after\":" + PLACE),
                Arguments.of("bad_request", "\"type\":\"history\",\"before\":{}"),
                Arguments.of("bad_request", "\"type\":\"history\",\"after\":{\"epoch\":\"e\"}"),
                Arguments.of("bad_request", "\"type\":\"history\",\"after\":{\"offset\":1}"),
                Arguments.of("bad_request", "\"type\":\"join\",\"since\":{}"),
                Arguments.of("bad_request", "\"type\":\"join\",\"since\":{\"epoch\":\"e\"}"),
                Arguments.of("bad_request", "\"type\":\"join\",\"since\":{\"offset\":1}"),
                Arguments.of("bad_request", "\"type\":\"join\",\"since\":{\"epoch\":\"\",\"offset\":1}"),
                Arguments.of("bad_request", "\"type\":\"join\",\"since\":{\"epoch\":\"" + LONG + "\",\"offset\":1}"),
                Arguments.of("bad_request", "\"type\":\"join\",\"since\":{\"epoch\":\"e\",\"at\":1}"));
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("wrongMembers")
    void aWrongMemberIsRefusedWithTheIdOfItsFrame(String code, String members) {
        ServerFrame.Error answer = refused("{\"id\":17," + members + "}");
        assertEquals(code, answer.code());
        assertEquals(17, answer.id());
    }

    static Stream<Arguments> wrongKinds() {
        List<String> strings = List.of("type", "room", "user", "token", "idempotencyKey", "content", "signal");
        List<String> notStrings = List.of("1", "true", "[]", "{}", "[\"x\"]", "{\"x\":\"y\"}", FAR_TOO_DEEP);
        List<String> numbers = List.of("id", "limit");
        List<String> notNumbers = List.of(
                "\"1\"",
                "true",
                "[]",
                "{}",
                "-1",
                "-1.0",
                "1.5",
                "15e-1",
                "9007199254740992",
                "9007199254740992.0",
                "9".repeat(60_000),
                "1." + "0".repeat(60_000),
                "1e16",
                "1e999999999",
                "1e-999999999",
                "1e99999999999");
        return Stream.of(
                        strings.stream().flatMap(m -> notStrings.stream().map(v -> Arguments.of(m, v))),
                        numbers.stream().flatMap(m -> notNumbers.stream().map(v -> Arguments.of(m, v))),
                        Stream.of("1", "\"x\"", "true", "[]", "{\"a\":1}", "{\"a\":null}", "{\"a\":{\"b\":\"c\"}}")
                                .map(v -> Arguments.of("meta", v)),
                        Stream.of(
                                        "1",
                                        "\"e:1\"",
                                        "[]",
                                        "true",
                                        "{\"epoch\":1}",
                                        "{\"offset\":\"1\"}",
                                        "{\"offset\":-1}",
                                        "{\"at\":\"1\"}",
                                        "{\"at\":-1}",
                                        "{\"at\":1.5}",
                                        "{\"at\":[1]}",
                                        "{\"at\":9007199254740992}")
                                .flatMap(v ->
                                        Stream.of("since", "before", "after").map(member -> Arguments.of(member, v))))
                .flatMap(s -> s);
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("wrongKinds")
    void everyMemberIsStrictAboutItsKind(String member, String value) {
        ServerFrame.Error answer = refused("{\"" + member + "\":" + value + ",\"type\":\"ping\",\"x\":1}");
        assertEquals("bad_request", answer.code());
        assertTrue(answer.text().contains(member) || answer.text().equals("not JSON"), answer.text());
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("wrongKinds")
    void whatIsOfTheWrongKindIsAnsweredByIdAndKey(String member, String value) {
        ServerFrame.Error answer = refused("{\"" + member + "\":" + value + ",\"id\":17,\"idempotencyKey\":\"k\"}");
        // The parser reads nothing after a value that is nested far too deep.
        if (!value.equals(FAR_TOO_DEEP)) {
            assertEquals(17, answer.id());
            assertEquals("k", answer.idempotencyKey());
        }
    }

    /** The parser gives up at some depth of its own. */
    @ParameterizedTest
    @ValueSource(ints = {33, 999, 1_000, 10_000})
    void whatIsNestedTooDeepIsRefusedWithTheIdBeforeIt(int depth) {
        for (String deep :
                List.of("[".repeat(depth) + "]".repeat(depth), "{\"y\":".repeat(depth) + "1" + "}".repeat(depth))) {
            ServerFrame.Error answer = refused("{\"id\":17,\"type\":\"ping\",\"x\":" + deep + "}");
            assertEquals("bad_request", answer.code());
            assertEquals("nested more than 32 deep", answer.text());
            assertEquals(17, answer.id());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 10_000})
    void aRoomThatIsNestedTooDeepIsRefusedWithItsFrame(int depth) {
        String deep = "[".repeat(depth) + "]".repeat(depth);
        ServerFrame.Error answer =
                refused("{\"id\":17,\"type\":\"join\",\"rooms\":[\"a\",{\"room\":\"b\",\"x\":" + deep + "}]}");
        assertEquals(17, answer.id());
        assertEquals("nested more than 32 deep", answer.text());
    }

    /** Members get the text as it was sent, so that nothing may pass that is no JSON. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[1,]",
                "[,1]",
                "[1 2]",
                "{\"a\":1,}",
                "{\"a\" 1}",
                "{a:1}",
                "{1:1}",
                "01",
                "1.",
                ".5",
                "+1",
                "-",
                "1e",
                "0x1",
                "NaN",
                "tru",
                "True",
                "'a'",
                "\"a\tb\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"open",
                "\ufeff1",
                "\u00a01",
                "1,",
                "1}",
                "1//",
                "/**/1",
                "undefined"
            })
    void dataThatIsNoJsonIsRefused(String data) {
        assertEquals("bad_request", refused("{\"data\":" + data + "}").code(), data);
        assertEquals(
                "bad_request",
                refused("{\"data\":{\"x\":[" + data + ",1]},\"id\":1}").code(),
                data);
    }

    @Test
    void anErrorOfMetaNamesTheEntry() {
        assertEquals(
                "meta.trace-id must be a string",
                refused("{\"meta\":{\"a\":\"\",\"trace-id\":1}}").text());
        assertEquals(
                "entry 2 of meta must be a string",
                refused("{\"meta\":{\"a\":\"\",\"<b>\":1}}").text());
        assertEquals(
                "meta.a has the control character U+0007",
                refused("{\"data\":1,\"meta\":{\"a\":\"\\u0007\"}}").text());
        assertEquals(
                "the name of entry 1 of meta is empty",
                refused("{\"data\":1,\"meta\":{\"\":\"\"}}").text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\u0000"})
    void aKeyThatIsRefusedIsNotEchoed(String character) {
        ServerFrame.Error answer = refused("{\"id\":1,\"content\":\"x\",\"idempotencyKey\":\"a" + character + "\"}");
        assertNull(answer.idempotencyKey(), "it could not be sent, or not be read");
        assertNull(
                refused("{\"content\":\"x\",\"idempotencyKey\":\"" + LONG + "\"}")
                        .idempotencyKey(),
                "an answer need not be long");
    }

    @Test
    void aGoodKeyIsEchoedWithWhateverElseIsWrong() {
        assertEquals("k", refused("{\"idempotencyKey\":\"k\",\"content\":\"\"}").idempotencyKey());
    }

    @Test
    void whateverIsMangledIsAFrameOrRefused() {
        String[] seeds = {
            "{\"type\":\"join\",\"id\":1,\"room\":\"lobby\",\"since\":{\"epoch\":\"x\",\"offset\":41,\"at\":5}}",
            "{\"type\":\"publish\",\"id\":2,\"room\":\"lobby\",\"idempotencyKey\":\"uuid\",\"content\":\"h\\u00e4\\n😀\"}",
            "{\"type\":\"history\",\"x\":[1,{\"y\":[null,true,-1.5e3]}],\"limit\":50}"
        };
        String alphabet = "{}[]\":,\\u0019-.eE+ntf \n\r\t\0ä\ud83d";
        Random random = new Random(1);
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < 20_000; i++) {
                StringBuilder line = new StringBuilder(seeds[random.nextInt(seeds.length)]);
                for (int changes = random.nextInt(4) + 1; changes > 0 && !line.isEmpty(); changes--) {
                    int at = random.nextInt(line.length());
                    char c = alphabet.charAt(random.nextInt(alphabet.length()));
                    switch (random.nextInt(4)) {
                        case 0 -> line.setCharAt(at, c);
                        case 1 -> line.insert(at, c);
                        case 2 -> line.deleteCharAt(at);
                        default -> line.setLength(at);
                    }
                }
                readOrRefuse(line.toString());
            }
        });
    }

    private void readOrRefuse(String line) {
        try {
            assertNotNull(reader.read(line));
        } catch (BadFrameException e) {
            assertNotNull(e.answer());
        } catch (RuntimeException | Error e) {
            throw new AssertionError("on: " + line, e);
        }
    }

    private ServerFrame.Error refused(String line) {
        BadFrameException bad = assertThrows(BadFrameException.class, () -> reader.read(line));
        assertNotNull(bad.getMessage());
        return bad.answer();
    }
}

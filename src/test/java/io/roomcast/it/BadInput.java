package io.roomcast.it;

import static io.roomcast.support.RawWebSocket.BINARY;
import static io.roomcast.support.RawWebSocket.CLOSE;
import static io.roomcast.support.RawWebSocket.CONTINUATION;
import static io.roomcast.support.RawWebSocket.NO_CLOSE_FRAME;
import static io.roomcast.support.RawWebSocket.PING;
import static io.roomcast.support.RawWebSocket.TEXT;

import io.roomcast.support.RawWebSocket;
import io.roomcast.support.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One thing that no client should send, and what becomes of it: the code of the error that answers it while the
 * connection stays, or else the codes of which the connection is closed with one.
 */
record BadInput(String name, String errorCode, Set<Integer> closeCodes, BiConsumer<RawWebSocket, String> sending) {
    private static final int FRAME_BYTES = 64 * 1024;
    /** Some servers show the application no part of a message before they have this much of it. */
    private static final int SERVER_BUFFER = 16 * 1024;

    private static final int PROTOCOL_ERROR = 1002;
    private static final int NOT_UTF8 = 1007;
    private static final int TOO_LARGE = 1009;
    private static final String LONG = "x".repeat(129);

    static final List<BadInput> ALL = List.of(
            refused("not JSON", "bad_request", "hello"),
            refused("half an object", "bad_request", "{\"type\":\"ping\""),
            refused("an array", "bad_request", "[{\"type\":\"ping\"}]"),
            refused("text behind the object", "bad_request", "{\"type\":\"ping\"}{\"type\":\"ping\"}"),
            refused("unknown type", "bad_request", "{\"type\":\"shout\",\"room\":\"$\"}"),
            refused("no content", "bad_request", "{\"type\":\"publish\",\"room\":\"$\"}"),
            refused("no signal", "bad_request", "{\"type\":\"signal\",\"room\":\"$\"}"),
            refused("a number for a room", "bad_request", "{\"room\":1,\"content\":\"x\"}"),
            refused("a string for an id", "bad_request", "{\"type\":\"ping\",\"id\":\"1\"}"),
            refused("an id too large", "bad_request", "{\"type\":\"ping\",\"id\":9007199254740992}"),
            refused("an object for content", "bad_request", "{\"content\":{\"x\":1}}"),
            refused("over-long room", "too_large", "{\"room\":\"" + LONG + "\",\"content\":\"x\"}"),
            refused(
                    "over-long key",
                    "too_large",
                    "{\"room\":\"$\",\"idempotencyKey\":\"" + LONG + "\",\"content\":\"x\"}"),
            refused("over-long content", "too_large", "{\"room\":\"$\",\"content\":\"" + "€".repeat(6_000) + "\"}"),
            refused("control character", "bad_request", "{\"room\":\"$\",\"content\":\"\\u0000\"}"),
            refused("raw control character", "bad_request", "{\"room\":\"$\",\"content\":\"\u0001\"}"),
            refused("escape sequence", "bad_request", "{\"room\":\"$\",\"content\":\"\\u001b[2J\"}"),
            refused("half a surrogate pair", "bad_request", "{\"room\":\"$\",\"content\":\"\\ud83d\"}"),
            refused(
                    "such a half as key",
                    "bad_request",
                    "{\"room\":\"$\",\"idempotencyKey\":\"\\ud83d\",\"content\":\"x\"}"),
            refused("neither content nor data", "bad_request", "{\"room\":\"$\",\"data\":null}"),
            refused("data without an end", "bad_request", "{\"room\":\"$\",\"data\":[1"),
            refused("data that is no JSON", "bad_request", "{\"room\":\"$\",\"data\":[1,]}"),
            refused("half a surrogate pair in data", "bad_request", "{\"room\":\"$\",\"data\":[\"\\ud83d\"]}"),
            refused("such a half as a name in data", "bad_request", "{\"room\":\"$\",\"data\":{\"\\ude00\":1}}"),
            refused("data that is too deep", "bad_request", "{\"room\":\"$\",\"data\":" + nested(33) + "}"),
            refused("data far too deep", "bad_request", "{\"room\":\"$\",\"data\":" + nested(10_000) + "}"),
            refused("an endless number", "bad_request", "{\"room\":\"$\",\"data\":[" + "9".repeat(16_000) + "]}"),
            refused("too much data", "too_large", "{\"room\":\"$\",\"data\":\"" + "€".repeat(6_000) + "\"}"),
            refused(
                    "too much content and data",
                    "too_large",
                    "{\"room\":\"$\",\"content\":\"" + "x".repeat(9_000) + "\",\"data\":\"" + "x".repeat(9_000)
                            + "\"}"),
            refused("text for meta", "bad_request", "{\"room\":\"$\",\"data\":1,\"meta\":\"x\"}"),
            refused("a number in meta", "bad_request", "{\"room\":\"$\",\"data\":1,\"meta\":{\"a\":1}}"),
            refused("an object in meta", "bad_request", "{\"room\":\"$\",\"data\":1,\"meta\":{\"a\":{\"b\":\"c\"}}}"),
            refused("meta without a name", "bad_request", "{\"room\":\"$\",\"data\":1,\"meta\":{\"\":\"x\"}}"),
            refused(
                    "an over-long name in meta",
                    "too_large",
                    "{\"room\":\"$\",\"data\":1,\"meta\":{\"" + LONG + "\":\"x\"}}"),
            refused("half a pair in meta", "bad_request", "{\"room\":\"$\",\"data\":1,\"meta\":{\"a\":\"\\ud83d\"}}"),
            refused(
                    "too large meta",
                    "too_large",
                    "{\"room\":\"$\",\"data\":1,\"meta\":{\"a\":\"" + "x".repeat(1_024) + "\"}}"),
            refused(
                    "too many entries in meta",
                    "too_large",
                    "{\"room\":\"$\",\"data\":1,\"meta\":{" + entries(17) + "}}"),
            refused(
                    "5,000 entries in meta",
                    "too_large",
                    "{\"room\":\"$\",\"data\":1,\"meta\":{" + entries(5_000) + "}}"),
            refused("a number for a position", "bad_request", "{\"type\":\"history\",\"after\":1}"),
            refused("half a position", "bad_request", "{\"type\":\"history\",\"before\":{\"offset\":1}}"),
            refused(
                    "a position of no epoch",
                    "renumbered",
                    "{\"type\":\"history\",\"room\":\"$\",\"before\":{\"epoch\":\"x\",\"offset\":1}}"),
            refused(
                    "a position too far",
                    "bad_request",
                    "{\"type\":\"history\",\"room\":\"$\",\"before\":{\"epoch\":\"x\",\"offset\":9007199254740992}}"),
            refused("a search for nothing", "bad_request", "{\"type\":\"search\",\"room\":\"$\",\"text\":\"?!\"}"),
            refused("a search for one letter", "bad_request", "{\"type\":\"search\",\"text\":\"a*\"}"),
            refused("a number to search for", "bad_request", "{\"type\":\"search\",\"text\":1}"),
            refused("a search in no rooms", "bad_request", "{\"type\":\"search\",\"text\":\"x\",\"rooms\":[]}"),
            refused("a made-up cursor", "bad_request", "{\"type\":\"search\",\"text\":\"x\",\"cursor\":\"!\"}"),
            refused("an over-long search", "too_large", "{\"type\":\"search\",\"text\":\"" + "x".repeat(257) + "\"}"),
            refused("room and rooms", "bad_request", "{\"type\":\"join\",\"room\":\"$\",\"rooms\":[\"$-2\"]}"),
            refused("no rooms", "bad_request", "{\"type\":\"join\",\"rooms\":[]}"),
            refused("a room for rooms", "bad_request", "{\"type\":\"join\",\"rooms\":\"$\"}"),
            refused("a number among rooms", "bad_request", "{\"type\":\"join\",\"rooms\":[\"$\",1]}"),
            refused("the same room twice", "bad_request", "{\"type\":\"join\",\"rooms\":[\"$\",{\"room\":\"$\"}]}"),
            refused("over-long room among rooms", "too_large", "{\"type\":\"join\",\"rooms\":[\"" + LONG + "\"]}"),
            refused("rooms without an end", "bad_request", "{\"type\":\"join\",\"rooms\":[{\"room\":\"$\""),
            refused("deep rooms", "bad_request", "{\"type\":\"join\",\"rooms\":" + nested(10_000) + "}"),
            refused(
                    "a deep member among rooms",
                    "bad_request",
                    "{\"type\":\"join\",\"rooms\":[{\"room\":\"$\",\"x\":" + nested(10_000) + "}]}"),
            refused("rooms by the thousand", "too_many_rooms", "{\"type\":\"join\",\"rooms\":[" + rooms(5_000) + "]}"),
            refused("a word for presence", "bad_request", "{\"type\":\"join\",\"room\":\"$\",\"presence\":\"no\"}"),
            refused("markup as a room", "bad_request", "{\"room\":\"<script>\",\"content\":\"x\"}"),
            refused("10,000 nested arrays", "bad_request", "[".repeat(10_000) + "]".repeat(10_000)),
            refused(
                    "10,000 nested arrays within",
                    "bad_request",
                    "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}"),
            refused("10,000 open arrays", "bad_request", "{\"x\":" + "[".repeat(10_000)),
            refused("60,000 digits", "bad_request", "{\"id\":" + "9".repeat(60_000) + "}"),
            refused("a room that is not joined", "not_joined", "{\"room\":\"elsewhere\",\"content\":\"x\"}"),
            new BadInput("binary", "bad_request", Set.of(), (raw, room) -> raw.send(BINARY, true, new byte[100])),
            new BadInput("binary in fragments", "bad_request", Set.of(), (raw, room) -> {
                raw.send(BINARY, false, new byte[100]);
                raw.send(CONTINUATION, true, new byte[100]);
            }),
            closed("text that is not UTF-8", NOT_UTF8, raw -> raw.send(TEXT, true, bytes("{\"content\":\"\u00ff\"}"))),
            closed("overlong UTF-8", NOT_UTF8, raw -> raw.send(TEXT, true, new byte[] {(byte) 0xc0, (byte) 0x80})),
            closed(
                    "UTF-8 that breaks off",
                    NOT_UTF8,
                    raw -> raw.send(TEXT, true, new byte[] {(byte) 0xe2, (byte) 0x82})),
            closed("a text above the limit", TOO_LARGE, raw -> raw.send(TEXT, true, text(FRAME_BYTES + 1))),
            closed("wide text above the limit", TOO_LARGE, raw -> raw.text("€".repeat(FRAME_BYTES / 3 + 1))),
            closed("binary above the limit", TOO_LARGE, raw -> raw.send(BINARY, true, new byte[FRAME_BYTES + 1])),
            closed("a text that never ends", TOO_LARGE, raw -> endless(raw, TEXT)),
            closed("binary that never ends", TOO_LARGE, raw -> endless(raw, BINARY)),
            closed("a first fragment above the limit", TOO_LARGE, raw -> raw.send(TEXT, false, text(FRAME_BYTES + 1))),
            closed("a frame of 256 KiB", TOO_LARGE, raw -> raw.send(TEXT, true, text(256 << 10))),
            closed("a frame of which the end never comes", TOO_LARGE, raw -> {
                raw.header(0x80 | TEXT, 3 << 20);
                for (int sent = 0; sent < 320 << 10; sent += 1_000) {
                    raw.write(text(1_000));
                }
            }),
            // Where an application server reads, who does not listen while it sends may not come to read why.
            new BadInput(
                    "a frame of 8 MiB",
                    null,
                    TestServer.isRunning() ? Set.of(TOO_LARGE, NO_CLOSE_FRAME) : Set.of(TOO_LARGE),
                    (raw, room) -> raw.send(TEXT, true, text(8 << 20))),
            closed("reserved bits", PROTOCOL_ERROR, raw -> raw.send(0x70 | TEXT, true, text(5))),
            closed("unknown opcode", PROTOCOL_ERROR, raw -> raw.send(0x3, true, text(5))),
            closed("a fragment of nothing", PROTOCOL_ERROR, raw -> raw.send(CONTINUATION, true, text(5))),
            closed("a ping that is too long", PROTOCOL_ERROR, raw -> raw.send(PING, true, text(126))),
            closed("a ping in fragments", PROTOCOL_ERROR, raw -> raw.send(PING, false, text(5))),
            closed(
                    "a close that nobody may send",
                    PROTOCOL_ERROR,
                    raw -> raw.send(CLOSE, true, new byte[] {3, (byte) 0xed})),
            new BadInput("half a frame, then nothing", null, Set.of(), (raw, room) -> {
                raw.header(0x80 | TEXT, 50_000);
                raw.write(text(10));
                raw.cut();
            }),
            new BadInput("half a message, then nothing", null, Set.of(), (raw, room) -> {
                raw.send(TEXT, false, text(1_000));
                raw.cut();
            }));

    /** @param frame of the protocol, or nearly; $ stands for the room */
    private static BadInput refused(String name, String code, String frame) {
        return new BadInput(name, code, Set.of(), (raw, room) -> raw.text(frame.replace("$", room)));
    }

    private static BadInput closed(String name, int code, Consumer<RawWebSocket> sending) {
        return new BadInput(name, null, Set.of(code), (raw, room) -> sending.accept(raw));
    }

    /** Whether the connection can still be used afterwards. */
    boolean stays() {
        return errorCode != null;
    }

    boolean isCut() {
        return !stays() && closeCodes.isEmpty();
    }

    @Override
    public String toString() {
        return name;
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static String rooms(int number) {
        return IntStream.range(0, number).mapToObj(i -> "\"r" + i + "\"").collect(Collectors.joining(","));
    }

    private static String entries(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"" + i + "\":\"\"").collect(Collectors.joining(","));
    }

    private static byte[] text(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Fragments up to over the limit, and no end: whoever waits for the end waits for ever. */
    private static void endless(RawWebSocket raw, int opcode) {
        raw.send(opcode, false, text(1_000));
        for (int sent = 1_000; sent <= FRAME_BYTES + SERVER_BUFFER; sent += 1_000) {
            raw.send(CONTINUATION, false, text(1_000));
        }
    }
}

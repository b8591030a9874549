package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.local.LocalPresence;
import io.roomcast.metrics.Counter;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.relay.Relay;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a publish of several messages is answered, and what of it is stored. */
class SeveralMessagesTest {
    private static final Pattern MESSAGE = Pattern.compile("\"type\":\"message\".*?\"content\":\"(\\w+)\"");

    private static String message(String content) {
        return "{\"content\":\"" + content + "\",\"idempotencyKey\":\"key-" + content + "\"}";
    }

    private static String publish(String... contents) {
        return publish(
                List.of(contents).stream().map(SeveralMessagesTest::message).toList());
    }

    private static String publish(List<String> messages) {
        return "{\"type\":\"publish\",\"id\":7,\"messages\":[" + String.join(",", messages) + "]}";
    }

    private static JsonObject answer(String news) {
        List<JsonObject> answers = news.lines()
                .map(line -> Json.createReader(new StringReader(line)).readObject())
                .filter(frame -> frame.getInt("id", 0) == 7)
                .toList();
        assertEquals(1, answers.size(), "one frame answers: " + news);
        return answers.get(0);
    }

    private static void assertStored(int first, int count, String news) {
        assertEquals("ack", answer(news).getString("type"), news);
        assertEquals(first, answer(news).getInt("first"), news);
        assertEquals(count, answer(news).getInt("count"), news);
        assertEquals(count, messages(news).size(), news);
    }

    private static void assertRefused(String code, JsonObject error) {
        assertEquals(code, error.getString("code"));
    }

    private static List<String> messages(String news) {
        return MESSAGE.matcher(news).results().map(found -> found.group(1)).toList();
    }

    private static CoreFixture.Client enter(CoreFixture core) {
        CoreFixture.Client ann = core.enter("ann");
        core.advance(0);
        ann.news();
        return ann;
    }

    @Test
    void allAreStoredInOrderAndAnsweredByTheirRange() {
        CoreFixture core = new CoreFixture(Map.of());
        CoreFixture.Client ann = enter(core);
        ann.send("{\"content\":\"zero\"}");
        ann.news();
        ann.send(publish("a", "b", "c"));
        String news = ann.news();
        assertStored(2, 3, news);
        assertEquals(4, answer(news).getInt("offset"));
        assertEquals("lobby", answer(news).getString("room"));
        assertEquals(
                Set.of("type", "id", "room", "epoch", "offset", "first", "count"),
                answer(news).keySet());
        assertEquals(List.of("a", "b", "c"), messages(news));
        assertEquals(4, core.metrics.get(Counter.MESSAGES_STORED));
    }

    @Test
    void whoGivesNeitherIdNorKeyIsNotAnswered() {
        CoreFixture.Client ann = enter(new CoreFixture(Map.of()));
        ann.send("{\"messages\":[{\"content\":\"a\"},{\"content\":\"b\"}]}");
        String news = ann.news();
        assertEquals(List.of("a", "b"), messages(news));
        assertTrue(!news.contains("\"ack\""), news);
    }

    @Test
    void knownKeysAreAnsweredByThePlacesOfAll() {
        CoreFixture.Client ann = enter(new CoreFixture(Map.of()));
        ann.send(publish("a", "b"));
        ann.send("{\"content\":\"between\"}");
        ann.news();
        ann.send(publish("b", "c"));
        String news = ann.news();
        JsonObject ack = answer(news);
        assertEquals(
                List.of(2, 4),
                ack.getJsonArray("positions").getValuesAs(JsonObject.class).stream()
                        .map(position -> position.getInt("offset"))
                        .toList());
        assertEquals(4, ack.getInt("offset"));
        assertEquals(2, ack.getInt("count"));
        assertEquals(List.of("c"), messages(news));
        ann.send(publish("a", "b"));
        news = ann.news();
        assertTrue(!answer(news).containsKey("positions"), "they are consecutive: " + news);
        assertEquals(List.of(), messages(news));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|bad_request",
                "{\"content\":\"\"}|bad_request",
                "{\"data\":\"0123456789\"}|too_large",
                "{\"content\":\"x\",\"meta\":{\"a\":\"1\",\"b\":\"2\"}}|too_large",
            })
    void theFirstAreStoredAndTheAckSaysWhyTheRestIsNot(String wrong, String code) {
        CoreFixture core =
                new CoreFixture(Map.of("roomcast.limits.content-bytes", "8B", "roomcast.limits.meta-entries", "1"));
        CoreFixture.Client ann = enter(core);
        ann.send(publish(List.of(message("a"), message("b"), wrong, message("c"))));
        String news = ann.news();
        assertStored(1, 2, news);
        assertRefused(code, answer(news).getJsonObject("error"));
        assertEquals(List.of("a", "b"), messages(news));

        ann.send(publish(List.of(wrong, message("c"))));
        news = ann.news();
        assertEquals("error", answer(news).getString("type"), "none is stored: " + news);
        assertRefused(code, answer(news));
        assertEquals(List.of(), messages(news));
    }

    @ParameterizedTest
    @CsvSource({"roomcast.limits.publish-rate", "roomcast.limits.room-publish-rate", "roomcast.rooms.lobby.publish-rate"
    })
    void ratesCountEachMessageAndLetTheFirstThrough(String rate) {
        CoreFixture core = new CoreFixture(Map.of(rate, "1"));
        CoreFixture.Client ann = enter(core);
        ann.send(publish("a", "b", "c"));
        ann.news();
        ann.send(publish("d", "e", "f", "g"));
        String news = ann.news();
        assertStored(4, 2, news);
        assertRefused("rate_limited", answer(news).getJsonObject("error"));
        assertTrue(answer(news).getJsonObject("error").getInt("retryAfterMs") > 0, news);
        assertEquals(List.of("d", "e"), messages(news));
        ann.send(publish("f", "g"));
        assertRefused("rate_limited", answer(ann.news()));
    }

    @Test
    void moreThanTheLimitAreRefusedAsAWhole() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.limits.batch", "2"));
        CoreFixture.Client ann = enter(core);
        ann.send(publish("a", "b", "c"));
        String news = ann.news();
        assertRefused("too_large", answer(news));
        assertEquals(List.of(), messages(news));
        ann.send(publish("a", "b"));
        assertEquals(List.of("a", "b"), messages(ann.news()));
    }

    @Test
    void whoIsNotInTheRoomStoresNothing() {
        CoreFixture core = new CoreFixture(Map.of());
        CoreFixture.Client ann = core.connect("ann");
        ann.send("{\"type\":\"publish\",\"id\":7,\"room\":\"lobby\",\"messages\":[" + message("a") + "]}");
        assertRefused("not_joined", answer(ann.news()));
    }

    /** The relay has stored less than it was given. */
    @Test
    void refusalOfTheRelayComesWithWhatItHasStored() {
        ProtocolException busy = new ProtocolException(ErrorCode.BUSY, "full", 1_234L);
        CoreFixture core = new CoreFixture(Map.of(), new LocalPresence(), relay -> around(relay, busy), null);
        CoreFixture.Client ann = enter(core);
        ann.send(publish(List.of(message("a"), message("b"), message("c"), "{}")));
        String news = ann.news();
        assertStored(1, 2, news);
        assertRefused("busy", answer(news).getJsonObject("error"));
        assertEquals(1_234, answer(news).getJsonObject("error").getInt("retryAfterMs"));
        assertEquals(List.of("a", "b"), messages(news));
    }

    /** Stores two messages at most of each call. */
    private static Relay around(Relay relay, RuntimeException refusal) {
        return (Relay) Proxy.newProxyInstance(
                Relay.class.getClassLoader(), new Class<?>[] {Relay.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("publishAll")) {
                        return method.invoke(relay, arguments);
                    }
                    @SuppressWarnings("unchecked")
                    List<Relay.Entry> entries = (List<Relay.Entry>) arguments[1];
                    return relay.publishAll((RoomName) arguments[0], entries.subList(0, 2))
                            .thenApply(stored -> new Relay.Prefix(stored.positions(), refusal));
                });
    }
}

package io.roomcast.it.described;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The frames of docs/asyncapi.yaml and of docs/protocol.md, beside those that a server takes and sends. */
@Timeout(120)
class DescribedFramesIT {
    private static final AsyncApi DESCRIBED = AsyncApi.read();
    /** What is inside is an application's own. */
    private static final Set<String> OPAQUE = Set.of("data", "meta", "info");

    private static String page;
    private static FrameConversation conversation;
    private static List<JsonObject> sent;

    @BeforeAll
    static void converse() throws IOException {
        page = Files.readString(Path.of("docs/protocol.md"));
        conversation = new FrameConversation();
        RoomClient ann = conversation.ann();
        sent = examples("From the client");
        sent.forEach(example -> FrameConversation.take(ann, example));
        ann.say("{'type':'join','room':'lobby'}").next("joined");
        conversation.goOn();
    }

    @AfterAll
    static void close() {
        conversation.close();
    }

    /** The frames of the first block of JSON in a section. One that goes on in the next line is indented there. */
    private static List<JsonObject> examples(String title) {
        String section = page.substring(page.indexOf("\n## " + title + "\n"));
        int start = section.indexOf("\n```json\n") + "\n```json\n".length();
        String block = section.substring(start, section.indexOf("\n```\n", start));
        return Stream.of(block.split("\n(?=\\{)", -1)).map(Http::read).toList();
    }

    @Test
    void thePageHasAnExampleOfEveryFrameOfClients() {
        assertEquals(DESCRIBED.types(AsyncApi.CLIENT), types(sent));
        for (JsonObject example : sent) {
            assertEquals(List.of(), DESCRIBED.violations(AsyncApi.CLIENT, example), example.toString());
        }
    }

    private static Set<String> types(List<JsonObject> frames) {
        return frames.stream().map(frame -> frame.getString("type")).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void thePageHasAnExampleOfEveryFrameOfTheServer() {
        assertEquals(DESCRIBED.types(AsyncApi.SERVER), types(examples("From the server")));
    }

    @Test
    void theExamplesOfThePageHaveTheMembersOfWhatTheServerSends() {
        List<Frame> frames = conversation.frames();
        for (JsonObject example : examples("From the server")) {
            assertTrue(
                    frames.stream().anyMatch(frame -> isAlike(example, frame.json())),
                    () -> "no frame has the members of " + example + ": "
                            + frames.stream()
                                    .filter(frame -> frame.is(example.getString("type")))
                                    .map(frame -> frame.json().keySet())
                                    .distinct()
                                    .toList());
        }
    }

    private static boolean isAlike(JsonValue example, JsonValue real) {
        if (example instanceof JsonArray elements && real instanceof JsonArray others) {
            return elements.stream().allMatch(one -> others.stream().anyMatch(other -> isAlike(one, other)));
        }
        if (example instanceof JsonObject object && real instanceof JsonObject other) {
            return object.keySet().equals(other.keySet())
                    && (!object.containsKey("type") || object.get("type").equals(other.get("type")))
                    && object.keySet().stream()
                            .allMatch(name -> OPAQUE.contains(name) || isAlike(object.get(name), other.get(name)));
        }
        return example.getValueType() == real.getValueType()
                || Set.of(example, real).equals(Set.of(JsonValue.TRUE, JsonValue.FALSE));
    }

    @Test
    void whatTheServerSendsIsDescribed() {
        Set<String> types = new TreeSet<>();
        for (Frame frame : conversation.frames()) {
            types.add(frame.type());
            assertEquals(
                    List.of(),
                    DESCRIBED.violations(AsyncApi.SERVER, frame.json()),
                    () -> frame.text().substring(0, Math.min(frame.text().length(), 500)));
        }
        assertEquals(DESCRIBED.types(AsyncApi.SERVER), types, "all of them came");
    }

    @Test
    void theDescribedExamplesOfClientsAreTaken() {
        try (FrameConversation own = new FrameConversation()) {
            RoomClient ann = own.ann();
            FrameConversation.take(
                    ann, DESCRIBED.examples(AsyncApi.CLIENT, "hello").get(0));
            for (String type : DESCRIBED.types(AsyncApi.CLIENT)) {
                if (!type.equals("hello")) {
                    DESCRIBED.examples(AsyncApi.CLIENT, type).forEach(example -> {
                        ann.say("{'type':'join','room':'lobby'}").next("joined");
                        FrameConversation.take(ann, example);
                    });
                }
            }
        }
    }
}

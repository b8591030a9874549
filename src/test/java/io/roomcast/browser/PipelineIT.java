package io.roomcast.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import io.roomcast.support.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many messages of one room: the client library sends them together, and they keep their order. */
@Timeout(120)
class PipelineIT {
    private static final int SEEDS = 60;

    /** Counts the frames that are sent, and publishes some messages at once. */
    private static final String SAY = """
            async ({ count, user }) => {
                const { Roomcast } = await import('/js/roomcast.js');
                window.sent = [];
                class Counting extends WebSocket {
                    send(text) {
                        sent.push(JSON.parse(text));
                        super.send(text);
                    }
                }
                window.rc = new Roomcast({ user, WebSocket: Counting });
                window.room = rc.join('lobby');
                window.delays = 0;
                room.addEventListener('delayed', () => { delays += 1; });
                await room.whenJoined();
                const all = Array.from({ length: count }, (_, i) => room.publish({ content: `m${i}`, data: { i } }));
                return (await Promise.all(all)).map(({ offset }) => offset);
            }""";

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    private ChatPage person;
    private Page page;

    @BeforeEach
    void openPage() {
        person = ChatPage.with(CHROMIUM.browser());
        page = person.page();
    }

    @AfterEach
    void closePage() {
        person.closeWithoutFailures();
    }

    private static List<Integer> upTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    private Object stored() {
        return page.evaluate("""
                async () => {
                    const found = [];
                    for (let more = true, after = { epoch: room.position.epoch, offset: 0 }; more;) {
                        const page = await room.history({ after, limit: 200 });
                        found.push(...page.messages.map(({ content }) => content));
                        after = page.messages.at(-1);
                        more = page.more;
                    }
                    return found;
                }""");
    }

    private static List<String> contents(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
    }

    @Test
    void messagesThatWaitGoOutTogether() {
        try (EmbeddedServer server = EmbeddedServer.start()) {
            page.navigate(server.uri().resolve("img/favicon.svg").toString());
            assertEquals(upTo(301), page.evaluate(SAY, Map.of("count", 301, "user", "ann")));
            assertEquals(contents(301), stored());
            assertEquals(
                    List.of(1, 100, 100, 100),
                    page.evaluate("sent.filter(({ type }) => type === 'publish')"
                            + ".map(({ messages }) => messages?.length ?? 1)"),
                    "the first alone, and the others as many as the server takes");
        }
    }

    @Test
    void frameIsNoLargerThanTheServerTakes() {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.limits.frame-bytes", "2KiB"))) {
            page.navigate(server.uri().resolve("img/favicon.svg").toString());
            assertEquals(upTo(60), page.evaluate(SAY, Map.of("count", 60, "user", "ann")));
            assertTrue((int) page.evaluate("Math.max(...sent.map(({ messages }) => messages?.length ?? 1))") > 5);
            assertEquals(contents(60), stored());
        }
    }

    @Test
    void messagesKeepTheirOrderWhereTheRoomTakesFewAtATime() {
        try (EmbeddedServer server = EmbeddedServer.start(Map.of("roomcast.rooms.lobby.publish-rate", "20"))) {
            page.navigate(server.uri().resolve("img/favicon.svg").toString());
            assertEquals(upTo(130), page.evaluate(SAY, Map.of("count", 130, "user", "ann")));
            assertTrue((int) page.evaluate("delays") > 0);
            assertEquals(contents(130), stored());
        }
    }

    /** A server that refuses, keeps silent, carries out late and cuts, at random: see the script. */
    @Test
    void messagesKeepTheirOrderAndAreStoredOnceWhateverTheServerDoes() throws IOException {
        ScriptedServer.behind(page);
        page.navigate(ScriptedServer.HOME.resolve("img/favicon.svg").toString());
        String script = Files.readString(Path.of("src/test/resources/browser/unreliable-server.js"));
        int first = ThreadLocalRandom.current().nextInt(1_000_000);
        for (int seed = first; seed < first + SEEDS; seed++) {
            Map<?, ?> result = (Map<?, ?>) page.evaluate(
                    script.substring(script.indexOf("async (")),
                    Map.of("library", "/roomcast/js/roomcast.js", "seed", seed, "messages", 200));
            assertEquals(List.of(), result.get("faults"), "with seed " + seed + ": " + result.get("figures"));
        }
    }
}

package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.NameExample;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page and the server judge names alike. */
@Timeout(120)
class NamesIT {
    private static final String VERDICT = """
            const { whyNotAName, whyNotAUser } = await import('/js/app/model/names.js');
            const verdict = (name) => [['both', 'room'], ['user', 'none']][
              whyNotAName(name) ? 1 : 0][whyNotAUser(name) ? 1 : 0];
            """;

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @AutoClose
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start();
    }

    @Test
    void everyExample() {
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser())) {
            List<String> names =
                    NameExample.all().stream().map(NameExample::name).toList();
            assertEquals(
                    names.stream().map(NamesIT::judged).collect(Collectors.joining("\n")),
                    library(ann)
                            .evaluate(
                                    "async (names) => {" + VERDICT
                                            + "return names.map((name) => `${verdict(name)} ${escape(name)}`).join('\\n'); }",
                                    names));
        }
    }

    private static String judged(String name) {
        return NameExample.verdict(name) + " "
                + name.chars().mapToObj(NamesIT::escaped).collect(Collectors.joining());
    }

    /** As JavaScript's escape has it. */
    private static String escaped(int c) {
        boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "@*_+-./".indexOf(c) >= 0);
        return plain ? Character.toString(c) : c < 0x100 ? String.format("%%%02X", c) : String.format("%%u%04X", c);
    }

    /** Each on its own, between letters, and after each other at the end. */
    @Test
    void everyCharacterThatThereIs() {
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser())) {
            for (String around : List.of("|", "a|a", "syste|", "ك|")) {
                String[] ends = around.split("\\|", -1);
                String expected = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(c -> c < 0xD800 || c > 0xDFFF)
                        .mapToObj(c -> NameExample.verdict(ends[0] + Character.toString(c) + ends[1])
                                .substring(0, 1))
                        .collect(Collectors.joining());
                Object found = library(ann).evaluate("async ([before, after]) => {" + VERDICT + """
                        const verdicts = [];
                        for (let c = 0; c <= 0x10ffff; c += 1) {
                          if (c < 0xd800 || c > 0xdfff) verdicts.push(verdict(before + String.fromCodePoint(c) + after)[0]);
                        }
                        return verdicts.join('');
                        }""", List.of(ends));
                assertEquals(expected.length(), ((String) found).length());
                for (int i = 0; i < expected.length(); i++) {
                    int c = i < 0xD800 ? i : i + 0x800;
                    assertEquals(
                            expected.charAt(i),
                            ((String) found).charAt(i),
                            () -> around + " U+" + Integer.toHexString(c));
                }
            }
        }
    }

    /**
     * Characters of all planes in any order, more often those that the rule looks at together with their neighbours.
     */
    @Test
    void anyRowOfCharacters() {
        Random random = new Random(22);
        List<String> names = IntStream.range(0, 20_000)
                .mapToObj(i -> NameExample.random(random))
                .toList();
        List<String> expected = names.stream().map(NamesIT::judged).toList();
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser())) {
            Object found = library(ann)
                    .evaluate(
                            "async (names) => {" + VERDICT
                                    + "return names.map((name) => `${verdict(name)} ${escape(name)}`).join('\\n'); }",
                            names);
            assertEquals(String.join("\n", expected), found);
        }
        for (String verdict : List.of("both", "user", "room", "none")) {
            long such =
                    expected.stream().filter(line -> line.startsWith(verdict)).count();
            assertTrue(such > 100, () -> verdict + ": " + such);
        }
    }

    @Test
    void whoIsCalledSoEnters() {
        for (String name : List.of("O'Brien", "आर्यन", "ဇော်မင်း", "น้ำฝน", "علی\u200Cرضا")) {
            try (ChatPage person = ChatPage.with(CHROMIUM.browser())) {
                person.enter(server.uri(), name, "lobby");
                person.say("lobby", "it is me");
                assertThat(person.room("lobby").locator(".sender").last()).hasText(name);
                assertEquals(List.of(), person.failures());
            }
        }
    }

    @Test
    void whoWouldBeTakenForTheServerDoesNot() {
        try (ChatPage eve = ChatPage.with(CHROMIUM.browser())) {
            eve.page().navigate(server.uri().resolve("#lobby").toString());
            for (String name : List.of("System", "ѕуѕtеm", "system\u200B", "\u3164")) {
                eve.field("Your name").fill(name);
                eve.page().keyboard().press("Enter");
                assertThat(eve.page().locator("#welcome-name-error")).not().isEmpty();
            }
        }
    }

    /** A page from which modules can be imported. */
    private static Page library(ChatPage person) {
        person.page().navigate(server.uri().resolve("img/favicon.svg").toString());
        return person.page();
    }
}

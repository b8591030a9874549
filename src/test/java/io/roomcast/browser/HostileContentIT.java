package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people may say who mean harm, on the page of somebody else and under the policy that the server sends. */
@Timeout(120)
class HostileContentIT {
    private static final List<String> HOSTILE = List.of(
            "<script>window.hacked = 1</script>",
            "<img src=x onerror=\"window.hacked = 1\">",
            "<svg onload=\"window.hacked = 1\"><a href=\"javascript:window.hacked=1\">x</a></svg>",
            "</div></li></main><iframe srcdoc=\"<script>parent.hacked = 1</script>\"></iframe>",
            "javascript:window.hacked=1",
            "https://example.org/\" onmouseover=\"window.hacked=1",
            "https://example.org/<b>bold</b>",
            "{{constructor.constructor('window.hacked=1')()}} ${window.hacked = 1} &lt;img src=x&gt;",
            "\u202Eright to left\u202C and \uFFFF and \uD83D\uDE00",
            "<style>body { display: none }</style>",
            "a long word " + "x".repeat(1_900));

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @AutoClose
    private static EmbeddedServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedServer.start();
    }

    @Test
    void itStaysText() {
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser());
                ChatPage eve = ChatPage.with(CHROMIUM.browser())) {
            ann.enter(server.uri(), "ann", "lobby");
            eve.enter(server.uri(), "eve", "lobby");
            HOSTILE.forEach(text -> eve.say("lobby", text));
            assertThat(ann.texts("lobby")).hasCount(HOSTILE.size());
            for (int i = 0; i < HOSTILE.size(); i++) {
                assertEquals(HOSTILE.get(i), ann.texts("lobby").nth(i).textContent());
            }
            ann.texts("lobby").nth(5).hover();
            assertEquals(true, ann.page().evaluate("window.hacked === undefined"));
            assertEquals(
                    0,
                    ann.page()
                            .evaluate("document.querySelectorAll('.message :is(script, img, svg, iframe, style, b,"
                                    + " [onerror], [onload], [onmouseover])').length"));
            assertEquals(
                    true,
                    ann.page()
                            .evaluate("[...document.querySelectorAll('.message a')].every(a => /^https?:/.test(a.href)"
                                    + " && a.rel.includes('noopener'))"));
            assertEquals(
                    true,
                    ann.page().evaluate("document.documentElement.scrollWidth <= innerWidth"),
                    "a long word does not break the page");
            assertEquals(List.of(), ann.failures());
            assertEquals(List.of(), eve.failures());
        }
    }

    @Test
    void anAddressThatNamesAHostileRoomIsHarmless() {
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser())) {
            ann.page().navigate(server.uri() + "#<img src=x onerror=window.hacked=1>");
            ann.field("Your name").fill("<b>ann\u200b</b>");
            ann.page().keyboard().press("Enter");
            assertThat(ann.page().locator("#welcome-name-error")).not().isEmpty();
            assertEquals(true, ann.page().evaluate("window.hacked === undefined"));
            assertEquals(List.of(), ann.failures());
        }
    }

    @Test
    void longMessagesComeCompressedAndAreShownInOrder() {
        AtomicInteger binaries = new AtomicInteger();
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser());
                ChatPage bob = ChatPage.with(CHROMIUM.browser())) {
            ann.page()
                    .onWebSocket(socket -> socket.onFrameReceived(frame -> {
                        if (frame.binary() != null) {
                            binaries.incrementAndGet();
                        }
                    }));
            ann.enter(server.uri(), "ann", "long");
            bob.enter(server.uri(), "bob", "long");
            String[] texts = new String[12];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = i % 3 == 0 ? "short " + i : i + " and again".repeat(180);
                bob.say("long", texts[i]);
            }
            assertThat(ann.texts("long")).hasText(texts);
            assertTrue(binaries.get() > 0, "the browser asked for compression");
            assertEquals(List.of(), ann.failures());
        }
    }
}

package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ForcedColors;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The chat page for those who hear it, step through it, enlarge it, or choose its colours. */
@Timeout(120)
class AccessIT {
    private static final String SAID =
            "{'type':'message','room':'lobby','offset':%s,'sender':'bob','content':%s,'at':1}";

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    private ChatPage ann;
    private ScriptedServer server;

    @AfterEach
    void close() {
        ann.closeWithoutFailures();
    }

    @Test
    void onlyNewsIsReadOutAndMessagesAreSteppedThrough() {
        open(1280, 800);
        Locator live = ann.page().locator("[aria-live=polite] .message, [role=log]:not([aria-live=off]) .message");
        assertThat(ann.texts("lobby")).hasCount(40);
        ann.join("ops");
        assertThat(ann.texts("ops")).hasCount(40);
        ann.listed("lobby").click();
        assertThat(ann.texts("lobby")).hasCount(40);
        assertThat(live).hasCount(0);
        Locator news = ann.room("lobby").locator("[aria-live=polite].news");
        assertThat(news).hasText("");
        server.send(SAID, 41, "hello");
        assertThat(news).hasText("bob: hello");
        server.sendTogether(IntStream.range(42, 50)
                .mapToObj(offset -> ScriptedServer.frame(SAID, offset, "all at once"))
                .toList());
        assertThat(news).hasText("8 new messages");

        ann.box("lobby").press("Shift+Tab");
        Page page = ann.page();
        page.keyboard().press("ArrowUp");
        page.keyboard().press("ArrowUp");
        Locator articles = ann.room("lobby").getByRole(AriaRole.ARTICLE);
        assertThat(articles).hasCount(49);
        assertThat(articles.nth(47)).isFocused();
        assertThat(articles.nth(47)).hasAccessibleName(Pattern.compile("^bob, \\d"));
        page.keyboard().press("ArrowDown");
        assertThat(articles.last()).isFocused();
        for (int step = 0; step < 30; step++) {
            page.keyboard().press("ArrowUp");
        }
        assertThat(articles.nth(18)).isFocused();
        assertThat(articles.nth(18)).isInViewport();
        assertThat(page.getByRole(AriaRole.SEPARATOR).first()).hasAccessibleName(Pattern.compile("2023"));
    }

    @Test
    void aDrawerTakesTheFocusAndGivesItBack() {
        open(360, 740);
        Locator toggle = ann.button("Rooms");
        toggle.click();
        assertThat(ann.listed("lobby")).isFocused();
        ann.page().keyboard().press("Escape");
        assertThat(toggle).isFocused();
        ann.room("lobby").getByTitle("Who is here (Alt P)").click();
        assertThat(ann.button("Close the people list")).isFocused();
    }

    @Test
    void theFocusIsSeenInColoursOfOnesOwn() {
        open(1280, 800);
        ann.page().emulateMedia(new Page.EmulateMediaOptions().setForcedColors(ForcedColors.ACTIVE));
        ann.box("lobby").focus();
        assertEquals(
                "solid",
                ann.room("lobby").locator(".composer-box").evaluate("box => getComputedStyle(box).outlineStyle"));
        assertEquals("solid", ann.page().locator(".room").evaluate("row => getComputedStyle(row).outlineStyle"));
    }

    @Test
    void messagesHaveHalfOfASmallScreenAndLinesAreNotTooLongOnALargeOne() {
        open(320, 256);
        int height = number("document.querySelector('.scroller').clientHeight");
        assertTrue(height >= 128, () -> "height for messages: " + height);
        ann.page().setViewportSize(1920, 1000);
        server.send(SAID, 41, "word ".repeat(200));
        assertThat(ann.texts("lobby")).hasCount(41);
        int width = number("Math.round([...document.querySelectorAll('.text')].at(-1).getBoundingClientRect().width)");
        assertTrue(width <= 760, () -> "width of a line: " + width);
    }

    private int number(String expression) {
        return ((Number) ann.page().evaluate(expression)).intValue();
    }

    private void open(int width, int height) {
        ann = ChatPage.with(CHROMIUM.browser(), width, height);
        server = ScriptedServer.behind(ann.page());
        server.keep("e1", 1, 40);
        ann.enter(ScriptedServer.HOME, "ann", "lobby");
    }
}

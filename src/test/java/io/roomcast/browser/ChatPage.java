package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The chat page in a browser context of its own, used as a person uses it. */
final class ChatPage implements AutoCloseable {

    /** Enough for two rooms side by side and the list of people. */
    private static final int WIDTH = 1280;

    private static final int HEIGHT = 800;

    /**
     * At most so many requests are a first visit: the page, its stylesheets, two scripts, the icon, which may be asked
     * for twice, and some more for what is to come.
     */
    static final int FIRST_REQUESTS = 10;

    private final BrowserContext context;
    private final Page page;
    private final List<String> failures;

    private ChatPage(BrowserContext context, List<String> failures) {
        this.context = context;
        this.failures = failures;
        page = context.newPage();
        page.onPageError(failures::add);
        page.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) {
                failures.add(message.text());
            }
        });
    }

    static ChatPage with(Browser browser) {
        return with(browser, WIDTH, HEIGHT);
    }

    static ChatPage with(Browser browser, int width, int height) {
        return new ChatPage(
                browser.newContext(new Browser.NewContextOptions().setViewportSize(width, height)), new ArrayList<>());
    }

    /** Another tab of the same browser. It is closed with the first. */
    ChatPage anotherTab() {
        return new ChatPage(context, failures);
    }

    Page page() {
        return page;
    }

    /** Errors of the page's scripts so far, and of those of its other tabs. */
    List<String> failures() {
        return failures;
    }

    /** Opens the chat and enters a room under a name. */
    ChatPage enter(URI server, String name, String room) {
        page.navigate(server.resolve("#" + room).toString());
        field("Your name").fill(name);
        button("Start chatting").click();
        assertThat(page.locator(".topbar")).hasAttribute("data-online", "true");
        return this;
    }

    void say(String room, String text) {
        box(room).fill(text);
        box(room).press("Enter");
    }

    Locator room(String name) {
        return page.getByRole(
                AriaRole.REGION,
                new Page.GetByRoleOptions().setName("Room " + name).setExact(true));
    }

    Locator box(String room) {
        return field("Message #" + room);
    }

    /** A field that is shown, by its label. */
    Locator field(String label) {
        return page.getByRole(
                AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName(label).setExact(true));
    }

    /** What was said in a room, oldest first: the texts alone. */
    Locator texts(String room) {
        return room(room).locator(".message .text");
    }

    /** The row of a message. */
    Locator message(String room, String text) {
        Locator exactly = page.getByText(text, new Page.GetByTextOptions().setExact(true));
        return room(room).locator(".message").filter(new Locator.FilterOptions().setHas(exactly));
    }

    Locator banner() {
        return page.locator(".banner");
    }

    /** The entry of a room in the list of rooms. */
    Locator listed(String room) {
        return page.locator(".room-button").filter(new Locator.FilterOptions().setHasText(room));
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Joins another room through the dialog. */
    void join(String room) {
        page.keyboard().press("Control+k");
        field("Room").fill(room);
        page.keyboard().press("Enter");
        assertThat(box(room)).isFocused();
    }

    @Override
    public void close() {
        context.close();
    }

    /** Closes the page with its other tabs, and then fails if a script of them has failed. */
    void closeWithoutFailures() {
        close();
        assertEquals(List.of(), failures, "errors of the page's scripts");
    }
}

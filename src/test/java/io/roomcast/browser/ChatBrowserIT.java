package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.RoomClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two people and the chat page, with a network between one of them and the server that can be cut. */
@Timeout(120)
class ChatBrowserIT {

    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    private EmbeddedServer server;
    private CuttableProxy network;
    private final List<ChatPage> people = new ArrayList<>();

    @BeforeEach
    void startServer() throws Exception {
        // Simple clients publish here, which do not repeat what a busy machine refuses.
        server = EmbeddedServer.start(Map.of("roomcast.limits.lag", "0"));
        network = CuttableProxy.before(server.uri());
    }

    @AfterEach
    void stopServer() throws Exception {
        List<String> failures =
                people.stream().flatMap(person -> person.failures().stream()).toList();
        people.forEach(ChatPage::close);
        network.close();
        server.close();
        assertEquals(List.of(), failures, "errors of the page's scripts");
    }

    @Test
    void twoPeopleTalkAndSeeEachOther() {
        ChatPage ann = person().enter(server.uri(), "ann", "lobby");
        ChatPage bob = person().enter(server.uri(), "bob", "lobby");

        ann.say("lobby", "Hello, anybody here?");
        assertThat(bob.texts("lobby")).hasText(new String[] {"Hello, anybody here?"});
        assertThat(ann.message("lobby", "Hello, anybody here?")).hasAttribute("data-state", "stored");

        bob.box("lobby").pressSequentially("Yes");
        assertThat(ann.room("lobby").getByText("bob is typing…")).isVisible();
        bob.box("lobby").press("Shift+Enter");
        bob.box("lobby").pressSequentially("me");
        bob.box("lobby").press("Enter");
        assertThat(ann.texts("lobby")).hasText(new String[] {"Hello, anybody here?", "Yes\nme"});
        assertThat(ann.room("lobby").getByText("is typing")).isHidden();

        assertThat(ann.page().locator(".person-name")).hasText(new String[] {"ann", "bob"});
        bob.page().close();
        assertThat(ann.page().locator(".person-name")).hasText(new String[] {"ann"});
    }

    @Test
    void aFirstVisitFetchesLittleAndWhoComesBackNothingButThePage() {
        ChatPage ann = person();
        List<String> requests = new ArrayList<>();
        ann.page().onRequest(request -> requests.add(request.url()));
        ann.enter(server.uri(), "ann", "lobby");
        assertTrue(requests.size() <= ChatPage.FIRST_REQUESTS, requests.toString());
        Object files = ann.page().evaluate("performance.getEntriesByType('resource').length");
        ann.page().reload();
        assertThat(ann.page().locator(".topbar")).hasAttribute("data-online", "true");
        assertEquals(files, ann.page().evaluate("performance.getEntriesByType('resource').length"));
        assertEquals(List.of(), ann.page().evaluate("""
                performance.getEntriesByType('resource').filter((file) => file.transferSize > 0).map(({ name }) => name)"""));
        assertEquals(
                true,
                ann.page().evaluate("performance.getEntriesByType('navigation')[0].transferSize < 1000"),
                "the page has not changed");
    }

    @Test
    void aSearchFindsWordsAndGoesToTheirPlace(@TempDir Path data) {
        try (EmbeddedServer durable =
                EmbeddedServer.start(Map.of("roomcast.data", data.toString(), "roomcast.limits.search-rate", "0"))) {
            RoomClient carl = RoomClient.connect(durable.uri().resolve("ws/lobby/carl"));
            carl.next("joined");
            carl.say("{'content':'The <b>zeppelin</b> has landed'}");
            for (int page = 0; page < 150; page += 50) {
                String texts = IntStream.rangeClosed(page + 1, page + 50)
                        .mapToObj(i -> "{'content':'message " + i + "'}")
                        .collect(Collectors.joining(","));
                carl.say("{'id':" + page + ",'messages':[" + texts + "]}").next("ack");
            }
            ChatPage ann = person().enter(durable.uri(), "ann", "lobby");
            ann.join("garden");
            ann.say("garden", "No Zeppelins in the garden");
            Await.until(
                    "both are indexed",
                    () -> carl.say("{'type':'search','rooms':['lobby','garden'],'text':'zeppelin*'}")
                                    .next("results")
                                    .json()
                                    .getJsonArray("messages")
                                    .size()
                            == 2);
            Page page = ann.page();
            page.keyboard().press("Control+Shift+F");
            Locator words = page.locator("#search-text");
            assertThat(words).isFocused();
            page.locator("#search-where").selectOption("all");
            Locator found = page.locator(".found");
            words.fill("\"");
            assertThat(page.locator(".search-status")).hasText("There is no word in this to look for.");
            words.fill("a ".repeat(25) + "\"");
            assertThat(page.locator(".search-status"))
                    .hasText("This is too long. A search has at most 24 words and 256 characters.");
            words.fill("zeppelin");
            assertThat(page.locator(".search-status")).hasText("2 messages");
            assertThat(found.first().locator("mark")).hasText("Zeppelins");
            assertThat(found.nth(1)).containsText("The <b>zeppelin</b> has landed");
            page.setViewportSize(380, 700);
            assertEquals(
                    true,
                    page.evaluate(
                            "document.getElementById('search').scrollWidth <= document.documentElement.clientWidth"));
            page.setViewportSize(1280, 800);
            page.locator("#search-user").fill("carl");
            page.locator("#search-user").press("Tab");
            assertThat(found).hasCount(1);
            words.press("Tab");
            found.first().focus();
            page.keyboard().press("Enter");
            Locator row = ann.message("lobby", "The <b>zeppelin</b> has landed");
            assertThat(row).isFocused();
            assertThat(row).hasClass(Pattern.compile(".*found-here.*"));
            assertThat(ann.message("lobby", "message 2")).isVisible();
            assertThat(ann.message("lobby", "message 150")).hasCount(0);
            page.keyboard().press("/");
            assertThat(page.locator("#search")).isVisible();
            page.keyboard().press("Escape");
            assertThat(page.locator("#search")).isHidden();
            ann.room("lobby").locator(".pill").click();
            assertThat(ann.message("lobby", "message 150")).isVisible();
        }
        people.forEach(ChatPage::close);
    }

    @Test
    void whatWasMissedArrivesOnceAndInOrder() {
        ChatPage ann = person().enter(network.uri(), "ann", "lobby");
        ChatPage bob = person().enter(server.uri(), "bob", "lobby");
        bob.say("lobby", "before");
        assertThat(ann.texts("lobby")).hasText(new String[] {"before"});

        network.cut();
        assertThat(ann.banner()).containsText("The connection was lost.");
        List<String> missed =
                IntStream.rangeClosed(1, 30).mapToObj(i -> "missed " + i).toList();
        missed.forEach(text -> bob.say("lobby", text));
        assertThat(bob.texts("lobby")).hasCount(31);
        ann.say("lobby", "written while away");
        assertThat(ann.message("lobby", "written while away")).hasAttribute("data-state", "sending");

        network.mend();
        assertThat(ann.banner()).containsText("Back online. 30 missed messages delivered.");
        assertThat(ann.message("lobby", "written while away")).hasAttribute("data-state", "stored");
        bob.say("lobby", "after");
        assertThat(ann.message("lobby", "after")).isVisible();
        String[] all = Stream.of(Stream.of("before"), missed.stream(), Stream.of("written while away", "after"))
                .flatMap(texts -> texts)
                .toArray(String[]::new);
        assertThat(ann.texts("lobby")).hasText(all);
        assertThat(bob.texts("lobby")).hasText(all);
        assertThat(ann.page().locator(".gap")).hasCount(0);
    }

    @Test
    void anUnsentMessageSurvivesAReload() {
        ChatPage ann = person().enter(network.uri(), "ann", "lobby");
        ChatPage bob = person().enter(server.uri(), "bob", "lobby");
        network.cut();
        assertThat(ann.banner()).isVisible();
        ann.say("lobby", "do not lose me");
        network.mend();
        ann.page().reload();

        assertThat(ann.message("lobby", "do not lose me")).hasAttribute("data-state", "stored");
        assertThat(bob.texts("lobby")).hasText(new String[] {"do not lose me"});
    }

    @Test
    void markupStaysText() {
        ChatPage marked = person();
        marked.page().navigate(server.uri().toString());
        marked.field("Your name").fill("<b>ann\u200b</b>");
        marked.button("Start chatting").click();
        assertThat(marked.page().getByText("A name has characters that show only."))
                .isVisible();
        marked.field("Your name").fill("<b>ann</b>");
        marked.button("Start chatting").click();
        assertThat(marked.page().locator(".user-name")).hasText("<b>ann</b>");

        ChatPage ann = person().enter(server.uri(), "ann", "lobby");
        String hostile = "<img src=x onerror=\"throw 1\"><script>throw 2</script> javascript:alert(1)";
        ChatPage bob = person().enter(server.uri(), "bob", "lobby");
        bob.say("lobby", hostile);
        assertThat(ann.texts("lobby")).hasText(new String[] {hostile});
        assertThat(ann.room("lobby").locator(".log img, .log script, .log a")).hasCount(0);

        bob.say("lobby", "See https://example.org/a?b=1&c=(2).");
        Locator link = ann.room("lobby").locator(".log a");
        assertThat(link).hasAttribute("href", "https://example.org/a?b=1&c=(2)");
        assertThat(link).hasAttribute("rel", "noopener noreferrer nofollow");
    }

    @Test
    void unreadMessagesAreCounted() {
        ChatPage ann = person().enter(server.uri(), "ann", "lobby");
        ChatPage bob = person().enter(server.uri(), "bob", "ops");
        ann.join("ops");
        assertThat(ann.room("ops").locator(".list-empty")).containsText("Nothing here yet");
        ann.listed("lobby").click();
        bob.say("ops", "one");
        bob.say("ops", "two");

        assertThat(ann.listed("ops")).hasAccessibleName("ops, 2 unread messages");
        assertThat(ann.page()).hasTitle("(2) #lobby – Roomcast");
        ann.listed("ops").click();
        assertThat(ann.texts("ops")).hasText(new String[] {"one", "two"});
        assertThat(ann.room("ops").locator(".unread-line")).isVisible();
        assertThat(ann.listed("ops")).hasAccessibleName("ops");
        assertThat(ann.page()).hasTitle("#ops – Roomcast");
        assertThat(ann.page()).hasURL(Pattern.compile("#ops$"));
    }

    @Test
    void scrollingBackDoesNotJump() throws Exception {
        publishLines("bob", 180);
        ChatPage ann = person().enter(server.uri(), "ann", "lobby");
        assertThat(ann.message("lobby", "line 180")).isInViewport();
        // Two pages: the second came since the first hardly fills more than the screen.
        assertThat(ann.texts("lobby")).hasCount(100);

        Locator read = ann.message("lobby", "line 90");
        read.scrollIntoViewIfNeeded();
        double before = read.boundingBox().y;
        assertThat(ann.message("lobby", "line 31")).isAttached();
        assertEquals(before, read.boundingBox().y, 1.0, "moved when older messages came");

        publishLines("cy", 3);
        assertThat(ann.button("3 new messages")).isVisible();
        assertEquals(before, read.boundingBox().y, 1.0, "moved when new messages came");
        ann.button("3 new messages").click();
        assertThat(ann.message("lobby", "line 3").last()).isInViewport();

        ann.page().waitForFunction("""
                () => {
                    document.querySelector('.scroller').scrollTop = 0;
                    return document.querySelector('.start');
                }""");
        assertThat(ann.page().getByText("This is where #lobby begins.")).isAttached();
        assertThat(ann.texts("lobby")).hasCount(183);
    }

    @Test
    void everythingWorksWithTheKeyboard() {
        ChatPage bob = person().enter(server.uri(), "bob", "lobby");
        ChatPage ann = person();
        Page page = ann.page();
        page.navigate(server.uri().toString());
        assertThat(ann.field("Your name")).isFocused();
        page.keyboard().type("ann");
        page.keyboard().press("Enter");
        assertThat(ann.box("lobby")).isFocused();
        page.keyboard().type("hello");
        page.keyboard().press("Enter");
        assertThat(bob.texts("lobby")).hasText(new String[] {"hello"});

        page.keyboard().press("Control+k");
        assertThat(ann.field("Room")).isFocused();
        page.keyboard().type("ops");
        page.keyboard().press("Shift+Enter");
        assertThat(ann.box("ops")).isFocused();
        assertThat(ann.box("lobby")).isVisible();
        page.keyboard().press("Alt+ArrowUp");
        assertThat(ann.box("lobby")).isFocused();
        page.keyboard().press("Alt+p");
        assertThat(page.locator(".people")).isHidden();

        page.keyboard().press("Control+/");
        assertThat(page.getByText("Next unread room")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.getByText("Next unread room")).isHidden();

        page.reload();
        assertThat(ann.box("lobby")).isFocused();
        Locator skip = ann.button("Skip to the message box");
        for (int stops = 0; stops < 30 && !(boolean) skip.evaluate("it => it === document.activeElement"); stops++) {
            page.keyboard().press("Shift+Tab");
        }
        assertThat(skip).isFocused();
        page.keyboard().press("Enter");
        assertThat(ann.box("lobby")).isFocused();
    }

    @Test
    void aPhoneShowsEverythingWithoutScrollingSideways() {
        ChatPage ann = person(360, 740).enter(server.uri(), "ann", "lobby");
        ChatPage bob = person().enter(server.uri(), "b".repeat(128), "lobby");
        bob.say("lobby", "w".repeat(500) + " https://example.org/" + "x".repeat(300));
        assertThat(ann.texts("lobby")).hasCount(1);
        ann.button("Rooms").click();
        ann.button("Join a room").click();
        ann.field("Room").fill("r".repeat(128));
        ann.page().keyboard().press("Enter");
        assertThat(ann.box("r".repeat(128))).isFocused();

        ann.button("Rooms").click();
        assertFits(ann.page());
        ann.listed("lobby").click();
        assertThat(ann.box("lobby")).isVisible();
        ann.room("lobby").getByTitle("Who is here (Alt P)").click();
        assertThat(ann.page().getByText("People")).isVisible();
        assertFits(ann.page());
    }

    private static void assertFits(Page page) {
        assertEquals(List.of(), page.evaluate("""
                () => [document.documentElement, ...document.querySelectorAll('.scroller, .rooms, .people-list')]
                    .filter((element) => element.scrollWidth > element.clientWidth)
                    .map((element) => element.className || element.tagName)"""));
    }

    private ChatPage person() {
        return keep(ChatPage.with(CHROMIUM.browser()));
    }

    private ChatPage person(int width, int height) {
        return keep(ChatPage.with(CHROMIUM.browser(), width, height));
    }

    private ChatPage keep(ChatPage person) {
        people.add(person);
        return person;
    }

    /** Publishes "line 1" to "line {@code count}" as a simple client, and returns when all of it was broadcast. */
    private void publishLines(String user, int count) {
        try (RoomClient client = RoomClient.plain(server.uri().resolve("ws/lobby/" + user))) {
            IntStream.rangeClosed(1, count).forEach(line -> client.say("{'content':'line " + line + "'}"));
            client.next(frame -> ("line " + count).equals(frame.content()), "the last line");
        }
    }
}

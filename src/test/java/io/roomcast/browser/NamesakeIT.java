package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.RoomClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where everybody may choose a name, two people may have the same. */
@Timeout(120)
class NamesakeIT {
    @RegisterExtension
    static final Chromium CHROMIUM = new Chromium();

    @Test
    void bothAreToldAndNeitherTakesTheOthersWordsForTheirOwn() {
        try (EmbeddedServer server = EmbeddedServer.start();
                ChatPage ann = ChatPage.with(CHROMIUM.browser());
                ChatPage other = ChatPage.with(CHROMIUM.browser())) {
            ann.enter(server.uri(), "ann", "lobby");
            other.enter(server.uri(), "ann", "lobby");
            ann.say("lobby", "I am ann");
            Locator foreign = other.message("lobby", "I am ann");
            assertThat(foreign.locator(".namesake")).isVisible();
            assertThat(foreign).not().hasClass("message own");
            assertThat(other.page().getByText("Somebody else is called ann, too"))
                    .isVisible();
            assertThat(ann.page().locator(".namesake-banner")).isHidden();

            other.say("lobby", "so am I");
            assertThat(ann.page().getByText("Somebody else is called ann, too")).isVisible();
            assertThat(ann.room("lobby").locator(".you")).hasText(new String[] {"you", "not from here"});

            // A tab of the same browser is the same person, and so is one that comes back.
            ChatPage tab = ann.anotherTab();
            tab.page().navigate(server.uri().toString());
            ann.page().reload();
            for (ChatPage mine : List.of(tab, ann)) {
                assertThat(mine.room("lobby").locator(".you")).hasText(new String[] {"you", "not from here"});
            }
            // Whoever names no key wrote it somewhere else.
            try (RoomClient client = RoomClient.plain(server.uri().resolve("ws/lobby/ann"))) {
                client.say("{'content':'from a script'}");
            }
            assertThat(ann.message("lobby", "from a script")).isVisible();
            ann.button("Dismiss").click();
            assertThat(ann.box("lobby")).isFocused();
            ann.say("lobby", "mine");
            assertThat(ann.message("lobby", "mine")).hasAttribute("data-state", "stored");
            assertThat(ann.room("lobby").locator(".own")).hasCount(2);
            // Who knows it from one room need not be told in each.
            ann.join("ops");
            other.join("ops");
            other.say("ops", "here, too");
            assertThat(ann.message("ops", "here, too").locator(".namesake")).isVisible();
            assertThat(ann.page().locator(".namesake-banner")).isHidden();
            List<String> failures = new ArrayList<>(ann.failures());
            failures.addAll(other.failures());
            failures.addAll(tab.failures());
            assertEquals(List.of(), failures);
        }
    }

    @Test
    void aNameThatIsProvedIsNobodyElses() {
        try (ChatPage ann = ChatPage.with(CHROMIUM.browser())) {
            ScriptedServer server = ScriptedServer.behind(ann.page());
            server.prove();
            ann.enter(ScriptedServer.HOME, "ann", "lobby");
            server.send("{'type':'message','room':'lobby','offset':1,'sender':'ann','content':'from my phone',"
                    + "'at':1,'idempotencyKey':'of-another-browser'}");
            assertThat(ann.message("lobby", "from my phone").locator(".you")).hasText("you");
            assertThat(ann.page().locator(".namesake-banner")).isHidden();
            assertEquals(List.of(), ann.failures());
        }
    }
}

package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody has typed and sent stays on the screen with its state, whatever the room says. */
class UnsentMessageIT extends ScriptedChat {
    private static final String REFUSED = "{'type':'error','id':%s,'room':'lobby','code':%s,'text':'no'}";

    @Test
    void oneThatIsTypedBeforeTheHistoryIsThere() {
        server.on("history", frame -> {});
        server.on("publish", frame -> {
            server.acknowledge(frame, 1);
            server.echo(frame, 1, "ann");
        });
        enter();
        assertThat(ann.room("lobby").getByText("Loading messages…")).isVisible();
        ann.say("lobby", "early");
        assertThat(ann.message("lobby", "early")).hasAttribute("data-state", "stored");
        assertThat(ann.room("lobby").getByText("Loading messages…")).isVisible();
    }

    @Test
    void oneWhoseRoomHasNoHistoryToShow() {
        server.on("history", frame -> server.send(REFUSED, frame.getInt("id"), "forbidden"));
        server.on("publish", frame -> {
            server.acknowledge(frame, 3);
            server.echo(frame, 3, "ann");
        });
        enter();
        ann.say("lobby", "is anybody here?");
        assertThat(ann.message("lobby", "is anybody here?")).hasAttribute("data-state", "stored");
        server.on("history", frame -> server.history(frame, "e1", false, 1, 2));
        ann.button("Try again").click();
        assertThat(ann.texts("lobby")).hasText(new String[] {"m1", "m2", "is anybody here?"});
        assertThat(ann.room("lobby").locator(".list-notice")).isHidden();
    }

    @ParameterizedTest
    @ValueSource(strings = {"room_full", "forbidden"})
    void oneThatIsTypedIntoARoomThatLetsNobodyIn(String code) {
        server.on("join", frame -> server.send(REFUSED, frame.getInt("id"), code));
        enter();
        ann.say("lobby", "let me in");
        Locator message = ann.message("lobby", "let me in");
        assertThat(message).hasAttribute("data-state", "failed");
        assertThat(message)
                .containsText(
                        code.equals("forbidden") ? "Not sent. You are not allowed" : "Not sent. This room is full.");
        assertThat(message).isInViewport();
        ann.button("Discard").click();
        assertThat(message).hasCount(0);
    }

    /** Nobody has to leave the page for that. */
    @ParameterizedTest
    @ValueSource(strings = {"room_full", "forbidden"})
    void oneWhoseRoomLetsItsWriterInLater(String code) {
        server.on("join", frame -> server.send(REFUSED, frame.getInt("id"), code));
        enter();
        ann.say("lobby", "let me in");
        Locator message = ann.message("lobby", "let me in");
        ann.button("Retry").click();
        assertThat(message).hasAttribute("data-state", "failed");
        ann.page().waitForCondition(() -> server.received("join").size() == 2);
        assertThat(message).hasAttribute("data-state", "failed");

        server.on("join", frame -> server.joined(frame, "e1", 0, false));
        server.on("publish", frame -> {
            server.acknowledge(frame, 1);
            server.echo(frame, 1, "ann");
        });
        ann.button("Retry").click();
        assertThat(message).hasAttribute("data-state", "stored");
        assertThat(ann.texts("lobby")).hasText(new String[] {"let me in"});
    }

    /** An operator has closed the room: nobody who leaves does so of their own will. */
    @Test
    void oneThatWaitsWhenTheRoomIsClosed() {
        server.on("publish", frame -> server.send("{'type':'left','room':'lobby'}"));
        enter();
        ann.say("lobby", "too late");
        assertThat(ann.message("lobby", "too late")).hasAttribute("data-state", "failed");
    }

    @Test
    void closingTheTabAsks() {
        server.on("publish", frame -> {});
        enter();
        Page page = ann.page();
        List<String> asked = new ArrayList<>();
        page.onDialog(dialog -> {
            asked.add(dialog.type());
            dialog.dismiss();
        });
        ann.say("lobby", "wait for me");
        page.waitForCondition(() -> server.received("publish").size() == 1);
        page.close(new Page.CloseOptions().setRunBeforeUnload(true));
        page.waitForCondition(() -> !asked.isEmpty());
        assertEquals(List.of("beforeunload"), asked);

        server.acknowledge(server.received("publish").get(0), 1);
        assertThat(ann.message("lobby", "wait for me")).hasAttribute("data-state", "sent");
        page.waitForClose(() -> page.close(new Page.CloseOptions().setRunBeforeUnload(true)));
        assertEquals(1, asked.size(), "nothing waits any more");
    }

    @Test
    void whoChangesTheirNameKeepsIt() {
        server.on("publish", frame -> {});
        enter();
        ann.say("lobby", "as whom?");
        ann.page().waitForCondition(() -> server.received("publish").size() == 1);
        ann.page().locator("[data-action=name]").click();
        ann.field("Your name").fill("anna");
        ann.page().keyboard().press("Enter");
        assertThat(ann.page().locator(".user-name")).hasText("anna");
        Locator message = ann.message("lobby", "as whom?");
        assertThat(message).hasAttribute("data-state", "failed");

        server.on("publish", frame -> server.acknowledge(frame, 1));
        ann.button("Retry").click();
        assertThat(message).hasAttribute("data-state", "sent");
        JsonObject published = server.received("publish").get(1);
        server.on("join", frame -> {
            server.joined(frame, "e1", 0, false);
            server.echo(published, 1, "anna");
        });
        ann.page().reload();
        assertThat(message.locator(".you")).hasText("you");
    }
}

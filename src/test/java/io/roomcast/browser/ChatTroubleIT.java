package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the chat page shows when things go wrong that a healthy server spares people; under a strict content policy. */
class ChatTroubleIT extends ScriptedChat {

    private static final String ROOM_FULL = "{'type':'error','id':%s,'room':'lobby','code':'room_full','text':'full'}";

    @Test
    void aRefusedMessageIsShownAsNotSentAndSentAgainOnDemand() {
        server.on("publish", frame -> server.refuse(frame, "forbidden", 0));
        enter();
        ann.say("lobby", "please");
        Locator message = ann.message("lobby", "please");
        assertThat(message).hasAttribute("data-state", "failed");
        assertThat(message).containsText("Not sent. You are not allowed to do that here.");

        ann.page().reload();
        assertThat(message).hasAttribute("data-state", "failed");
        server.on("publish", frame -> {
            server.acknowledge(frame, 1);
            server.echo(frame, 1, "ann");
        });
        ann.button("Retry").click();
        assertThat(message).hasAttribute("data-state", "stored");
        assertThat(ann.texts("lobby")).hasCount(1);
        assertEquals(
                1,
                server.received("publish").stream()
                        .map(frame -> frame.getString("idempotencyKey"))
                        .distinct()
                        .count());
    }

    @Test
    void aFailedMessageCanBeDiscarded() {
        server.on("publish", frame -> server.refuse(frame, "forbidden", 0));
        enter();
        ann.say("lobby", "never mind");
        ann.button("Discard").click();
        assertThat(ann.texts("lobby")).hasCount(0);
        ann.page().reload();
        assertThat(ann.page().getByText("Nothing here yet. Say hello!")).isVisible();
    }

    @Test
    void aButtonThatSomebodyIsAboutToPressStays() {
        server.on("publish", frame -> server.refuse(frame, "forbidden", 0));
        enter();
        ann.say("lobby", "please");
        Locator retry = ann.button("Retry");
        retry.focus();
        server.send(ScriptedServer.message("lobby", 1));
        assertThat(ann.message("lobby", "m1")).isVisible();
        assertThat(retry).isFocused();
    }

    @Test
    void theButtonThatLoadsAgainStaysAndLeavesTheFocusInTheRoom() {
        server.keep("e1", 101, 300);
        enter();
        assertThat(ann.message("lobby", "m300")).isVisible();
        server.on("history", frame -> server.send(ROOM_FULL, frame.getInt("id")));
        Locator scroller = ann.room("lobby").locator(".scroller");
        scroller.evaluate("view => { view.scrollTop = 0; }");
        Locator again = ann.button("Try again");
        again.focus();
        server.send(ScriptedServer.message("lobby", 301));
        assertThat(ann.message("lobby", "m301")).isAttached();
        assertThat(again).isFocused();
        server.on("history", frame -> {});
        again.press("Enter");
        assertThat(ann.room("lobby").getByText("Loading messages…")).isVisible();
        assertThat(scroller).isFocused();
    }

    @Test
    void aMessageThatHasToWaitSaysWhy() {
        server.on("publish", frame -> server.refuse(frame, "unavailable", 60_000));
        enter();
        ann.say("lobby", "patience");
        assertThat(ann.message("lobby", "patience")).hasAttribute("data-state", "delayed");
        assertThat(ann.message("lobby", "patience")).containsText("The server cannot store messages right now");
    }

    @Test
    void whatIsLeftOfAGapIsLoadedAndTheRestIsSaidToBeGone() {
        server.on("join", frame -> server.joined(frame, "e1", 2, false));
        server.on("history", frame -> server.history(frame, "e1", false, 1, 2));
        enter();
        assertThat(ann.texts("lobby")).hasText(new String[] {"m1", "m2"});
        server.on("join", frame -> server.joined(frame, "e1", 10, false));
        server.on(
                "history",
                frame -> server.history(
                        frame, "e1", false, LongStream.rangeClosed(6, 10).toArray()));
        server.close(4000);
        assertThat(ann.banner()).containsText("5 missed messages delivered.");
        assertThat(ann.banner()).containsText("Some messages in #lobby were not delivered: look for the gap.");
        assertThat(ann.texts("lobby")).hasText(new String[] {"m1", "m2", "m6", "m7", "m8", "m9", "m10"});
        assertThat(ann.page().locator(".gap")).hasText("3 messages are no longer kept.");
        assertThat(ann.page().locator("[role=separator] button")).hasCount(0);
    }

    /** The server says that nothing was missed, and that nothing is recovered: the messages are other ones now. */
    @Test
    void messagesThatHaveBecomeOthersAreLoadedAnew() {
        server.on("join", frame -> server.joined(frame, "e1", 2, false));
        server.on("history", frame -> server.history(frame, "e1", false, 1, 2));
        enter();
        assertThat(ann.texts("lobby")).hasText(new String[] {"m1", "m2"});
        server.on("history", frame -> server.history(frame, "e1", false, 2));
        server.close(4000);
        assertThat(ann.texts("lobby")).hasText(new String[] {"m2"});
    }

    @Test
    void oneWhoIsSentAwayIsToldAndMayComeBack() {
        enter();
        server.close(4500);
        assertThat(ann.banner()).containsText("by the script");
        ann.button("Connect again").click();
        assertThat(ann.banner()).isHidden();
        assertThat(ann.page().locator(".topbar")).hasAttribute("data-online", "true");
    }

    @Test
    void aRoomThatCannotBeJoinedSaysWhy() {
        server.on("join", frame -> server.send(ROOM_FULL, frame.getInt("id")));
        enter();
        assertThat(ann.page().getByText("This room is full.")).isVisible();
    }

    @Test
    void namesAreShownAndIdsAreCompared() {
        enter();
        server.send(
                "{'type':'message','room':'lobby','offset':1,'sender':'auth0|1','name':'ann','content':'x','at':1}");
        assertThat(ann.room("lobby").locator(".sender")).hasText("ann");
        assertThat(ann.room("lobby").locator(".sender")).hasAttribute("title", "auth0|1");
        assertThat(ann.room("lobby").locator(".message.own")).hasCount(0);
        server.send("{'type':'signal','room':'lobby','sender':'auth0|1','name':'ann','signal':'typing'}");
        assertThat(ann.room("lobby").locator(".typing")).hasText("ann is typing…");
        server.send("{'type':'presence','room':'lobby','joined':[{'id':'auth0|1','name':'Ann Lee'},"
                + "{'id':'auth0|0123456789abcdef2','name':'Ann Lee'}],'left':[],'count':3}");
        Locator people = ann.page().locator(".person-name");
        assertThat(people).hasText(new String[] {"ann", "Ann Lee…123456789abcdef2", "Ann Leeauth0|1"});
        assertThat(ann.page().locator(".person .you")).hasCount(1);
        server.send("{'type':'presence','room':'lobby','joined':[],'left':[],"
                + "'renamed':[{'id':'auth0|1','name':'Zoe'}],'count':3}");
        assertThat(people).hasText(new String[] {"ann", "Ann Lee", "Zoe"});
        server.send(
                "{'type':'presence','room':'lobby','joined':[]," + "'left':[{'id':'auth0|1','name':'Zoe'}],'count':2}");
        assertThat(people).hasText(new String[] {"ann", "Ann Lee"});
        assertThat(ann.room("lobby").locator(".typing")).isEmpty();
    }

    @Test
    void onesOwnNewNameIsShownAtOnce() {
        server.on("publish", frame -> {});
        enter();
        server.send("{'type':'presence','room':'lobby','joined':[],'left':[],"
                + "'renamed':[{'id':'ann','name':'Ann Lee'},{'id':'bob','name':'Bob'}],'count':2}");
        assertThat(ann.page().locator(".user-name")).hasText("Ann Lee");
        ann.say("lobby", "my name is new");
        assertThat(ann.message("lobby", "my name is new").locator(".sender")).hasText("Ann Lee");
    }

    @Test
    void aHostileNameStaysText() {
        enter();
        String name = "<img src=x onerror=\"throw 1\">";
        server.send("{'type':'message','room':'lobby','offset':1,'sender':%s,'content':'x','at':1}", name);
        server.send("{'type':'presence','room':'lobby','joined':[{'id':%s}],'left':[],'count':2}", name);
        server.send("{'type':'signal','room':'lobby','sender':%s,'signal':'typing'}", name);
        assertThat(ann.room("lobby").locator(".sender")).hasText(name);
        assertThat(ann.page().locator(".person-name").filter(new Locator.FilterOptions().setHasText(name)))
                .isVisible();
        assertThat(ann.room("lobby").locator(".typing")).hasText(name + " is typing…");
        assertThat(ann.page().locator(".app img:not([alt=''])")).hasCount(0);
    }
}

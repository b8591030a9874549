package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Clock;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small things of the chat page that people of some languages, places and habits depend on. */
class ChatDetailIT extends ScriptedChat {
    private static final String SAID =
            "{'type':'message','room':'lobby','offset':%s,'sender':'bob','content':%s,'at':%s}";

    @Test
    void roomsAreCalledAsObjectsCallTheirOwn() {
        server.keep("e1", 1, 2);
        enter();
        for (String name : List.of("constructor", "__proto__", "people")) {
            ann.join(name);
            assertThat(ann.texts(name)).hasCount(2);
            ann.box(name).fill("draft of " + name);
        }
        server.keep("e1", 1, 5);
        ann.page().reload();
        for (String name : List.of("constructor", "__proto__")) {
            assertThat(ann.listed(name)).hasAccessibleName(name + ", 3 unread messages");
            ann.listed(name).click();
            assertThat(ann.box(name)).hasValue("draft of " + name);
        }
    }

    @Test
    void aMessageWithoutTextShowsItsDataOnRequest() {
        enter();
        server.send("{'type':'message','room':'lobby','offset':1,'sender':'bob','data':{'<b>':[1,'x']},'at':1}");
        Locator row = ann.texts("lobby").first();
        assertThat(row).hasText("(a message without text)");
        assertThat(ann.page().locator("pre, .data .text")).hasCount(0);
        Locator data = ann.page().getByText("Data", new Page.GetByTextOptions().setExact(true));
        data.focus();
        data.press("Enter");
        assertThat(ann.page().locator(".data .text")).hasText("{ \"<b>\": [ 1, \"x\" ] }");
        data.press("Enter");
        assertThat(ann.page().locator(".data .text")).isHidden();
    }

    /** Safari ends composition before it tells of the key, and says by its code alone that it was the input method's. */
    @Test
    void theEnterOfAnInputMethodSendsNothing() {
        enter();
        ann.page().keyboard().press("Control+k");
        Locator room = ann.field("Room");
        room.fill("ろびー");
        pressWhileComposing(room, "Enter");
        assertThat(room).isVisible();
        room.press("Escape");
        Locator box = ann.box("lobby");
        box.fill("にほん");
        pressWhileComposing(box, "Enter");
        assertThat(box).hasValue("にほん");
        assertEquals(0, server.received("publish").size());
    }

    private static void pressWhileComposing(Locator field, String key) {
        field.evaluate(
                "(field, key) => field.dispatchEvent(new KeyboardEvent('keydown', "
                        + "{ key, keyCode: 229, bubbles: true, cancelable: true }))",
                key);
    }

    @Test
    void enterOpensTheOnlyRoomThatFits() {
        enter();
        ann.join("operations");
        ann.page().keyboard().press("Control+k");
        ann.field("Room").fill("lob");
        assertThat(ann.page().getByText("Enter opens #lobby.")).isVisible();
        ann.page().keyboard().press("Enter");
        assertThat(ann.box("lobby")).isFocused();
        assertThat(ann.page().locator(".room-button")).hasCount(2);

        ann.page().keyboard().press("Control+k");
        ann.field("Room").fill("op");
        ann.page().keyboard().press("ArrowUp");
        ann.page().keyboard().press("Enter");
        assertThat(ann.box("op")).isFocused();
        assertThat(ann.page().locator(".room-name")).hasText(new String[] {"lobby", "operations", "op"});

        // Without arrow keys.
        ann.page().keyboard().press("Control+k");
        ann.field("Room").fill("lob");
        assertThat(ann.page().getByText("Enter opens #lobby.")).isVisible();
        ann.button("Join #lob").click();
        assertThat(ann.box("lob")).isFocused();
        ann.page().keyboard().press("Control+k");
        ann.field("Room").fill("lob");
        assertThat(ann.button("lobby")).isVisible();
        assertThat(ann.button("Join #lob")).hasCount(0);
    }

    @Test
    void twoApplicationsOfOneServerKnowNothingOfEachOther() {
        enter();
        ann.page().getByTitle("Colours: as the system").click();
        ann.page().reload();
        assertThat(ann.page().locator("html")).hasAttribute("data-theme", "light");
        assertThat(ann.box("lobby")).isVisible();
        ann.page().navigate(ScriptedServer.OTHER.toString());
        assertThat(ann.field("Your name")).hasValue("");
        assertThat(ann.page().locator("html")).not().hasAttribute("data-theme", "light");
    }

    @Test
    void leavingByMistakeIsUndone() {
        server.on("publish", frame -> {});
        enter();
        ann.join("ops");
        ann.listed("lobby").click();
        ann.say("lobby", "not yet stored");
        ann.box("lobby").fill("half a thou");
        ann.room("lobby").getByTitle("Leave this room").click();
        assertThat(ann.page().locator(".room-name")).hasText(new String[] {"ops"});
        assertThat(ann.page().getByText("You left #lobby.")).isVisible();
        assertThat(ann.box("ops")).isFocused();

        ann.button("Undo").click();
        assertThat(ann.box("lobby")).isFocused();
        assertThat(ann.page().locator(".room-name")).hasText(new String[] {"lobby", "ops"});
        assertThat(ann.box("lobby")).hasValue("half a thou");
        assertThat(ann.message("lobby", "not yet stored")).hasAttribute("data-state", "sending");
        ann.page().waitForCondition(() -> server.received("publish").size() == 2);
        assertEquals(
                1,
                server.received("publish").stream()
                        .map(frame -> frame.getString("idempotencyKey"))
                        .distinct()
                        .count());
        ann.page().reload();
        assertThat(ann.page().locator(".room-name")).hasText(new String[] {"lobby", "ops"});
    }

    @Test
    void undoingStaysPossibleForWhoHasGotToTheButton() {
        server.rest();
        ann.page().clock().install(new Clock.InstallOptions().setTime(0));
        enter();
        ann.room("lobby").getByTitle("Leave this room").click();
        Locator join = ann.page().locator(".no-room button");
        assertThat(join).isFocused();
        ann.button("Undo").focus();
        ann.page().clock().runFor(60_000);
        assertThat(ann.button("Undo")).isFocused();
        join.focus();
        ann.page().clock().runFor(60_000);
        assertThat(ann.button("Undo")).isHidden();
    }

    @Test
    void aRoomThatTheServerSpellsOtherwiseIsTheSameRoom() {
        server.on(
                "join",
                frame -> server.send(
                        "{'type':'joined','id':%s,'room':'LOBBY','user':'ann','epoch':'e1','offset':0,"
                                + "'recovered':false,'members':1}",
                        frame.getInt("id")));
        enter();
        assertThat(ann.room("lobby").getByText("Nothing here yet. Say hello!")).isVisible();
        server.send("{'type':'message','room':'LOBBY','offset':1,'sender':'bob','content':'hi','at':1}");
        assertThat(ann.texts("lobby")).hasText(new String[] {"hi"});
    }

    @Test
    void aNameThatTheServerDoesNotTakeIsNoReasonToWait() {
        server.on(
                "join",
                frame -> server.send(
                        "{'type':'error','id':%s,'code':'bad_request','text':'no such letter'}", frame.getInt("id")));
        enter();
        assertThat(ann.room("lobby").getByText("The server does not take the name of this room. no such letter"))
                .isVisible();
        server.on("hello", frame -> server.send("{'type':'error','code':'bad_request','text':'bad user'}"));
        ann.page().reload();
        assertThat(ann.room("lobby").getByText("Not connected. bad user")).isVisible();
        assertThat(ann.room("lobby").getByText("Loading")).hasCount(0);
    }

    @Test
    void theFirstLineKeepsItsIndent() {
        enter();
        ann.say("lobby", "\n \n    if (x) {\n      y();\n    }\n  ");
        ann.page().waitForCondition(() -> server.received("publish").size() == 1);
        assertEquals(
                "    if (x) {\n      y();\n    }",
                server.received("publish").get(0).getString("content"));
        ann.say("lobby", "  \n ");
        ann.say("lobby", "end");
        ann.page()
                .waitForCondition(() -> server.received("publish").size() > 1
                        || ann.texts("lobby").count() == 2);
        assertThat(ann.texts("lobby")).hasCount(2);
    }

    @Test
    void daysAndTimesFollowTheClockAndTheTraveller() {
        CDPSession computer = ann.page().context().newCDPSession(ann.page());
        travel(computer, "Europe/Berlin");
        server.rest();
        Instant night = Instant.parse("2026-03-10T22:58:00Z");
        ann.page().clock().install(new Clock.InstallOptions().setTime(night.toEpochMilli()));
        enter();
        server.send(SAID, 1, "late", night.toEpochMilli());
        Locator day = ann.room("lobby").locator(".day");
        Locator time = ann.room("lobby").locator(".time");
        assertThat(day).hasText("Today");
        assertThat(time).containsText("11:58");
        ann.page().clock().runFor(3 * 60_000);
        assertThat(day).hasText("Yesterday");

        travel(computer, "America/New_York");
        ann.page().clock().runFor(61_000);
        assertThat(time).containsText("6:58");
        assertThat(day).hasText("Today");
    }

    private static void travel(CDPSession computer, String zone) {
        JsonObject override = new JsonObject();
        override.addProperty("timezoneId", zone);
        computer.send("Emulation.setTimezoneOverride", override);
    }

    @Test
    void linksEndAndReadAsTheyWereTyped() {
        enter();
        server.send(
                SAID,
                1,
                "https://a.example/b。次は（https://a.example/c）と、https://a.example/d_（x）と「https://a.example/e」"
                        + " https://a.example/f、",
                1);
        assertThat(ann.room("lobby").locator(".log a")).hasText(new String[] {
            "https://a.example/b",
            "https://a.example/c",
            "https://a.example/d_（x）と",
            "https://a.example/e",
            "https://a.example/f"
        });
        server.send(SAID, 2, "\u202Ehttps://good.example/\u202Etxt.exe", 2);
        Locator link = ann.room("lobby").locator(".log a").last();
        assertThat(link).hasText("https://good.example/");
        assertEquals(true, link.evaluate("""
                        link => {
                            const at = (from) => {
                                const range = document.createRange();
                                range.setStart(link.firstChild, from);
                                range.setEnd(link.firstChild, from + 1);
                                return range.getBoundingClientRect().left;
                            };
                            return at(0) < at(10);
                        }"""), "its first character is drawn at the left");
    }

    @Test
    void rightToLeftTextsBeginAtOneEdge() {
        enter();
        server.send(SAID, 1, "שלום לכולם", 1);
        server.send(SAID, 2, "שלום", 2);
        assertThat(ann.texts("lobby")).hasCount(2);
        assertEquals(true, ann.page().evaluate("""
                        () => {
                            const [first, second] = [...document.querySelectorAll('.text')].map((text) => {
                                const range = document.createRange();
                                range.selectNodeContents(text);
                                return range.getBoundingClientRect();
                            });
                            const time = document.querySelectorAll('.time')[1].getBoundingClientRect();
                            return Math.abs(first.right - second.right) < 1 && time.right < second.left;
                        }"""));
    }
}

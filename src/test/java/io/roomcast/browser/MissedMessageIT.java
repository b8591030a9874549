package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Clock;
import com.microsoft.playwright.Locator;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What others wrote while somebody was away, or was elsewhere: it is there, it is counted, and it is begun with. */
class MissedMessageIT extends ScriptedChat {
    @Test
    void afterARestartOfTheServer() {
        server.keep("e1", 1, 40);
        enter();
        Locator read = ann.message("lobby", "m40").first();
        assertThat(read).isInViewport();
        double before = read.boundingBox().y;

        server.keep("e2", 1, 70);
        server.close(4001);
        assertThat(ann.banner())
                .containsText("Back online. 70 missed messages delivered. #lobby began anew: messages may be missing.");
        assertThat(ann.listed("lobby")).hasAccessibleName("lobby, 70 unread messages");
        assertThat(ann.room("lobby").locator(".unread-line")).isAttached();
        assertThat(ann.message("lobby", "m1").last()).isAttached();
        assertEquals(before, read.first().boundingBox().y, 45, "what was read stays in view");
        assertThat(ann.room("lobby").locator(".gap")).hasText("The room began anew here.");

        ann.button("70 new messages").click();
        assertThat(ann.message("lobby", "m70")).isInViewport();
        assertThat(ann.listed("lobby")).hasAccessibleName("lobby");
    }

    @Test
    void afterAnAbsenceThatIsLongerThanTheHistory() {
        server.keep("e1", 1, 40);
        enter();
        assertThat(ann.message("lobby", "m40")).isInViewport();
        server.keep("e1", 101, 300);
        server.close(4001);
        assertThat(ann.banner()).containsText("200 missed messages delivered. Some messages in #lobby were not");
        assertThat(ann.listed("lobby")).hasAccessibleName("lobby, 200 unread messages");
        assertThat(ann.room("lobby").locator(".gap")).hasText("60 messages are no longer kept.");
        // Whoever reads on arrives at the newest, without a button.
        ann.page().waitForFunction("""
                () => {
                    document.querySelector('.scroller').scrollTop += 600;
                    return [...document.querySelectorAll('.text')].at(-1).textContent === 'm300';
                }""");
        List<String> offsets = strings("[...document.querySelectorAll('.message')].map((row) => row.dataset.offset)");
        assertEquals(LongStream.rangeClosed(101, 300).mapToObj(String::valueOf).toList(), tail(offsets, 200));
    }

    @Test
    void afterASecondLossBeforeTheFirstWasMadeGood() {
        server.keep("e1", 1, 2);
        enter();
        assertThat(ann.texts("lobby")).hasCount(2);
        server.keep("e1", 1, 5);
        server.on("history", frame -> {});
        server.close(4001);
        ann.page().waitForCondition(() -> server.received("history").size() == 2);
        server.keep("e1", 1, 8);
        server.close(4001);
        assertThat(ann.banner()).containsText("Back online. 6 missed messages delivered.");
        assertThat(ann.banner()).not().containsText("look for the gap");
        assertThat(ann.texts("lobby")).hasCount(8);
        assertThat(ann.room("lobby").locator(".gap")).hasCount(0);
    }

    @Test
    void whatCannotBeLoadedIsNotLost() {
        server.keep("e1", 1, 2);
        enter();
        assertThat(ann.texts("lobby")).hasCount(2);
        server.keep("e1", 1, 5);
        server.on(
                "history",
                frame -> server.send(
                        "{'type':'error','id':%s,'room':'lobby','code':'forbidden','text':'no'}", frame.getInt("id")));
        server.close(4001);
        assertThat(ann.banner()).containsText("Back online. Missed messages in #lobby could not be loaded.");
        server.keep("e1", 1, 5);
        ann.button("Try again").click();
        assertThat(ann.texts("lobby")).hasCount(5);
        assertThat(ann.room("lobby").locator(".gap")).hasCount(0);
    }

    @Test
    void overASlowLink() {
        ann.page().clock().install(new Clock.InstallOptions().setTime(0));
        server.rest();
        server.keep("e1", 1, 2);
        enter();
        assertThat(ann.texts("lobby")).hasCount(2);
        server.on("join", frame -> server.joined(frame, "e1", 5, true));
        server.close(4001);
        ann.page().waitForCondition(() -> {
            ann.page().clock().runFor(500);
            return server.received("join").size() > 1;
        });
        assertThat(ann.page().locator(".topbar")).hasAttribute("data-online", "true");
        ann.page().clock().runFor(3_000);
        assertThat(ann.banner()).isHidden();
        server.sendTogether(LongStream.rangeClosed(3, 5)
                .mapToObj(offset -> ScriptedServer.message("lobby", offset))
                .toList());
        assertThat(ann.banner()).containsText("Back online. 3 missed messages delivered.");
    }

    @Test
    void aRoomBeginsWithTheFirstUnreadMessageAndKeepsItsPlace() {
        server.keep("e1", 1, 100);
        enter();
        assertThat(ann.message("lobby", "m100")).isInViewport();
        server.keep("e1", 1, 300);
        ann.page().reload();
        assertBeginsAt(101);
        assertThat(ann.listed("lobby")).hasAccessibleName("lobby, 200 unread messages");

        // Elsewhere and back.
        Locator read = ann.message("lobby", "m115");
        read.scrollIntoViewIfNeeded();
        ann.room("lobby").locator(".scroller").evaluate("view => { view.scrollTop += 333; }");
        assertThat(ann.message("lobby", "m110")).isAttached();
        double before = read.boundingBox().y;
        ann.join("ops");
        ann.listed("lobby").click();
        assertThat(read).isAttached();
        assertEquals(before, read.boundingBox().y, 2, "the place of somebody who was elsewhere");

        ann.button("200 new messages").click();
        assertThat(ann.message("lobby", "m300")).isInViewport();
        ann.listed("ops").click();
        server.keep("e1", 1, 800);
        server.sendTogether(LongStream.rangeClosed(301, 800)
                .mapToObj(offset -> ScriptedServer.message("lobby", offset))
                .toList());
        assertThat(ann.listed("lobby")).hasAccessibleName("lobby, 500 unread messages");
        ann.listed("lobby").click();
        assertBeginsAt(301);
    }

    /** While nobody looks, nothing is read. */
    @Test
    void aTabThatNobodySeesReadsNothing() {
        server.keep("e1", 1, 60);
        enter();
        assertThat(ann.message("lobby", "m60")).isInViewport();
        showTab("hidden");
        server.sendTogether(LongStream.rangeClosed(61, 160)
                .mapToObj(offset -> ScriptedServer.message("lobby", offset))
                .toList());
        assertThat(ann.page()).hasTitle("(100) #lobby – Roomcast");
        showTab("visible");
        assertBeginsAt(61);
        assertThat(ann.page()).hasTitle("(100) #lobby – Roomcast");
    }

    @Test
    void whatAnotherTabHasReadIsNoNewsWhereItComesLater() {
        server.keep("e1", 1, 60);
        enter();
        assertThat(ann.message("lobby", "m60")).isInViewport();
        showTab("hidden");
        ann.page().evaluate("""
                () => new Promise((heard) => {
                    const channel = 'roomcast/roomcast/';
                    new BroadcastChannel(channel).onmessage = heard;
                    const detail = { lobby: { epoch: 'e1', offset: 62 } };
                    new BroadcastChannel(channel).postMessage({ user: 'ann', what: 'read', detail });
                })""");
        server.sendTogether(LongStream.rangeClosed(61, 63)
                .mapToObj(offset -> ScriptedServer.message("lobby", offset))
                .toList());
        assertThat(ann.page()).hasTitle("(1) #lobby – Roomcast");
        showTab("visible");
        assertThat(ann.page()).hasTitle("#lobby – Roomcast");
    }

    private void showTab(String state) {
        ann.page().evaluate("""
                state => {
                    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
                    document.dispatchEvent(new Event('visibilitychange'));
                }""", state);
    }

    private void assertBeginsAt(long offset) {
        assertThat(ann.room("lobby").locator(".unread-line")).isInViewport();
        assertThat(ann.message("lobby", "m" + offset)).isInViewport();
        double line = ann.room("lobby").locator(".unread-line").boundingBox().y;
        double first = ann.message("lobby", "m" + offset).boundingBox().y;
        assertTrue(first > line && first < line + 60, () -> "line at " + line + ", first unread at " + first);
    }

    private static List<String> tail(List<String> list, int count) {
        return list.subList(Math.max(0, list.size() - count), list.size());
    }

    @SuppressWarnings("unchecked")
    private List<String> strings(String expression) {
        return (List<String>) ann.page().evaluate(expression);
    }
}

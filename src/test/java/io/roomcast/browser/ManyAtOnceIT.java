package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What many people say and do in the same moment holds the page up for no longer than what a few do. Work is counted,
 * not timed.
 */
class ManyAtOnceIT extends ScriptedChat {
    private static final int KEPT = 300;
    private static final int FRAMES = 2_000;
    private static final String SAID =
            "{'type':'message','room':%s,'offset':%s,'sender':%s,'content':%s,'at':1700000000000}";
    private static final String TYPES = "{'type':'signal','room':%s,'sender':%s,'signal':'typing'}";
    private static final String CAME =
            "{'type':'presence','room':%s,'joined':[{'id':%s}],'left':[{'id':%s}],'count':%s}";

    /** Counts what is stored, and how often parts of the page are written to. */
    private static final String COUNTED = """
            window.work = { stored: 0, title: 0, chip: 0, typing: 0, rows: [] };
            const setItem = Storage.prototype.setItem;
            Storage.prototype.setItem = function (key, value) {
              if (key === 'roomcast/roomcast/.read.ann') {
                work.stored += 1;
                document.documentElement.dataset.marks = Object.keys(JSON.parse(value)).length;
              }
              setItem.call(this, key, value);
            };
            window.observe = (what, selector) => new MutationObserver((changes) => { work[what] += changes.length; })
              .observe(document.querySelector(selector), { childList: true });
            window.observeRows = () => new MutationObserver((changes) => work.rows.push(
              changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.matches('.message')).length))
              .observe(document.querySelector('.log'), { childList: true });
            """;

    @BeforeEach
    void count() {
        ann.page().addInitScript(COUNTED);
        enter();
        assertThat(ann.room("lobby").locator(".list-empty")).containsText("Nothing here yet");
    }

    @Test
    void costlyMessagesAreDrawnAFewAFrame() {
        String text = "http://a.example/ ".repeat(800);
        ann.page().evaluate("observeRows()");
        server.sendTogether(each(KEPT, i -> ScriptedServer.frame(SAID, "lobby", i + 1, "u" + i % 9, text)));

        assertThat(ann.texts("lobby")).hasCount(KEPT);
        long most = number("Math.max(...work.rows)");
        assertTrue(most <= 10, () -> "messages drawn for one frame: " + most);
        assertEquals(
                IntStream.rangeClosed(1, KEPT).mapToObj(String::valueOf).toList(),
                ann.page().evaluate("[...document.querySelectorAll('.message')].map((row) => row.dataset.offset)"),
                "in order");
        assertEquals(
                true,
                ann.room("lobby")
                        .locator(".scroller")
                        .evaluate("view => view.scrollHeight - view.scrollTop - view.clientHeight < 48"),
                "who reads the newest goes on doing so");
        assertThat(ann.room("lobby").locator(".log")).hasAttribute("aria-busy", "false");
    }

    @Test
    void titleAndBadgesFollowManyMessagesOfManyRoomsTogether() {
        List<String> rooms = each(100, i -> "room" + i);
        ann.page()
                .evaluate("rooms => sessionStorage.setItem('roomcast/roomcast/.rooms', JSON.stringify(rooms))", rooms);
        ann.page().reload();
        assertThat(ann.page().locator(".room-button")).hasCount(rooms.size() + 1);
        assertThat(ann.page().locator("html")).hasAttribute("data-marks", String.valueOf(rooms.size() + 1));
        assertTrue(number("work.stored") <= 20, () -> "times the marks were stored: " + number("work.stored"));

        ann.page().evaluate("observe('title', 'title')");
        server.sendTogether(
                each(FRAMES, i -> ScriptedServer.frame(SAID, rooms.get(i % 100), i / 100 + 1, "bob", "hi")));
        assertThat(ann.page()).hasTitle("(" + FRAMES + ") #lobby – Roomcast");
        assertTrue(number("work.title") <= 20, () -> "times the title was set: " + number("work.title"));
    }

    @Test
    void peopleWhoComeAndTypeAreShownOnceAFrame() {
        ann.page().evaluate("observe('chip', '.chip-count'); observe('typing', '.typing')");
        server.sendTogether(each(FRAMES, i -> ScriptedServer.frame(TYPES, "lobby", "t" + i)));
        server.sendTogether(each(
                FRAMES, i -> ScriptedServer.frame(CAME, "lobby", "u" + i, i < FRAMES - 2 ? "t" + i : "nobody", i + 2)));
        assertThat(ann.room("lobby").locator(".chip-count")).hasText("2,001");
        assertThat(ann.room("lobby").locator(".typing")).hasText("");
        assertTrue(number("work.chip") <= 20, () -> "times the count was set: " + number("work.chip"));
        assertTrue(number("work.typing") <= 20, () -> "times the names were set: " + number("work.typing"));
    }

    @Test
    void messagesFetchNothing() {
        List<String> fetched = new ArrayList<>();
        ann.page().onRequest(request -> fetched.add(request.url()));
        server.on("publish", frame -> {
            int offset = server.received("publish").size();
            server.acknowledge(frame, offset);
            server.echo(frame, offset, "ann");
        });
        for (String text : each(10, i -> "message " + i)) {
            ann.say("lobby", text);
        }
        assertThat(ann.room("lobby").locator("[data-state=stored]")).hasCount(10);
        assertEquals(List.of(), fetched);
    }

    private static List<String> each(int count, IntFunction<String> made) {
        return IntStream.range(0, count).mapToObj(made).toList();
    }

    private long number(String expression) {
        return ((Number) ann.page().evaluate(expression)).longValue();
    }
}

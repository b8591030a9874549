package io.roomcast.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.lang.Character.UnicodeScript;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one person says costs everybody else's page little, whatever it is. Work is counted, not timed. */
class CostlyContentIT extends ScriptedChat {
    private static final int LONG = 16_000;
    private static final String SAID =
            "{'type':'message','room':%s,'offset':%s,'sender':%s,'content':%s,'at':1700000000000}";

    /** Counts how many characters the page's scripts hand to methods of strings, and how many addresses are parsed. */
    private static final String COUNTED = """
            window.work = { characters: 0, addresses: 0 };
            for (const name of ['split', 'slice', 'replace', 'replaceAll', 'match', 'matchAll', 'endsWith', 'indexOf',
                'lastIndexOf', 'substring', 'search', 'trim', 'normalize']) {
              const original = String.prototype[name];
              String.prototype[name] = function (...given) {
                work.characters += this.length;
                return original.apply(this, given);
              };
            }
            window.URL = class extends URL {
              constructor(...given) {
                work.addresses += 1;
                super(...given);
              }
            };
            """;

    @BeforeEach
    void count() {
        ann.page().addInitScript(COUNTED);
    }

    static Stream<String> costly() {
        return Stream.of(
                "http://a.example/" + ")".repeat(LONG),
                "http://a.example/" + "([{".repeat(LONG / 6) + "}])".repeat(LONG / 6),
                "http://a.example/" + ".".repeat(LONG) + "x",
                "http://a.example/" + ").".repeat(LONG / 2),
                "http://a.example ".repeat(LONG / 16),
                "http://".repeat(LONG / 7),
                "http://a.example/" + "x".repeat(LONG),
                "\n".repeat(LONG) + "x",
                "a\n".repeat(LONG / 2),
                "x".repeat(LONG),
                "\uD83D\uDE00".repeat(LONG / 2),
                "\uD83D\uDC69\u200D".repeat(LONG / 3) + "x",
                "a" + "\u0301".repeat(LONG),
                "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A".repeat(LONG / 11),
                "\u202E\u2067".repeat(LONG / 2) + "x",
                "\u0600\u0bcc\u0e33".repeat(LONG / 3),
                "a\u05D0".repeat(LONG / 2),
                "a\u0431\u03B1\u05D0\u4E2D\uAC00\u0E01\u0915".repeat(LONG / 8),
                "\u4E2D\uDB40\uDD00".repeat(LONG / 3),
                "\uD83D\uDE00a".repeat(LONG / 3),
                "\u2028\u2029\u0085".repeat(LONG / 3),
                "\u200B\u200D\u2060\uFE0F".repeat(LONG / 4),
                anyLetters(0x3000),
                anyLetters(0x32000),
                anySigns(),
                IntStream.range(0, LONG)
                        .mapToObj(i -> Character.toString(0x4e00 + i))
                        .collect(Collectors.joining()));
    }

    private static String anyLetters(int end) {
        return new Random(8)
                .ints(0x80, end)
                .filter(Character::isLetter)
                .limit(LONG / 2)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Of the blocks in which pictures stand beside signs of other fonts. */
    private static String anySigns() {
        return new Random(9)
                .ints(0x1f300, 0x1fb00)
                .limit(LONG / 4)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @ParameterizedTest
    @MethodSource("costly")
    void aMessageIsDrawnInPartsOfBoundedCost(String text) {
        enter("lobby");
        Page page = ann.page();
        page.evaluate("Object.assign(work, { characters: 0, addresses: 0 })");
        server.send(SAID, "lobby", 1, "bob", text);
        Locator drawn = ann.texts("lobby");
        assertThat(drawn).hasCount(1);

        String shown = drawn.textContent();
        assertTrue(shown.length() <= 2_000, () -> "characters drawn: " + shown.length());
        assertTrue(
                shown.lines().count() <= 30,
                () -> "lines drawn: " + shown.lines().count());
        assertTrue(scripts(shown) <= 100, () -> "times the script changes: " + scripts(shown));
        String pictures = "text => text.textContent.replace(/[^\\p{L}\\p{S}]/gu, '')"
                + ".match(/\\p{Emoji_Presentation}+/gu)?.length ?? 0";
        int pieces = ((Number) drawn.evaluate(pictures)).intValue();
        assertTrue(pieces <= 100, () -> "runs of pictures: " + pieces);
        assertTrue(number("document.querySelectorAll('.message *').length") <= 100, "elements");
        assertTrue(number("work.addresses") <= 100, () -> "addresses parsed: " + number("work.addresses"));
        // Some passes over what is drawn, and a few over the whole text to read the frame.
        double passes = number("work.characters") / (double) text.length();
        assertTrue(passes < 50, () -> "the text was gone through " + passes + " times");
        assertEquals(true, drawn.evaluate("text => !/\\p{M}{9}/u.test(text.textContent)"), "marks on one letter");
        assertEquals(true, drawn.evaluate("text => text.textContent.isWellFormed()"), "characters are not cut in two");
        assertEquals(
                true, page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page stays as it is");
    }

    /** Those of Japan are used together. */
    private static long scripts(String text) {
        List<UnicodeScript> each = text.codePoints()
                .mapToObj(UnicodeScript::of)
                .filter(script -> script != UnicodeScript.COMMON && script != UnicodeScript.INHERITED)
                .map(script -> script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA
                        ? UnicodeScript.HAN
                        : script)
                .toList();
        return IntStream.range(1, each.size())
                .filter(i -> each.get(i) != each.get(i - 1))
                .count();
    }

    /** What people write is drawn whole, in whichever script. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Hello, this is a message; it has 2 lines of text and an address. ",
                "Привіт, це повідомлення. Ґанок, їжак і щастя. ",
                "Ἐν ἀρχῇ ἦν ὁ λόγος, καὶ ὁ λόγος ἦν πρὸς τὸν θεόν. ",
                "سلام، این یک پیام است که می‌نویسم. چگونه‌اید؟ پژوهش گاه ",
                "Chào bạn, đây là một tin nhắn bằng tiếng Việt. Nguyễn Ngữ ",
                "これはメッセージです。漢字とカタカナ、ひらがな。",
                "안녕하세요, 이것은 메시지입니다. ",
                "Բարև, սա հաղորդագրություն է և այլն։ ",
                "שלום, זו הודעה. כן, בסדר. ",
                "ሰላም፣ ይህ መልእክት ነው። ",
                "नमस्ते, यह एक संदेश है। ",
                "สวัสดี นี่คือข้อความ ",
                "\uD83D\uDE00\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \uD83E\uDD37\u200D\u2642\uFE0F \u2764\uFE0F \uD83D\uDC4D\uD83C\uDFFD ",
                "Salut, c’est déjà l’été où l’on fête à Málaga, žluťoučký kůň. "
            })
    void whatPeopleWriteIsDrawnWhole(String sentence) {
        String text = sentence.repeat(1_900 / sentence.length()).strip();
        enter("lobby");
        server.send(SAID, "lobby", 1, "bob", text);
        assertThat(ann.texts("lobby")).hasText(text);
        assertThat(ann.room("lobby").locator("button.more")).hasCount(0);
    }

    @Test
    void theRestIsShownOnDemandByTheKeyboard() {
        String text = IntStream.range(0, 4_000).mapToObj(i -> "word" + i).collect(Collectors.joining(" "));
        enter("lobby");
        server.send(SAID, "lobby", 1, "bob", text);
        Locator more = ann.room("lobby").locator("button.more");
        assertThat(more).containsText("Show more");
        int presses = 0;
        while (more.count() > 0) {
            more.focus();
            ann.page().keyboard().press("Enter");
            presses++;
            assertEquals(
                    true,
                    ann.page().evaluate("document.activeElement.closest('.text') !== null"),
                    "who reads goes on at the new part");
        }
        assertEquals(text, ann.texts("lobby").textContent());
        assertTrue(presses > 1, "each press draws a part");
    }

    /** Names that every JavaScript object knows. */
    @ParameterizedTest
    @ValueSource(strings = {"constructor", "__proto__", "toString", "hasOwnProperty"})
    void aRoomMayHaveAnyName(String room) {
        enter(room);
        assertThat(ann.box(room)).hasValue("");
        server.send(SAID, room, 1, "constructor", "hello");
        assertThat(ann.texts(room)).hasText("hello");
        ann.box(room).fill("a draft");
        ann.page().reload();
        assertThat(ann.box(room)).hasValue("a draft");
    }

    private void enter(String room) {
        ann.enter(ScriptedServer.HOME, "ann", room);
        assertThat(ann.room(room).locator(".list-empty")).containsText("Nothing here yet");
    }

    private long number(String expression) {
        return ((Number) ann.page().evaluate(expression)).longValue();
    }
}

package io.roomcast.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchTerms;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the search of an {@link Archive} promises, for any database. */
public abstract class ArchiveSearchContract {
    private static final long PLENTY = 1 << 20;

    protected final RoomName room = new RoomName("lobby-" + UUID.randomUUID());
    protected Archive archive;
    private final RoomName other = new RoomName(room + ".other");
    private long clock = 1_700_000_000_000L;

    private static Archive.Message message(long offset, long at, String sender, String members) {
        String body = "{\"at\":" + at + ",\"room\":\"r\",\"sender\":\"" + sender + "\"," + members + "}";
        return new Archive.Message(offset, at, null, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Stores messages, each a second later. */
    protected final void say(RoomName in, String epoch, long first, String sender, String... contents) {
        List<Archive.Message> messages = new ArrayList<>();
        for (int i = 0; i < contents.length; i++) {
            clock += 1_000;
            messages.add(message(first + i, clock, sender, "\"content\":\"" + contents[i] + "\""));
        }
        archive.append(List.of(new Archive.Run(in, epoch, messages)));
    }

    protected final void indexAll() {
        do {
            while (archive.index(100) > 0) {}
        } while (archive.unindexed().isEmpty());
    }

    private static Archive.Search search(String text, List<RoomName> rooms) {
        return new Archive.Search(SearchTerms.parse(text), rooms, null, 0, Long.MAX_VALUE, 0, 50, PLENTY);
    }

    private static List<String> places(Archive.FoundPage page) {
        return page.messages().stream()
                .map(found -> found.epoch() + ":" + found.message().offset())
                .toList();
    }

    /** @param offsets of the messages of the epoch e1 that are found, newest first */
    protected final void assertFound(String text, long... offsets) {
        indexAll();
        List<String> expected =
                Arrays.stream(offsets).mapToObj(offset -> "e1:" + offset).toList();
        assertEquals(expected, places(archive.search(search(text, List.of(room)))), text);
    }

    @Test
    void allWordsMustOccurInWhateverCaseAndWithWhateverAccents() {
        say(room, "e1", 1, "ann", "Lunch at noon?", "The café has lunch", "Straße, Ötzi & CAFÉ", "launch");
        assertFound("lunch", 2, 1);
        assertFound("LUNCH cafe", 2);
        assertFound("ötzi", 3);
        assertFound("otzi", 3);
        assertFound("CAFÉ", 3, 2);
        assertFound("lunch dinner");
        assertFound("lunc");
        assertFound("at", 1);
    }

    @Test
    void aStarStandsForAnyEndAndQuotesForAnOrder() {
        say(room, "e1", 1, "ann", "one two three", "three two one", "one thousand", "e-mail ann@example.com, please");
        assertFound("th*", 3, 2, 1);
        assertFound("tho* one", 3);
        assertFound("\"one two\"", 1);
        assertFound("\"two one", 2);
        assertFound("ann@example.com", 4);
        assertFound("example.ann");
        assertFound("two.thre*", 1);
        assertFound("e-mail pleas*", 4);
    }

    @Test
    void scriptsWithoutSpacesAreFoundByTheirCharacters() {
        say(room, "e1", 1, "ann", "東京都に行きました", "京都は晴れ", "Привет, мир", "สวัสดีครับ");
        assertFound("東京", 1);
        assertFound("京都", 2, 1);
        assertFound("привет", 3);
        assertFound("МИ*", 3);
        assertFound("ครับ", 4);
    }

    @Test
    void wordsAreFoundInFullCaseFoldingAndWithoutPoints() {
        say(room, "e1", 1, "ann", "Hauptstraße 5", "STRASSE", "שָׁלוֹם עולם", "مُحَمَّد", "天气很好");
        assertFound("strasse", 2);
        assertFound("STRAẞE", 2);
        assertFound("hauptstras*", 1);
        assertFound("HAUPTSTRASSE", 1);
        assertFound("שלום", 3);
        assertFound("محمد", 4);
        assertFound("天气*", 5);
        assertFound("天*", 5);
    }

    @Test
    void aPhraseStandsInOneTextOnly() {
        archive.append(List.of(new Archive.Run(
                room,
                "e1",
                List.of(
                        message(1, 1_000, "ann", "\"content\":\"see one\",\"data\":[\"two three\",\"\",\"four five\"]"),
                        message(2, 1_001, "ann", "\"data\":{\"a\":\"one two\",\"b\":\"three four\"}")))));
        assertFound("\"one two\"", 2);
        assertFound("\"three four\"", 2);
        assertFound("\"two three\"", 1);
        assertFound("\"four five\"", 1);
        assertFound("one two three four", 2, 1);
        assertFound("three.fou*", 2);
    }

    @Test
    void theStringsOfTheDataAreFoundToo() {
        archive.append(List.of(new Archive.Run(
                room,
                "e1",
                List.of(
                        message(1, 1_000, "ann", "\"data\":{\"title\":\"Deploy failed\",\"at\":[\"staging\",7]}"),
                        message(2, 1_001, "ann", "\"content\":\"see\",\"data\":\"attached\"")))));
        assertFound("deploy staging", 1);
        assertFound("see attached", 2);
        assertFound("title");
    }

    @Test
    void whatIsNoMessageOfThisProgramHasNoWords() {
        archive.append(List.of(new Archive.Run(
                room,
                "e1",
                List.of(
                        new Archive.Message(1, 1, null, "[\"lunch\"]".getBytes(StandardCharsets.UTF_8)),
                        new Archive.Message(2, 1, null, "{\"content\":\"lunch".getBytes(StandardCharsets.UTF_8)),
                        new Archive.Message(3, 1, null, new byte[0])))));
        assertFound("lunch");
    }

    @Test
    void roomsSendersAndTimesAreToldApart() {
        say(room, "e1", 1, "ann", "hello 1", "hello 2");
        long between = clock + 1;
        say(other, "e1", 1, "ann", "hello elsewhere");
        say(room, "e1", 3, "bob's-mate", "hello 3");
        say(room, "e2", 1, "ann", "hello again");
        indexAll();
        SearchTerms hello = SearchTerms.parse("hello");
        assertEquals(List.of("e2:1", "e1:3", "e1:2", "e1:1"), places(archive.search(search("hello", List.of(room)))));
        assertEquals(
                List.of("e2:1", "e1:3", "e1:1", "e1:2", "e1:1"),
                places(archive.search(search("hello", List.of(other, room)))));
        assertEquals(List.of(), places(archive.search(search("hello", List.of(new RoomName("nowhere"))))));
        assertEquals(
                other,
                archive.search(search("elsewhere", null)).messages().get(0).room());
        assertEquals(
                List.of("e1:3"),
                places(archive.search(
                        new Archive.Search(hello, null, "bob's-mate", 0, Long.MAX_VALUE, 0, 50, PLENTY))));
        assertEquals(
                List.of("e2:1", "e1:2", "e1:1"),
                places(archive.search(
                        new Archive.Search(hello, List.of(room), "ann", 0, Long.MAX_VALUE, 0, 50, PLENTY))));
        assertEquals(
                List.of("e1:2", "e1:1"),
                places(archive.search(new Archive.Search(hello, List.of(room), null, 0, between, 0, 50, PLENTY))));
        assertEquals(
                List.of("e2:1", "e1:3"),
                places(archive.search(
                        new Archive.Search(hello, List.of(room), null, between, Long.MAX_VALUE, 0, 50, PLENTY))));
    }

    @Test
    void pagesFollowOneAnotherWithoutAGapAndAreBounded() {
        say(
                room,
                "e1",
                1,
                "ann",
                IntStream.rangeClosed(1, 25).mapToObj(i -> "word " + i).toArray(String[]::new));
        // At the same time as the last one.
        archive.append(
                List.of(new Archive.Run(other, "e1", List.of(message(26, clock, "ann", "\"content\":\"word\"")))));
        indexAll();
        List<String> all = new ArrayList<>();
        long next = 0;
        int pages = 0;
        do {
            Archive.FoundPage page = archive.search(new Archive.Search(
                    SearchTerms.parse("word"), List.of(room, other), null, 0, Long.MAX_VALUE, next, 10, PLENTY));
            all.addAll(places(page));
            next = page.next();
            pages++;
            assertTrue(page.messages().size() <= 10);
        } while (next != 0);
        assertEquals(3, pages);
        assertEquals(26, all.size());
        assertEquals(26, Set.copyOf(all).size());
        Archive.FoundPage small =
                archive.search(new Archive.Search(SearchTerms.parse("word"), null, null, 0, Long.MAX_VALUE, 0, 10, 1));
        assertEquals(1, small.messages().size(), "at least one");
        assertTrue(small.next() != 0);
    }

    @Test
    void whatIsDeletedIsNotFoundAndItsPlaceInTheIndexIsFree() {
        say(room, "e1", 1, "ann", "old lunch", "middle lunch", "new lunch");
        assertFound("lunch", 3, 2, 1);
        long epoch = archive.epochs(0, 1).get(0).id();
        assertEquals(2, archive.deleteOldest(epoch, clock, 10));
        assertFound("lunch", 3);
        say(room, "e1", 4, "ann", "later lunch");
        assertEquals(2, archive.deleteOldest(epoch, clock + 1, 10));
        assertFound("lunch");
    }

    @Test
    void theWordsOfATextThatAreLookedForAreTold() {
        SearchTerms terms = SearchTerms.parse("lunch \"at no*\" caf*");
        assertEquals(
                Set.of(Set.of("Lunch"), Set.of("at"), Set.of("no"), Set.of("Café", "cafeteria")),
                Set.copyOf(archive.matching(
                                terms, Set.of("Lunch", "Café", "at", "no", "noon", "and", "lunches", "cafeteria"))
                        .values()));
    }

    @Test
    void aFrequentWordIsFoundNewestFirstAmongMany() {
        for (int page = 0; page < 10; page++) {
            long at = clock;
            int first = page * 1_000;
            archive.append(List.of(new Archive.Run(
                    room,
                    "e1",
                    IntStream.rangeClosed(1, 1_000)
                            .mapToObj(i -> message(
                                    first + i,
                                    at,
                                    "ann",
                                    "\"content\":\"every " + (first + i == 17 ? "rare" : "day") + "\""))
                            .toList())));
        }
        assertFound("rare", 17);
        Archive.FoundPage page = archive.search(search("every", List.of(room)));
        assertEquals("e1:10000", places(page).get(0));
        assertEquals(50, page.messages().size());
        assertFalse(page.next() == 0);
    }
}

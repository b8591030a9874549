package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reading back what was said. */
class HistoryIT {
    private static final int SAID = 120;

    @AutoClose
    private static TestServer server;

    @AutoClose
    private final RoomClient ann = RoomClient.enter(server, TestServer.newRoom(), "ann");

    private String epoch;

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @Test
    void anEmptyRoomHasAnEmptyPage() {
        Frame page = page("");
        assertEquals(List.of(), offsets(page));
        assertFalse(page.isTrue("more"));
    }

    @Test
    void fiftyOfTheNewestComeUnlessAskedOtherwise() {
        say();
        Frame page = page("");
        assertEquals(range(71, 120), offsets(page));
        assertTrue(page.isTrue("more"));
        JsonObject last = page.json().getJsonArray("messages").getJsonObject(49);
        assertEquals("said 120", last.getString("content"));
        assertEquals("ann", last.getString("sender"));
        assertTrue(last.containsKey("at"));
    }

    @Test
    void pagesGoBackToTheBeginning() {
        say();
        List<Long> all = new ArrayList<>();
        long before = SAID + 1;
        boolean more = true;
        while (more) {
            Frame page = page(before(before) + ",'limit':33");
            all.addAll(0, offsets(page));
            before = all.get(0);
            more = page.isTrue("more");
        }
        assertEquals(range(1, SAID), all);
        assertEquals(List.of(), offsets(page(before(1))));
    }

    @Test
    void nothingIsBeforeTheBeginning() {
        say();
        assertEquals(List.of(), offsets(page(before(0))));
    }

    @Test
    void aPositionOfAnOldEpochIsAnsweredWithThePresentOne() {
        say();
        for (String bound : List.of("before", "after")) {
            ann.say("{'type':'history','id':5,'" + bound + "':{'epoch':'old','offset':3,'at':1}}");
            Frame error = ann.next("error");
            assertEquals("renumbered", error.string("code"), bound);
            assertEquals(5, error.number("id"));
            assertEquals(epoch, error.string("epoch"));
            assertEquals(SAID, error.offset());
        }
    }

    @Test
    void pagesGoForward() {
        say();
        Frame page = page(after(0) + ",'limit':100");
        assertEquals(range(1, 100), offsets(page));
        assertTrue(page.isTrue("more"));
        page = page(after(100) + ",'limit':200");
        assertEquals(range(101, SAID), offsets(page));
        assertFalse(page.isTrue("more"));
        assertEquals(List.of(), offsets(page(after(SAID))));
        assertEquals(List.of(), offsets(page(after(9007199254740991L))));
        assertEquals(range(71, SAID), offsets(page(before(9007199254740991L))));
    }

    private void say() {
        for (int i = 1; i <= SAID; i++) {
            ann.say("{'id':" + i + ",'content':'said " + i + "'}");
        }
        epoch = ann.next(frame -> frame.is("ack") && frame.number("id") == SAID, "the last ack")
                .string("epoch");
    }

    private String before(long offset) {
        return ",'before':{'epoch':'" + epoch + "','offset':" + offset + "}";
    }

    private String after(long offset) {
        return ",'after':{'epoch':'" + epoch + "','offset':" + offset + "}";
    }

    private Frame page(String members) {
        ann.say("{'type':'history','id':777" + members + "}");
        Frame page = ann.next("history");
        assertEquals(777, page.number("id"));
        assertTrue(page.has("epoch") && page.has("room"));
        return page;
    }

    private static List<Long> offsets(Frame page) {
        return page.json().getJsonArray("messages").getValuesAs(JsonObject.class).stream()
                .map(message -> message.getJsonNumber("offset").longValue())
                .toList();
    }

    private static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }
}

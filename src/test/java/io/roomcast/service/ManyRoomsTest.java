package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.node.Author;
import io.roomcast.service.CoreFixture.Client;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several rooms in one join: each is answered, and costs, as if it had come alone. */
class ManyRoomsTest {
    private final CoreFixture core = new CoreFixture(Map.of("roomcast.limits.rooms", "3"));
    private final Client ann = core.connect("ann");

    @Test
    void eachIsAnsweredForItself() {
        core.limits.set(LimitKeys.ROOMS.name(), "4", new Author("test"));
        Client bob = core.connect("bob");
        bob.send("{\"type\":\"join\",\"room\":\"b\"}");
        String epoch = bob.news().replaceAll("(?s).*\"epoch\":\"([^\"]+)\".*", "$1");
        bob.send("{\"room\":\"b\",\"content\":\"before\"}");
        core.advance(0);
        bob.news();
        String since = "{\"epoch\":\"" + epoch + "\",\"offset\":0}";
        List<String> answers = answersTo("\"a\",{\"room\":\"b\",\"since\":" + since
                + ",\"presence\":false},{\"room\":\"-bad room-\"},{\"id\":8,\"room\":\"c\",\"presence\":0}");
        String all = String.join("\n", answers);
        assertTrue(
                answers.stream().anyMatch(line -> line.contains("joined\"") && line.contains("\"room\":\"a\"")), all);
        assertTrue(
                answers.stream()
                        .anyMatch(line -> line.contains("\"room\":\"b\"")
                                && line.contains("\"recovered\":true")
                                && line.contains("\"id\":7")),
                all);
        assertTrue(all.contains("before"), all);
        assertTrue(
                answers.stream()
                        .anyMatch(line -> line.contains("bad_request")
                                && line.contains("\"id\":7")
                                && !line.contains("room is missing")
                                && !line.contains("\"room\":\"")),
                all);
        assertTrue(
                answers.stream()
                        .anyMatch(line -> line.contains("bad_request")
                                && line.contains("\"id\":8")
                                && line.contains("\"room\":\"c\"")
                                && line.contains("presence must be true or false")),
                "an element may have a number of its own: " + all);
        assertFalse(bob.news().contains("ann has joined"), "without presence");
        assertEquals(2, ann.session.roomCount());
        assertEquals(0, core.inFlight.count());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rooms is empty|\"rooms\":[]",
                "room and rooms exclude each other|\"room\":\"a\",\"rooms\":[\"b\"]",
                "rooms has the room a twice|\"rooms\":[\"a\",\"b\",{\"room\":\"a\"}]",
                "rooms must be an array|\"rooms\":\"a\"",
                "rooms must be an array|\"rooms\":{\"room\":\"a\"}",
                "rooms must have names and objects with a room|\"rooms\":[\"a\",1]",
                "rooms must have names and objects with a room|\"rooms\":[\"a\",null]",
                "rooms must have names and objects with a room|\"rooms\":[[\"a\"]]",
                "since and presence belong into the elements of rooms|\"rooms\":[\"a\"],\"presence\":false",
            })
    void whatIsNoListOfRoomsIsRefusedAsAWhole(String text, String members) {
        ann.news();
        ann.send("{\"type\":\"join\",\"id\":7," + members + "}");
        String answer = ann.news();
        assertEquals(1, answer.lines().count(), answer);
        assertTrue(answer.contains("\"code\":\"bad_request\"") && answer.contains("\"id\":7"), answer);
        assertTrue(answer.contains("\"text\":\"" + text + "\""), answer);
        assertEquals(0, ann.session.roomCount());
        assertEquals(0, core.inFlight.count());
    }

    @Test
    void moreThanASessionMayHaveAreRefusedAsAWhole() {
        List<String> answers = answersTo("\"a\",\"b\",\"c\",\"d\"");
        assertEquals(1, answers.size(), answers.toString());
        assertTrue(answers.get(0).contains("too_many_rooms") && answers.get(0).contains("\"id\":7"));
        assertEquals(0, ann.session.roomCount());
        assertEquals(1, core.metrics.limits().get(LimitKeys.ROOMS.name()));
        assertEquals(3, answersTo("\"a\",\"b\",\"c\"").size());
        String further = String.join("\n", answersTo("\"a\",\"e\""));
        assertTrue(further.contains("\"room\":\"a\"") && further.contains("too_many_rooms"), further);
        core.limits.set(LimitKeys.ROOMS.name(), "0", new Author("test"));
        String many = IntStream.range(0, 300).mapToObj(i -> "\"r" + i + "\"").collect(Collectors.joining(","));
        assertEquals(300, answersTo(many).size(), "without a limit");
    }

    @Test
    void eachCountsAgainstTheRateAndTheRequestsInFlight() {
        core.limits.set(LimitKeys.ROOMS.name(), "0", new Author("test"));
        core.limits.set(LimitKeys.REQUEST_RATE.name(), "1", new Author("test"));
        List<String> answers = answersTo("\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"");
        assertEquals(
                5, answers.stream().filter(line -> line.contains("\"joined\"")).count(), answers.toString());
        List<String> refused =
                answers.stream().filter(line -> line.contains("rate_limited")).toList();
        assertEquals(2, refused.size(), answers.toString());
        assertTrue(refused.get(0).contains("\"room\":\"f\"") && refused.get(0).contains("\"id\":7"), refused.get(0));

        core.limits.set(LimitKeys.REQUEST_RATE.name(), "0", new Author("test"));
        core.limits.set(LimitKeys.IN_FLIGHT.name(), "2", new Author("test"));
        Client bob = core.connect("bob");
        bob.send("{\"type\":\"join\",\"id\":7,\"rooms\":[\"a\",\"b\",\"c\"]}");
        String told = bob.news();
        assertEquals(2, told.split("\"joined\",", -1).length - 1, told);
        assertTrue(told.contains("\"code\":\"busy\"") && told.contains("\"room\":\"c\""), told);
    }

    @Test
    void whoSendsTooManyBadOnesIsClosedBeforeTheEnd() {
        core.limits.set(LimitKeys.ROOMS.name(), "0", new Author("test"));
        core.limits.set(LimitKeys.BAD_FRAME_RATE.name(), "1", new Author("test"));
        answersTo("{}" + ",{}".repeat(500) + ",\"a\"");
        assertEquals(Map.of("bad_request", 6L), core.metrics.refusals());
        assertFalse(ann.session.isOpen());
        assertEquals(0, ann.session.roomCount());
    }

    @Test
    void requestsBehindItAreThoseOfAMember() {
        ann.news();
        ann.send("{\"type\":\"join\",\"id\":7,\"rooms\":[\"a\",\"b\"]}");
        ann.send("{\"type\":\"publish\",\"id\":8,\"room\":\"b\",\"content\":\"hi\"}");
        String told = ann.news();
        assertTrue(told.contains("\"ack\"") && !told.contains("not_joined"), told);
    }

    private List<String> answersTo(String rooms) {
        ann.news();
        ann.send("{\"type\":\"join\",\"id\":7,\"rooms\":[" + rooms + "]}");
        return ann.news().lines().filter(line -> !line.contains("\"presence\"")).toList();
    }
}

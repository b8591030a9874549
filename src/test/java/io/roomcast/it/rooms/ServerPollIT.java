package io.roomcast.it.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.PollClient;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Polls for messages over plain HTTP. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerPollIT {
    @AutoClose
    private static TestServer server;

    private String room;
    private PollClient ann;

    @BeforeAll
    static void start() {
        server = TestServer.open();
    }

    @BeforeEach
    void enter() {
        room = TestServer.newRoom();
        ann = new PollClient(server.http(""), "ann").room(room);
    }

    private static List<String> types(List<Frame> frames) {
        return frames.stream().map(Frame::type).toList();
    }

    private static List<String> contents(List<Frame> frames) {
        return frames.stream()
                .filter(frame -> frame.is("message"))
                .map(Frame::content)
                .toList();
    }

    @Test
    void theFirstPollIsGreetedAndJoined() {
        List<Frame> answer = ann.poll(20_000);
        assertEquals("welcome", answer.get(0).type());
        assertEquals("ann", answer.get(0).string("user"));
        assertTrue(answer.get(0).string("resume").length() <= 200);
        assertEquals("joined", answer.get(1).type());
        assertEquals(room, answer.get(1).string("room"));
        assertFalse(answer.get(1).isTrue("recovered"));
        assertEquals(1, answer.get(1).number("members"));
    }

    @Test
    void aPollIsAnsweredWithWhatWasMissedSinceItsPosition() {
        ann.poll(20_000);
        try (RoomClient ben = RoomClient.enter(server, room, "ben")) {
            for (int i = 1; i <= 20; i++) {
                ben.say("{'type':'publish','id':" + i + ",'content':'" + i + "'}")
                        .next("ack");
            }
        }
        String body = ann.body(20_000);
        List<Frame> missed = ann.poll(20_000);
        assertEquals("joined", missed.get(0).type());
        assertTrue(missed.get(0).isTrue("recovered"));
        List<String> seen = new java.util.ArrayList<>(contents(missed));
        while (seen.size() < 20) {
            seen.addAll(contents(ann.poll(20_000)));
        }
        assertEquals(
                java.util.stream.IntStream.rangeClosed(1, 20)
                        .mapToObj(String::valueOf)
                        .toList(),
                seen);
        List<Frame> again = PollClient.frames(PollClient.join(ann.send("http/poll", body)));
        assertEquals("1", contents(again).get(0), "a poll that is repeated gets the same again");
    }

    @Test
    void aPollWaitsForTheNextMessage() {
        ann.poll(20_000);
        CompletableFuture<HttpResponse<String>> waiting = ann.pollAsync(20_000);
        server.awaitMetric("roomcast_members", 1);
        try (RoomClient ben = RoomClient.enter(server, room, "ben")) {
            ben.say("{'type':'publish','id':1,'content':'hi'}").next("ack");
            List<Frame> answer = ann.take(PollClient.join(waiting));
            while (contents(answer).isEmpty()) {
                answer = ann.poll(20_000);
            }
            assertEquals(List.of("hi"), contents(answer));
        }
    }

    @Test
    void aPollWithoutNewsIsAnsweredWhenItsTimeIsOver() {
        ann.poll(20_000);
        assertEquals(List.of("joined"), types(ann.poll(300)));
        assertEquals(List.of("joined"), types(ann.poll(0)));
    }
}

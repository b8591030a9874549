package io.roomcast.it.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EventClient;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.PollClient;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        CompletableFuture<HttpResponse<String>> waiting = waitingPoll(0);
        try (RoomClient ben = RoomClient.enter(server, room, "ben")) {
            ben.say("{'type':'publish','id':1,'content':'hi'}").next("ack");
            List<Frame> answer = ann.take(PollClient.join(waiting));
            while (contents(answer).isEmpty()) {
                answer = ann.poll(20_000);
            }
            assertEquals(List.of("hi"), contents(answer));
        }
    }

    /** Sends ann's next poll, and returns when it has joined the room. Her last poll has left it by then. */
    private CompletableFuture<HttpResponse<String>> waitingPoll(int others) {
        server.awaitMetric("roomcast_members", others);
        CompletableFuture<HttpResponse<String>> poll = ann.pollAsync(20_000);
        server.awaitMetric("roomcast_members", others + 1);
        return poll;
    }

    @Test
    void aPollWithoutNewsIsAnsweredWhenItsTimeIsOver() {
        ann.poll(20_000);
        assertEquals(List.of("joined"), types(ann.poll(300)));
        assertEquals(List.of("joined"), types(ann.poll(0)));
    }

    @Test
    void eachFrameOfASendIsAnsweredInOrder() {
        ann.poll(20_000);
        List<Frame> answers = ann.send(
                "{'type':'ping','id':1}",
                "{'type':'publish','id':2,'room':'" + room + "','content':'a','idempotencyKey':'k'}",
                "{'type':'publish','room':'" + room + "','content':'b'}",
                "{'type':'publish','id':4,'room':'" + room + "','content':'a','idempotencyKey':'k'}",
                "{'type':'signal','id':5,'room':'" + room + "','signal':'typing'}",
                "{'type':'history','id':6,'room':'" + room + "'}",
                "{'type':'members','id':7,'room':'" + room + "'}",
                "{'type':'join','id':8,'room':'" + room + "'}",
                "no frame",
                "{'type':'leave','id':10,'room':'" + room + "'}");
        assertEquals(
                List.of("pong", "ack", "ack", "ack", "ack", "history", "members", "error", "error", "left"),
                types(answers));
        assertEquals(1, answers.get(1).offset());
        assertEquals(2, answers.get(2).offset());
        assertEquals(1, answers.get(3).offset(), "the same key");
        assertFalse(answers.get(4).has("offset"));
        assertEquals(2, answers.get(5).json().getJsonArray("messages").size());
        assertEquals(List.of("a", "b"), contents(ann.poll(20_000)));
    }

    @Test
    void aSendNeedsNoPoll() {
        try (RoomClient ben = RoomClient.enter(server, room, "ben")) {
            List<Frame> answers = ann.send("{'type':'publish','room':'" + room + "','content':'hi'}");
            assertEquals(List.of("ack"), types(answers));
            Frame message = ben.next("message");
            assertEquals("hi", message.content());
            assertEquals("ann", message.string("sender"));
        }
    }

    @Test
    void theUserStaysPresentFromPollToPollAndLeavesAfterTheLease() {
        try (RoomClient ben = RoomClient.enter(server, room, "ben")) {
            ann.poll(20_000);
            Frame arrival = ben.next("presence");
            while (arrival.json().getJsonArray("joined").isEmpty()
                    || !arrival.text().contains("ann")) {
                arrival = ben.next("presence");
            }
            for (int i = 0; i < 5; i++) {
                ann.poll(100);
            }
            Frame left = ben.next("presence");
            assertTrue(left.json().getJsonArray("joined").isEmpty(), left::text);
            assertTrue(left.json().getJsonArray("left").toString().contains("ann"), left::text);
        }
    }

    @Test
    void whoLeavesIsGoneAtOnce() {
        try (RoomClient ben = RoomClient.enter(server, room, "ben")) {
            ann.poll(20_000);
            CompletableFuture<HttpResponse<String>> waiting = waitingPoll(1);
            ann.send("{'type':'leave','room':'" + room + "'}");
            assertTrue(types(ann.take(PollClient.join(waiting))).contains("left"));
            Frame change = ben.next("presence");
            while (change.json().getJsonArray("left").isEmpty()) {
                change = ben.next("presence");
            }
            assertTrue(change.text().contains("ann"));
        }
    }

    @Test
    void aSecondPollEndsTheFirst() {
        ann.poll(20_000);
        CompletableFuture<HttpResponse<String>> first = waitingPoll(0);
        CompletableFuture<HttpResponse<String>> second = ann.pollAsync(1_000);
        List<Frame> ended = PollClient.frames(PollClient.join(first));
        assertEquals("superseded", ended.get(ended.size() - 1).string("code"));
        assertEquals(List.of("joined"), types(PollClient.frames(PollClient.join(second))));
    }

    @Test
    void aForeignSessionIsRefused() {
        ann.poll(20_000);
        PollClient eve = new PollClient(server.http(""), "eve").room(room);
        eve.setSession(ann.session());
        HttpResponse<String> refused = PollClient.join(eve.pollAsync(1_000));
        assertEquals(401, refused.statusCode());
        assertEquals("session_invalid", Http.read(refused.body()).getString("code"));
        assertTrue(refused.headers().firstValue("WWW-Authenticate").isPresent());
        eve.setSession(ann.session() + "x");
        assertEquals(401, PollClient.join(eve.pollAsync(1_000)).statusCode());
    }

    @Test
    void eventsStreamAndTheirIdBringsTheClientBack() {
        String events = "http/events?user=ann&rooms=" + room;
        String id;
        try (EventClient first = new EventClient(server.http(events), "")) {
            assertEquals(200, first.status());
            assertEquals("welcome", first.next().type());
            assertEquals("joined", first.next().type());
            for (int i = 1; i <= 3; i++) {
                ann.send("{'type':'publish','room':'" + room + "','content':'" + i + "'}");
            }
            assertEquals("1", first.next("message").content());
            assertEquals("2", first.next("message").content());
            id = first.lastId();
        }
        try (EventClient second = new EventClient(server.http(events), id)) {
            Frame joined = second.next("joined");
            assertTrue(joined.isTrue("recovered"));
            assertEquals("3", second.next("message").content());
            ann.send("{'type':'publish','room':'" + room + "','content':'4'}");
            assertEquals("4", second.next("message").content());
        }
    }

    @Test
    void aLongAnswerIsCompressedForWhoAsks() throws Exception {
        ann.send("{'type':'publish','room':'" + room + "','content':'" + "long ".repeat(1_000) + "'}");
        ann.poll(20_000);
        String body =
                ann.body(1_000).replaceFirst("\"offset\":1", "\"offset\":0").replaceFirst(",\"at\":\\d+", "");
        java.net.http.HttpRequest request = java.net.http.HttpRequest.newBuilder(server.http("http/poll?user=ann"))
                .header("Accept-Encoding", "gzip")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<byte[]> answer =
                java.net.http.HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertEquals("gzip", answer.headers().firstValue("Content-Encoding").orElse(""));
        String text = new String(
                new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(answer.body())).readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(text.contains("long long"), text);
        assertTrue(answer.body().length < 1_000);
    }

    /** The requests of the chapter are taken as they stand, and answered as it says. */
    @Test
    void theExamplesOfTheChapterWork() throws IOException {
        String page = Files.readString(Path.of("docs/protocol.md"));
        String chapter = page.substring(page.indexOf("\n## Over plain HTTP\n"));
        List<String> blocks = Pattern.compile("```json\n(.*?)\n```", Pattern.DOTALL)
                .matcher(chapter)
                .results()
                .map(block -> block.group(1))
                .toList();
        Http http = new Http(server.http(""), null);
        List<Frame> real = PollClient.frames(http.sendPlain("POST", "/http/poll?user=ann", blocks.get(0)));
        for (String example : blocks.get(1).split("\n(?=\\{)", -1)) {
            Frame told = Frame.of(example);
            assertTrue(
                    told.is("message")
                            || real.stream()
                                    .anyMatch(frame -> frame.json()
                                            .keySet()
                                            .equals(told.json().keySet())),
                    () -> told + " is not alike to any of " + real);
        }
        Matcher curl = Pattern.compile("curl .*?'http://localhost:8080(/http/[^']+)'(?: -d '([^']+)')?")
                .matcher(chapter);
        int requests = 0;
        for (; curl.find(); requests++) {
            if (curl.group(2) == null) {
                try (EventClient events =
                        new EventClient(server.http(curl.group(1).substring(1)), "")) {
                    assertEquals("welcome", events.next().type());
                }
            } else {
                List<Frame> frames = PollClient.frames(http.sendPlain("POST", curl.group(1), curl.group(2)));
                assertTrue(frames.stream().noneMatch(frame -> frame.is("error")), frames::toString);
            }
        }
        assertEquals(3, requests);
    }
}

package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A client that knows {@code room}, {@code content} and {@code sender}, and nothing else. */
class PlainClientIT {
    @AutoClose
    private static TestServer server;

    private final String room = TestServer.newRoom();

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @Test
    void itTalksToOthersUnchanged() {
        try (RoomClient plain = RoomClient.plain(server.room(room, "ann"));
                RoomClient bob = RoomClient.enter(server, room, "bob")) {
            plain.send("{\"room\":\"" + room + "\",\"content\":\"hi\",\"sender\":\"ann\"}");
            assertEquals("ann: hi", printed(bob.next("message")));
            assertEquals("ann: hi", printed(plain.next("message")));
            bob.say("{'content':'hello'}");
            assertEquals("bob: hello", printed(plain.next("message")));
            assertEquals("bob: hello", printed(bob.next("message")));
            plain.send("{\"content\":\"short\"}");
            assertEquals("ann: short", printed(bob.next("message")));
        }
    }

    @Test
    void messageWithoutTextHasATextForPlainClientsOnly() {
        try (RoomClient plain = RoomClient.plain(server.room(room, "ann"));
                RoomClient bob = RoomClient.enter(server, room, "bob")) {
            String epoch = plain.next("joined").string("epoch");
            bob.say("{'data':{'x':1},'meta':{'m':'v'}}");
            bob.say("{'content':'hello','data':2}");
            Frame printable = plain.next("message");
            assertEquals("bob: (a message without text)", printed(printable));
            assertEquals("{\"x\":1}", printable.json().get("data").toString());
            assertEquals("bob: hello", printed(plain.next("message")));
            assertFalse(bob.next("message").has("content"));
            try (RoomClient back = RoomClient.plain(server.webSocket("ws/" + room + "/eve?since=" + epoch + ":0"))) {
                assertEquals("bob: (a message without text)", printed(back.next("message")), "a recovery");
                assertEquals("bob: hello", printed(back.next("message")));
            }
        }
    }

    @Test
    void everythingItIsSentCanBePrinted() {
        try (RoomClient plain = RoomClient.plain(server.room(room, "ann"))) {
            plain.next("joined");
            plain.next("presence");
            RoomClient bob = RoomClient.enter(server, room, "bob");
            bob.say("{'type':'signal','signal':'typing'}");
            bob.say("{'content':'hello'}");
            bob.say("{'type':'leave'}");
            plain.send("this is not JSON");
            plain.send("{\"room\":\"elsewhere\",\"content\":\"hi\",\"sender\":\"ann\"}");
            // Between what bob does and the answers to the plain client there is no order.
            awaitAll(
                    plain,
                    "Welcome to " + room + ", ann",
                    "bob has joined the room",
                    "hello",
                    "bob has left the room",
                    "bad_request",
                    "not_joined");
            bob.close();
            for (String text : plain.texts()) {
                assertFalse(text.contains("\n"), "one frame each: " + text);
                Frame frame = Frame.of(text);
                assertTrue(frame.is("pong") || frame.has("room") && frame.has("sender") && frame.has("content"), text);
            }
        }
    }

    private static void awaitAll(RoomClient client, String... parts) {
        Await.until(
                () -> List.of(parts) + " in " + client.texts(),
                RoomClient.PATIENCE_SECONDS,
                () -> Stream.of(parts).allMatch(client.texts().toString()::contains));
    }

    private static String printed(Frame frame) {
        return frame.string("sender") + ": " + frame.content();
    }
}

package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.util.List;

/** Two well-meaning clients in a room, who notice it when anything goes wrong. */
final class Conversation implements AutoCloseable {
    private static final List<String> EXPECTED = List.of("message", "ack", "presence");

    private final RoomClient ann;
    private final RoomClient bob;
    private long said;

    Conversation(TestServer server, String room) {
        ann = RoomClient.enter(server, room, "ann");
        bob = RoomClient.enter(server, room, "bob");
    }

    /** One says something, it is kept, and both hear it as the next message. */
    void exchange() {
        said++;
        String content = "said " + said;
        RoomClient speaker = said % 2 == 0 ? ann : bob;
        speaker.say("{'id':" + said + ",'content':'" + content + "'}");
        for (RoomClient listener : List.of(ann, bob)) {
            boolean acknowledged = listener != speaker;
            boolean heard = false;
            while (!acknowledged || !heard) {
                Frame frame = listener.next();
                assertTrue(EXPECTED.contains(frame.type()), frame::text);
                if (frame.is("message")) {
                    assertEquals(said, frame.offset());
                    assertEquals(content, frame.content());
                    heard = true;
                } else if (frame.is("ack")) {
                    assertEquals(said, frame.offset());
                    acknowledged = true;
                }
            }
        }
        assertTrue(ann.isOpen() && bob.isOpen());
    }

    long said() {
        return said;
    }

    @Override
    public void close() {
        ann.close();
        bob.close();
    }
}

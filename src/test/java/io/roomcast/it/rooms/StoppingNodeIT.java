package io.roomcast.it.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.PollClient;
import io.roomcast.support.RoomClient;
import io.roomcast.support.redis.TestRedis;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One of two nodes stops, and its clients go on at the other one. */
@Timeout(60)
class StoppingNodeIT {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static EmbeddedServer start(String name) {
        return EmbeddedServer.overRedis(name, REDIS.uri(), Map.of());
    }

    @Test
    void nobodySeesThoseLeaveWhoComeBackAtOnce() {
        EmbeddedServer stopping = start("stopping");
        try (EmbeddedServer other = start("other");
                RoomClient witness = RoomClient.enter(other.uri(), "lobby", "witness")) {
            RoomClient ann = RoomClient.enter(stopping.uri(), "lobby", "ann");
            PollClient ben = new PollClient(stopping.uri(), "ben").room("lobby");
            ben.poll(0);
            RoomClient gone = RoomClient.enter(stopping.uri(), "lobby", "gone");
            await(witness, "joined", List.of("ann", "ben", "gone"));
            CompletableFuture<Void> stop = CompletableFuture.runAsync(stopping::close);
            assertEquals(4001, ann.awaitClose());
            assertEquals(4001, gone.awaitClose());
            try (RoomClient again = RoomClient.enter(other.uri(), "lobby", "ann")) {
                PollClient benAgain = new PollClient(other.uri(), "ben").room("lobby");
                benAgain.setSession(ben.session());
                benAgain.poll(0);
                stop.join();
                Frame left = witness.next("presence");
                assertEquals("gone has left the room", left.content(), "who does not come back, and nobody else");
                again.say("{'type':'members','id':1}");
                assertEquals(3, again.next("members").number("count"));
            }
        } finally {
            stopping.close();
        }
    }

    private static void await(RoomClient witness, String change, List<String> users) {
        StringBuilder told = new StringBuilder();
        while (!users.stream().allMatch(user -> told.indexOf('"' + user + '"') >= 0)) {
            Frame frame = witness.next("presence");
            assertTrue(frame.json().getJsonArray("left").isEmpty(), frame::text);
            told.append(frame.json().getJsonArray(change));
        }
    }
}

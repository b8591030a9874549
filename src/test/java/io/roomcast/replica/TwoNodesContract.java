package io.roomcast.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole nodes over a real broker. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TwoNodesContract {
    /** The settings of both nodes. */
    protected abstract Map<String, String> settings();

    private static EmbeddedServer server(String name, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("roomcast.node", name);
        return EmbeddedServer.start(all);
    }

    @Test
    void clientsOfTwoNodesTalkAndRecover() {
        Map<String, String> settings = settings();
        try (EmbeddedServer one = server("one", settings);
                EmbeddedServer two = server("two", settings)) {
            Await.until("both nodes are ready", () -> one.isReady() && two.isReady());
            assertEquals(
                    List.of("every_room_on_every_node", "reads_before_ready", "signals_stored_briefly"), traits(one));
            RoomClient ann = RoomClient.enter(one.uri(), "lobby", "ann");
            RoomClient bob = RoomClient.enter(two.uri(), "lobby", "bob");
            assertEquals("ann,bob", users(ann));
            ann.say("{'type':'publish','id':1,'room':'lobby','content':'hello','key':'k'}");
            assertEquals("hello", bob.next("message").content());
            Frame ack = ann.next("ack");
            bob.close();
            ann.say("{'type':'publish','id':2,'room':'lobby','content':'missed'}");
            ann.next(frame -> frame.is("ack") && frame.number("id") == 2, "the second ack");
            RoomClient back = RoomClient.connect(two.uri().resolve("ws?user=bob"));
            back.say("{'type':'join','room':'lobby','since':{'epoch':'" + ack.string("epoch") + "','offset':1}}");
            assertTrue(back.next("joined").isTrue("recovered"));
            assertEquals("missed", back.next("message").content());
            back.close();
            ann.close();
        }
    }

    private static List<String> traits(EmbeddedServer node) {
        String ready =
                new Http(node.uri(), null).send("GET", "/health/ready", null).body();
        return Frame.of(ready).json().getJsonArray("relayTraits").getValuesAs(JsonString::getString);
    }

    private static String users(RoomClient client) {
        AtomicReference<String> users = new AtomicReference<>();
        Await.until("both are there", () -> {
            client.say("{'type':'members','id':9,'room':'lobby'}");
            users.set(client.next("members").json().getJsonArray("users").getValuesAs(JsonObject.class).stream()
                    .map(user -> user.getString("id"))
                    .collect(Collectors.joining(",")));
            return users.get().contains(",");
        });
        return users.get();
    }
}

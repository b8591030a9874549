package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Frame;
import io.roomcast.support.RoomClient;
import io.roomcast.support.postgres.PostgresProcess;
import io.roomcast.support.server.ServerNode;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An application server that keeps messages in its data source. */
@Tag("server")
@Tag("own-server")
class DataSourceIT {
    private static RoomClient join(ServerNode node, String query) {
        return RoomClient.connect(node.webSocket("ann").resolve("/roomcast/ws/kept/ann" + query));
    }

    private static void publish(RoomClient client, int number) {
        client.say("{'id':" + number + ",'content':'message " + number + "'}");
    }

    @Test
    void whatWasAcknowledgedOutlivesTheServerAndTheDatabase() {
        try (PostgresProcess postgres = PostgresProcess.launch();
                ServerNode node = new ServerNode(
                                "archive", Map.of("roomcast.archive.datasource", ServerNode.dataSourceName()))
                        .withDataSource(postgres)
                        .start()) {
            RoomClient ann = join(node, "");
            String epoch = ann.next("joined").string("epoch");
            publish(ann, 1);
            assertEquals(1, ann.next("ack").offset());
            postgres.kill();
            publish(ann, 2);
            assertEquals("unavailable", ann.error());
            Await.until("a node that is not ready", () -> !node.isReady());
            postgres.start();
            Await.until("a node that is ready again", node::isReady);
            publish(ann, 3);
            assertEquals(2, ann.next("ack").offset());
            node.kill();
            ann.awaitClose();

            node.start();
            RoomClient again = join(node, "?since=" + epoch + ":1");
            Frame joined = again.next("joined");
            assertEquals(epoch, joined.string("epoch"));
            assertTrue(joined.isTrue("recovered"));
            again.say("{'type':'history','limit':10}");
            assertEquals(
                    List.of("message 1", "message 3"),
                    again.next("history").json().getJsonArray("messages").getValuesAs(JsonObject.class).stream()
                            .map(message -> message.getString("content"))
                            .toList());
            again.leave();
        }
    }
}

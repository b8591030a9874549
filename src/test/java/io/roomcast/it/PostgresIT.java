package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RoomClient;
import io.roomcast.support.postgres.PostgresProcess;
import jakarta.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node that keeps messages in PostgreSQL, which goes and comes back, as the node does. */
@Tag("embedded")
class PostgresIT {
    private static MainProcess start(PostgresProcess postgres) {
        // As an administrator passes a password.
        return MainProcess.start(
                Map.of("ROOMCAST_ARCHIVE_PASSWORD", PostgresProcess.PASSWORD),
                List.of(),
                "--port=0",
                "--archive.url=" + postgres.url(),
                "--archive.user=" + PostgresProcess.USER);
    }

    private static void awaitReady(URI node, int status) {
        Http http = new Http(node, null);
        Await.until(
                "a node whose readiness is " + status,
                () -> http.send("GET", "/health/ready", null).statusCode() == status);
    }

    private static RoomClient join(URI node, String query) {
        return RoomClient.connect(
                URI.create("ws" + node.toString().substring("http".length()) + "ws/kept/ann" + query));
    }

    private static void publish(RoomClient client, int number) {
        client.say("{'id':" + number + ",'content':'message " + number + "'}");
    }

    @Test
    void whatWasAcknowledgedOutlivesTheNodeAndTheDatabase() {
        try (PostgresProcess postgres = PostgresProcess.launch()) {
            postgres.stop();
            String epoch;
            try (MainProcess main = start(postgres)) {
                URI node = main.awaitReady();
                awaitReady(node, 503);
                Await.until(
                        () -> "a line that names the key: " + main.err(),
                        30,
                        () -> main.err().stream()
                                .anyMatch(line -> line.contains("roomcast.archive.url cannot be used now: ")));
                postgres.start();
                awaitReady(node, 200);
                RoomClient ann = join(node, "");
                epoch = ann.next("joined").string("epoch");
                IntStream.rangeClosed(1, 3).forEach(number -> publish(ann, number));
                IntStream.rangeClosed(1, 3)
                        .forEach(number -> assertEquals(number, ann.next("ack").offset()));
                postgres.kill();
                publish(ann, 4);
                assertEquals("unavailable", ann.error());
                awaitReady(node, 503);
                postgres.start();
                awaitReady(node, 200);
                publish(ann, 5);
                assertEquals(4, ann.next("ack").offset());
                main.signal("KILL");
                ann.awaitClose();
            }
            try (MainProcess main = start(postgres)) {
                URI node = main.awaitReady();
                awaitReady(node, 200);
                RoomClient ann = join(node, "?since=" + epoch + ":1");
                Frame joined = ann.next("joined");
                assertEquals(epoch, joined.string("epoch"));
                assertEquals(4, joined.offset());
                assertTrue(joined.isTrue("recovered"));
                ann.say("{'type':'history','limit':10}");
                assertEquals(
                        List.of("message 1", "message 2", "message 3", "message 5"),
                        ann.next("history").json().getJsonArray("messages").getValuesAs(JsonObject.class).stream()
                                .map(message -> message.getString("content"))
                                .toList());
                ann.leave();
            }
        }
    }
}

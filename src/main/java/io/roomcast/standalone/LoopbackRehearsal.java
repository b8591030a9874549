package io.roomcast.standalone;

import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.Keys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Node;
import io.roomcast.service.operations.Rehearsal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A second node in this process, with everything that a node has, and clients that come to it through its own door. It
 * listens on a free port of the loopback address, and only while the rehearsal goes on. It has rooms, limits, metrics
 * and a local relay of its own, so the real node shares with it nothing but the code.
 */
final class LoopbackRehearsal implements Rehearsal {
    private static final int MEMBERS = 50;
    /** Clients that join by a frame, and come back to what they missed. */
    private static final int RETURNING = 10;

    private static final int PUBLISHERS = 5;
    private static final int MESSAGES = 5;

    private final StandaloneServer node;
    private final String apiHeaders;
    private int rounds;

    private LoopbackRehearsal(StandaloneServer node, String apiKey) {
        this.node = node;
        this.apiHeaders = "Authorization: Bearer " + apiKey + "\r\nContent-Type: application/json\r\n";
    }

    /** @param real configuration of the real node */
    static Rehearsal open(RoomcastConfig real, Path webroot) throws IOException {
        String apiKey = Node.randomId(24);
        // Nothing of the real node's configuration is used but its threads. So no secret, relay or limit of it is.
        Map<String, String> texts = Map.of(
                "roomcast.port",
                "0",
                "roomcast.node",
                "warm-up",
                "roomcast.auth",
                "open",
                ArchiveKeys.DATA.name(),
                ArchiveKeys.NONE,
                OperationKeys.API_KEY.name(),
                apiKey,
                Keys.THREADS.name(),
                String.valueOf(real.get(Keys.THREADS)));
        RoomcastConfig own = RoomcastConfig.load(key -> Optional.ofNullable(texts.get(key)), texts.keySet());
        return new LoopbackRehearsal(StandaloneServer.startRehearsal(own, webroot), apiKey);
    }

    @Override
    public int playRound() throws IOException {
        String room = "warm-up-" + rounds++;
        List<LoopbackClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MEMBERS; i++) {
                clients.add(connected("/ws/" + room + "/user" + i));
            }
            for (LoopbackClient member : clients) {
                member.await("\"joined\"");
            }
            talk(room, clients);
            returnTo(room, clients);
            useApi(room);
            for (int i = 0; i < clients.size(); i += 2) {
                clients.get(i).leave();
            }
        } finally {
            for (LoopbackClient client : clients) {
                client.close();
            }
        }
        return clients.size();
    }

    private LoopbackClient connected(String path) throws IOException {
        LoopbackClient client = new LoopbackClient(node.port());
        client.handshake(path);
        return client;
    }

    private static void talk(String room, List<LoopbackClient> members) throws IOException {
        for (int i = 0; i < PUBLISHERS; i++) {
            for (int n = 1; n <= MESSAGES; n++) {
                members.get(i)
                        .send("{\"type\":\"publish\",\"id\":" + n + ",\"idempotencyKey\":\"" + room + i + "-" + n
                                + "\",\"content\":\"A message of the usual length, which nobody reads.\"}");
            }
            members.get(i)
                    .send(
                            "{\"type\":\"signal\",\"signal\":\"typing\"}",
                            "{\"type\":\"history\",\"id\":101,\"limit\":20}",
                            "{\"type\":\"members\",\"id\":102}",
                            "{\"type\":\"ping\",\"id\":103}");
        }
        for (int i = 0; i < PUBLISHERS; i++) {
            members.get(i).await("\"id\":103");
        }
    }

    private void returnTo(String room, List<LoopbackClient> clients) throws IOException {
        String in = ",\"room\":\"" + room + "\"";
        List<LoopbackClient> returning = new ArrayList<>();
        for (int i = 0; i < RETURNING; i++) {
            LoopbackClient client = connected("/ws");
            clients.add(client);
            returning.add(client);
            client.send(
                    "{\"type\":\"hello\",\"id\":1,\"user\":\"returning" + i + "\"}",
                    "{\"type\":\"join\",\"id\":2" + in + "}");
        }
        for (LoopbackClient client : returning) {
            client.await("\"joined\"");
            String since = ",\"since\":{\"epoch\":\"" + client.awaitQuoted("epoch") + "\",\"offset\":1}";
            client.send("{\"type\":\"leave\",\"id\":3" + in + "}", "{\"type\":\"join\",\"id\":4" + in + since + "}");
        }
        for (LoopbackClient client : returning) {
            client.await("\"joined\"");
            client.await("\"recovered\":true");
        }
    }

    private void useApi(String room) throws IOException {
        request("GET", "/health/live", "");
        request("POST", "/api/v1/rooms/" + room + "/messages", "{\"sender\":\"back-end\",\"content\":\"hello\"}");
        request("GET", "/api/v1/rooms/" + room + "/messages", "");
        request("GET", "/api/v1/node", "");
        request("GET", "/", "");
    }

    private void request(String method, String path, String body) throws IOException {
        LoopbackClient.request(node.port(), method, path, apiHeaders, body);
    }

    @Override
    public void close() {
        node.close();
    }
}

package io.roomcast.browser;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.WebSocketRoute;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A server inside the browser that does what a test tells it to, for everything that a healthy server does rarely or
 * never. It serves the real files of the webapp, under the strictest policy that the page has to live with.
 */
final class ScriptedServer {

    static final URI HOME = URI.create("http://chat.test/roomcast/");

    private static final Path WEBAPP = Path.of("src/main/webapp");
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript",
            "css", "text/css",
            "svg", "image/svg+xml");

    private final Map<String, Consumer<JsonObject>> answers = new HashMap<>();
    private final List<JsonObject> received = new ArrayList<>();
    private WebSocketRoute socket;
    private int connections;

    private ScriptedServer() {
        on(
                "hello",
                frame -> send(
                        "type",
                        "welcome",
                        "user",
                        frame.getString("user"),
                        "node",
                        "script",
                        "heartbeatMs",
                        25_000,
                        "limits",
                        Map.of("frameBytes", 65_536, "contentBytes", 1_000, "rooms", 100)));
        on("join", frame -> joined(frame, "e1", 0, false));
        on(
                "members",
                frame -> send(
                        "type",
                        "members",
                        "id",
                        id(frame),
                        "room",
                        frame.getString("room"),
                        "count",
                        1,
                        "users",
                        List.of("ann")));
        on("history", frame -> history(frame, "e1", false));
        on("ping", frame -> send("type", "pong"));
    }

    /** Serves a page from now on. */
    static ScriptedServer behind(Page page) {
        ScriptedServer server = new ScriptedServer();
        page.route(HOME + "**", ScriptedServer::serve);
        page.routeWebSocket("ws://chat.test/roomcast/ws", server::connected);
        return server;
    }

    /** What to do with a type of frame, from now on. */
    void on(String type, Consumer<JsonObject> answer) {
        answers.put(type, answer);
    }

    /** @param members names and values in turn */
    void send(Object... members) {
        socket.send(frame(members));
    }

    /** Several frames in one WebSocket frame. */
    void sendTogether(List<String> frames) {
        socket.send(String.join("\n", frames));
    }

    void joined(JsonObject join, String epoch, long offset, boolean recovered) {
        send(
                "type",
                "joined",
                "id",
                id(join),
                "room",
                join.getString("room"),
                "user",
                "ann",
                "epoch",
                epoch,
                "offset",
                offset,
                "recovered",
                recovered,
                "members",
                1);
    }

    void acknowledge(JsonObject publish, long offset) {
        send(
                "type",
                "ack",
                "id",
                id(publish),
                "key",
                publish.getString("key"),
                "room",
                publish.getString("room"),
                "epoch",
                "e1",
                "offset",
                offset);
    }

    void refuse(JsonObject publish, String code, int retryAfterMs) {
        send(
                "type",
                "error",
                "id",
                id(publish),
                "key",
                publish.getString("key"),
                "room",
                publish.getString("room"),
                "code",
                code,
                "text",
                "refused by the script",
                "retryAfterMs",
                retryAfterMs);
    }

    /** Answers with messages of these offsets. */
    void history(JsonObject question, String epoch, boolean more, long... offsets) {
        String room = question.getString("room");
        List<JsonObject> messages = new ArrayList<>();
        for (long offset : offsets) {
            messages.add(parse(message(room, offset)));
        }
        send("type", "history", "id", id(question), "room", room, "epoch", epoch, "messages", messages, "more", more);
    }

    static String message(String room, long offset) {
        return frame(
                "type",
                "message",
                "room",
                room,
                "offset",
                offset,
                "sender",
                "bob",
                "content",
                "m" + offset,
                "at",
                at(offset));
    }

    static String frame(Object... members) {
        Map<String, Object> frame = new HashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            frame.put((String) members[i], members[i + 1]);
        }
        return Json.createObjectBuilder(frame).build().toString();
    }

    /** What a client sent of one type so far. */
    List<JsonObject> received(String type) {
        return received.stream()
                .filter(frame -> type.equals(frame.getString("type")))
                .toList();
    }

    int connections() {
        return connections;
    }

    void close(int code) {
        socket.close(new WebSocketRoute.CloseOptions().setCode(code).setReason("by the script"));
    }

    private static long at(long offset) {
        return 1_700_000_000_000L + offset * 1_000;
    }

    private static int id(JsonObject frame) {
        return frame.getInt("id");
    }

    private void connected(WebSocketRoute opened) {
        connections++;
        socket = opened;
        opened.onMessage(message -> {
            for (String line : message.text().split("\n")) {
                JsonObject frame = parse(line);
                received.add(frame);
                answers.getOrDefault(frame.getString("type"), ignored -> {}).accept(frame);
            }
        });
    }

    private static JsonObject parse(String text) {
        return Json.createReader(new StringReader(text)).readObject();
    }

    private static void serve(Route route) {
        String path = HOME.relativize(URI.create(route.request().url())).getPath();
        Path file = WEBAPP.resolve(path.isEmpty() ? "index.html" : path);
        if (!Files.isRegularFile(file)) {
            route.fulfill(new Route.FulfillOptions().setStatus(404));
            return;
        }
        String name = file.getFileName().toString();
        route.fulfill(new Route.FulfillOptions()
                .setPath(file)
                .setContentType(TYPES.get(name.substring(name.lastIndexOf('.') + 1)))
                .setHeaders(Map.of("Content-Security-Policy", POLICY)));
    }
}

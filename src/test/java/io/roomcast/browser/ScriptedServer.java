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
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A server inside the browser that does what a test tells it to, for everything that a healthy server does rarely or
 * never. It serves the real files of the webapp, under the strictest policy that the page has to live with.
 */
final class ScriptedServer {

    static final URI HOME = URI.create("http://chat.test/roomcast/");

    /** Another application on the same server. */
    static final URI OTHER = HOME.resolve("/other/");

    private static final Path WEBAPP = Path.of("src/main/webapp");
    private static final String POLICY =
            "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript",
            "css", "text/css",
            "svg", "image/svg+xml");

    private static final long FIRST_AT = 1_700_000_000_000L;

    private static final String WELCOME =
            "{'type':'welcome','user':%s,'session':'the-session','node':'script','heartbeatMs':25000,"
                    + "'limits':{'frameBytes':65536,'contentBytes':1000,'rooms':100}}";
    private static final String JOINED =
            "{'type':'joined','id':%s,'room':%s,'user':'ann','epoch':%s,'offset':%s," + "'recovered':%s,'members':1}";
    private static final String JOINED_AT = JOINED.replace("'offset':%s", "'offset':%s,'at':%s");
    private static final String MEMBERS =
            "{'type':'members','id':%s,'room':%s,'count':1,'users':[{'id':'ann','name':'ann'}]}";
    private static final String ACK = "{'type':'ack','id':%s,'idempotencyKey':%s,'room':%s,'epoch':'e1','offset':%s}";
    private static final String ERROR = "{'type':'error','id':%s,'idempotencyKey':%s,'room':%s,'code':%s,"
            + "'text':'refused by the script','retryAfterMs':%s}";
    private static final String HISTORY = "{'type':'history','id':%s,'room':%s,'epoch':%s,'messages':%s,'more':%s}";
    private static final String MESSAGE =
            "{'type':'message','room':%s,'offset':%s,'sender':'bob','content':%s,'at':%s}";
    private static final String OWN_MESSAGE =
            "{'type':'message','room':%s,'offset':%s,'sender':%s,'content':%s,'at':1,'idempotencyKey':%s}";

    private final Map<String, Consumer<JsonObject>> answers = new HashMap<>();
    private final List<JsonObject> received = new ArrayList<>();
    private WebSocketRoute socket;
    private int connections;
    private boolean takesManyRooms = true;

    private ScriptedServer() {
        on("hello", frame -> send(WELCOME, frame.getString("user")));
        on("join", frame -> joined(frame, "e1", 0, false));
        on("members", frame -> send(MEMBERS, id(frame), room(frame)));
        on("history", frame -> history(frame, "e1", false));
        on("ping", frame -> send("{'type':'pong'}"));
    }

    /** Serves a page from now on. */
    static ScriptedServer behind(Page page) {
        ScriptedServer server = new ScriptedServer();
        for (URI application : List.of(HOME, OTHER)) {
            page.route(application + "**", route -> serve(application, route));
        }
        page.routeWebSocket("ws://chat.test/*/ws", server::connected);
        return server;
    }

    /** What to do with a type of frame, from now on. */
    void on(String type, Consumer<JsonObject> answer) {
        answers.put(type, answer);
    }

    void send(String template, Object... values) {
        socket.send(frame(template, values));
    }

    /** Several frames in one WebSocket frame. */
    void sendTogether(List<String> frames) {
        socket.send(String.join("\n", frames));
    }

    void joined(JsonObject join, String epoch, long offset, boolean recovered) {
        send(JOINED, id(join), room(join), epoch, offset, recovered);
    }

    /** @param at the time of the message at the offset */
    void joined(JsonObject join, String epoch, long offset, long at, boolean recovered) {
        send(JOINED_AT, id(join), room(join), epoch, offset, at, recovered);
    }

    void acknowledge(JsonObject publish, long offset) {
        send(ACK, id(publish), publish.getString("idempotencyKey"), room(publish), offset);
    }

    void refuse(JsonObject publish, String code, int retryAfterMs) {
        send(ERROR, id(publish), publish.getString("idempotencyKey"), room(publish), code, retryAfterMs);
    }

    /** Broadcasts what was published. */
    void echo(JsonObject publish, long offset, String sender) {
        send(
                OWN_MESSAGE,
                room(publish),
                offset,
                sender,
                publish.getString("content"),
                publish.getString("idempotencyKey"));
    }

    /** Answers with messages of these offsets. */
    void history(JsonObject question, String epoch, boolean more, long... offsets) {
        List<JsonObject> messages = LongStream.of(offsets)
                .mapToObj(offset -> parse(message(room(question), offset)))
                .toList();
        send(HISTORY, id(question), room(question), epoch, messages, more);
    }

    /** Does not ask to be pinged, from now on: where a test turns the clock on, no answer comes in time. */
    void rest() {
        on("hello", frame -> send(WELCOME.replace("'heartbeatMs':25000", "'heartbeatMs':0"), frame.getString("user")));
    }

    /** Knows who is there: nobody else has the name, from now on. */
    void prove() {
        on("hello", frame -> send(WELCOME.replace("{'type'", "{'proven':true,'type'"), frame.getString("user")));
    }

    /** Has the messages of these offsets in every room, from now on: answers for them as a server does. */
    void keep(String epoch, long first, long last) {
        on("history", frame -> {
            int limit = frame.getInt("limit", 50);
            long after = Math.max(first - 1, bound(frame, "after", 0));
            long to = Math.min(last, bound(frame, "before", Integer.MAX_VALUE) - 1L);
            if (frame.containsKey("after")) {
                long end = Math.min(to, after + limit);
                history(
                        frame,
                        epoch,
                        end < to,
                        LongStream.rangeClosed(after + 1, end).toArray());
            } else {
                long start = Math.max(first, to - limit + 1);
                history(
                        frame,
                        epoch,
                        start > first,
                        LongStream.rangeClosed(start, to).toArray());
            }
        });
        on("join", frame -> joined(frame, epoch, last, false));
    }

    private static int bound(JsonObject history, String name, int otherwise) {
        return history.containsKey(name) ? history.getJsonObject(name).getInt("offset") : otherwise;
    }

    /** A message of bob. */
    static String message(String room, long offset) {
        return frame(MESSAGE, room, offset, "m" + offset, FIRST_AT + offset * 1_000);
    }

    /**
     * One frame.
     *
     * @param template JSON with apostrophes for its quotes, and %s for each value
     * @param values anything that JSON can hold; they are quoted as needed
     */
    static String frame(String template, Object... values) {
        Object[] quoted = Stream.of(values)
                .map(value -> Json.createArrayBuilder(List.of(value)).build().get(0))
                .toArray();
        return template.replace('\'', '"').formatted(quoted);
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

    private static int id(JsonObject frame) {
        return frame.getInt("id");
    }

    private static String room(JsonObject frame) {
        return frame.getString("room");
    }

    private void connected(WebSocketRoute opened) {
        connections++;
        socket = opened;
        opened.onMessage(message -> {
            for (String line : message.text().lines().toList()) {
                JsonObject frame = parse(line);
                received.add(frame);
                Consumer<JsonObject> answer = answers.getOrDefault(frame.getString("type"), ignored -> {});
                parts(frame).forEach(answer);
            }
        });
    }

    /** The joins in a join of several rooms; else the frame. */
    private List<JsonObject> parts(JsonObject frame) {
        return takesManyRooms && frame.containsKey("rooms")
                ? frame.getJsonArray("rooms").getValuesAs(JsonObject.class)
                : List.of(frame);
    }

    /** Refuses every join of several rooms as a whole, from now on. */
    void refuseManyRooms() {
        takesManyRooms = false;
        Consumer<JsonObject> alone = answers.get("join");
        on("join", frame -> {
            if (frame.containsKey("rooms")) {
                send("{'type':'error','id':%s,'code':'bad_request','text':'no'}", id(frame));
            } else {
                alone.accept(frame);
            }
        });
    }

    private static JsonObject parse(String text) {
        return Json.createReader(new StringReader(text)).readObject();
    }

    private static void serve(URI application, Route route) {
        String path = application.relativize(URI.create(route.request().url())).getPath();
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

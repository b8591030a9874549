package io.roomcast.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import io.roomcast.protocol.Position;
import io.roomcast.support.Await;
import io.roomcast.support.workload.Event;
import io.roomcast.support.workload.HistoryLog;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.URI;

/** A page in which the client library alone runs, of a real server. It records all that it does and sees. */
final class RecordedPage implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;
    private static final String STATE = "`${rc.transport ?? rc.state}, said ${said}, stored ${stored}, "
            + "heard ${heard.length}, waits ${waits}, at ${JSON.stringify(room.position)}, ${room.state}`";

    private final BrowserContext context;
    private final Page page;
    private final String user;
    private final String room;

    private RecordedPage(BrowserContext context, String user, String room) {
        this.context = context;
        this.user = user;
        this.room = room;
        page = context.newPage();
    }

    /** @param room in which nobody has published before: the keys of messages are the same in each test */
    static RecordedPage of(Browser browser, String user, String room) {
        return new RecordedPage(browser.newContext(), user, room);
    }

    /**
     * Loads the library from a server, and enters the room.
     *
     * @param options of the client, as JavaScript writes the members of an object
     */
    RecordedPage enter(URI server, String options) {
        // Any page will do that does not start the chat itself.
        page.navigate(server.resolve("img/favicon.svg").toString());
        page.evaluate("""
                async () => {
                    const { Roomcast } = await import('/js/roomcast.js');
                    const rc = new Roomcast({ user: 'USER', outboxLimit: 5000,
                        backoff: { baseMs: 50, capMs: 300 }, OPTIONS });
                    const room = rc.join('ROOM');
                    Object.assign(window, { rc, room, heard: [], record: [], transports: [], waits: 0, unstored: [] });
                    rc.addEventListener('transport', ({ detail }) => transports.push(detail.transport));
                    rc.addEventListener('waiting', () => { waits += 1; });
                    room.addEventListener('joined', ({ detail: { epoch, offset, recovered } }) =>
                        record.push({ type: 'joined', since: room.position, epoch, offset, recovered }));
                    room.addEventListener('gap', ({ detail: { epoch, from, to } }) =>
                        record.push({ type: 'gap', epoch, from, offset: to }));
                    room.addEventListener('message', ({ detail: { offset, content, idempotencyKey } }) => {
                        heard.push(content);
                        record.push({ type: 'message', offset, key: idempotencyKey ?? content });
                    });
                    window.said = 0;
                    window.stored = 0;
                    window.say = async (count, pauseMs = 0) => {
                        for (let i = 0; i < count; i += 1) {
                            const key = `USER ${said += 1}`;
                            record.push({ type: 'sent', key });
                            room.publish(key, { idempotencyKey: key }).then(({ epoch, offset }) => {
                                stored += 1;
                                record.push({ type: 'acked', key, epoch, offset });
                            }, ({ code }) => unstored.push(`${key}: ${code}`));
                            if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
                        }
                    };
                    await room.whenJoined();
                }""".replace("USER", user).replace("ROOM", room).replace("OPTIONS", options));
        return this;
    }

    Page page() {
        return page;
    }

    Object evaluate(String expression) {
        return page.evaluate(expression);
    }

    /** Waits until an expression is true. Not by Page#waitForFunction, which the policy of the page forbids. */
    void await(String expression) {
        Await.until(() -> user + ": " + expression + ", but " + evaluate(STATE), PATIENCE_SECONDS, () ->
                (boolean) evaluate(expression));
    }

    /**
     * Begins to publish.
     *
     * @param pauseMs between two messages
     */
    void say(int count, int pauseMs) {
        page.evaluate("([count, pauseMs]) => { say(count, pauseMs); }", new Object[] {count, pauseMs});
    }

    String transport() {
        return (String) evaluate("rc.transport ?? rc.state");
    }

    /** Adds what has been recorded. The order of one page alone counts. */
    void addTo(HistoryLog log) {
        String text = (String) evaluate("record.map((each) => JSON.stringify(each)).join('\\n')");
        text.lines().filter(line -> !line.isEmpty()).forEach(line -> log.add(event(json(line))));
    }

    private static JsonObject json(String text) {
        return Json.createReader(new StringReader(text)).readObject();
    }

    private Event event(JsonObject event) {
        String key = event.getString("key", null);
        return switch (event.getString("type")) {
            case "sent" -> new Event.Sent(0, room, user, key);
            case "acked" -> new Event.Acked(0, room, key, position(event));
            case "joined" ->
                new Event.Joined(
                        0,
                        room,
                        user,
                        event.containsKey("since") ? position(event.getJsonObject("since")) : null,
                        position(event),
                        event.getBoolean("recovered"));
            case "gap" ->
                new Event.Behind(0, room, user, event.getJsonNumber("from").longValue(), position(event));
            default ->
                new Event.Received(0, room, user, event.getJsonNumber("offset").longValue(), key);
        };
    }

    private static Position position(JsonObject place) {
        return new Position(
                place.getString("epoch"), place.getJsonNumber("offset").longValue());
    }

    @Override
    public void close() {
        context.close();
    }
}

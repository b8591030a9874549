package io.roomcast.smoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.Handshake;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server serves at which address. */
final class Addresses {
    /** Names of rooms and users with all that a name may have. */
    static final List<String> NAMES = List.of("team:blue", "a@b.c", "O'Brien", "_-.:@", "Übung", "комната", "日本", "𝒳");

    /** The same place in a path, written in ways that servers read differently. */
    private static final List<String> STRANGE = List.of(
            "lob;by", "lobby;jsessionid=1", "lob%2Fby", "lob%2fby", "lob%5Cby", "lob%3Bby", "lob%25by", "lob%00by");

    /** What the page names by its version; single files are beside it. */
    private static final Pattern STYLES = Pattern.compile("href=\"(v/[0-9a-f]+/css/)bundle\\.css\"");

    private final URI application;
    private final Http api;
    private final Http anonymous;

    Addresses(URI application, String key) {
        this.application = application;
        this.api = new Http(application, key);
        this.anonymous = new Http(application, null);
    }

    void checkPage() throws IOException {
        HttpResponse<String> ready = anonymous.sendPlain("GET", "/health/ready", null);
        assertEquals(200, ready.statusCode());
        assertTrue(ready.body().contains("\"UP\""), ready.body());
        assertServed("js/roomcast.js", "/js/roomcast.js");
        String page = anonymous.sendPlain("GET", "/", null).body();
        Matcher styles = STYLES.matcher(page);
        assertTrue(styles.find(), page);
        assertServed("css/base.css", "/" + styles.group(1) + "base.css");
        assertEquals(404, anonymous.sendPlain("GET", "/WEB-INF/web.xml", null).statusCode());
    }

    private void assertServed(String source, String address) throws IOException {
        assertEquals(
                Files.readString(Path.of("src/main/webapp", source)),
                anonymous.sendPlain("GET", address, null).body(),
                address);
    }

    /** Each name, encoded in full and as far as it must be, is the room and the user of a WebSocket and of the API. */
    void checkNames() {
        for (String name : NAMES) {
            for (String written : List.of(
                    TestServer.encoded(name),
                    URI.create("/" + name).toASCIIString().substring(1))) {
                try (RoomClient client = RoomClient.connect(application.resolve("ws/" + written + "/" + written))) {
                    assertEquals(name, client.next("joined").string("room"), written);
                    HttpResponse<String> stored = api.sendPlain(
                            "POST",
                            "/api/v1/rooms/" + written + "/messages",
                            "{\"sender\":\"back-end\",\"content\":\"to " + name + "\"}");
                    assertEquals(200, stored.statusCode(), () -> written + stored.body());
                    assertEquals("to " + name, client.next("message").content());
                    HttpResponse<String> members = api.sendPlain("GET", "/api/v1/rooms/" + written + "/members", null);
                    assertTrue(members.body().contains("\"" + name + "\""), members::body);
                    api.sendPlain("POST", "/api/v1/users/" + written + "/disconnect", null);
                    assertEquals(4500, client.awaitClose(), written);
                }
            }
        }
    }

    void checkStrangePaths() throws IOException {
        for (String path : STRANGE) {
            for (String place : List.of("ws/" + path + "/ann", "ws/lobby/" + path)) {
                int status = Handshake.to(application.resolve(place)).status();
                assertTrue(status == 404 || status == 400, place + " " + status);
            }
            String room = "/api/v1/rooms/" + path + "/members";
            int status = api.sendPlain("GET", room, null).statusCode();
            assertTrue(status == 404 || status == 400, room + " " + status);
        }
    }

    void kick(Crowd crowd) {
        RoomClient member = crowd.takeOne();
        HttpResponse<String> kicked =
                api.sendPlain("POST", "/api/v1/users/" + crowd.userOf(member) + "/disconnect", null);
        assertEquals(200, kicked.statusCode(), kicked::body);
        assertEquals(4500, member.awaitClose());
    }

    void drain(Crowd crowd) {
        HttpResponse<String> begun = api.sendPlain("POST", "/api/v1/node/drain", "{\"window\":\"1s\"}");
        assertEquals(200, begun.statusCode(), begun::body);
        HttpResponse<String> ready = anonymous.sendPlain("GET", "/health/ready", null);
        assertEquals(503, ready.statusCode());
        assertTrue(ready.body().contains("draining"), ready::body);
        crowd.checkGoodbye();
        assertEquals(200, api.sendPlain("POST", "/api/v1/node/undrain", null).statusCode());
        Await.until(
                "ready again",
                () -> anonymous.sendPlain("GET", "/health/ready", null).statusCode() == 200);
        assertFalse(anonymous.sendPlain("GET", "/health/ready", null).body().contains("draining"));
    }
}

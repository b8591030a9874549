package io.roomcast.it.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.EventClient;
import io.roomcast.support.Frame;
import io.roomcast.support.Handshake;
import io.roomcast.support.Http;
import io.roomcast.support.PollClient;
import io.roomcast.support.RoomClient;
import io.roomcast.support.server.ServerNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Users of the application server itself enter by their passwords there, under their names there, and nobody else does.
 */
@Tag("server")
@Tag("own-server")
class ServerLoginIT {
    private static final String PASSWORD = "pass:word-1";
    /** As many as lock a user of WildFly, and some more. */
    private static final int GUESSES = 15;

    private static ServerNode node;

    @BeforeAll
    static void start() {
        node = new ServerNode(
                        "login",
                        Map.of(
                                "roomcast.auth", "container",
                                "roomcast.operations.port", "9090",
                                "roomcast.roles.**", "lobby: read, publish",
                                "roomcast.roles.ops-staff", "ops-*: read; lobby: history",
                                "roomcast.roles.nobody", "*: *"))
                .withUser("ann", PASSWORD, "ops-staff")
                .withUser("ben", PASSWORD)
                .start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aUserEntersUnderTheNameThatTheServerKnows() throws Exception {
        try (RoomClient ann = open("ws?user=somebody-else")) {
            Frame welcome = ann.say("{'type':'hello','user':'bob'}").next("welcome");
            assertEquals("ann", welcome.string("user"));
            assertTrue(welcome.isTrue("proven"));
        }
        try (RoomClient ann = open("ws/lobby/bob")) {
            ann.next("joined");
            assertEquals(
                    "ann",
                    ann.say("{'content':'hi','sender':'bob'}").next("message").string("sender"));
        }
    }

    /** The server is asked for each role that has rules; what none of them gives is not permitted. */
    @Test
    void theRolesInTheServerSayWhatAUserMayDo() throws Exception {
        try (RoomClient ann = open("ws");
                RoomClient ben = open("ws", "ben")) {
            for (RoomClient each : List.of(ann, ben)) {
                each.say("{'type':'join','room':'lobby'}").next("joined");
                each.say("{'room':'lobby','content':'hi','id':1}").next("ack");
                assertEquals(
                        "forbidden", each.say("{'type':'join','room':'garden'}").error());
            }
            ann.say("{'type':'join','room':'ops-db'}").next("joined");
            assertEquals(
                    "forbidden",
                    ann.say("{'room':'ops-db','content':'hi','id':2}").error());
            ann.say("{'type':'history','room':'lobby'}").next("history");
            assertEquals("forbidden", ben.say("{'type':'join','room':'ops-db'}").error());
            assertEquals(
                    "forbidden", ben.say("{'type':'history','room':'lobby'}").error());
        }
    }

    @Test
    void aKeyOfTheEmbeddedServerIsWarnedOf() {
        String console = node.console();
        assertTrue(console.contains("they change nothing here: roomcast.operations.port"), console);
    }

    @Test
    void nobodyElseGetsAConnection() throws IOException {
        for (String path : new String[] {"ws", "ws/lobby/ann"}) {
            assertEquals(401, Handshake.to(node.uri().resolve(path)).status());
            for (String login : new String[] {
                basic("ann", "wrong"),
                basic("nobody", PASSWORD),
                basic("nobody", ""),
                "Basic !",
                "Basic YW5u",
                "Bearer x"
            }) {
                assertEquals(401, handshake(path, login).status(), login);
            }
        }
    }

    @Test
    void whoAsksOverHttpIsTheUserOfTheLogin() {
        PollClient ann = PollClient.proven(node.uri(), basic("ann", PASSWORD)).room("lobby");
        Frame welcome = ann.poll(20_000).get(0);
        assertEquals("ann", welcome.string("user"));
        assertTrue(welcome.isTrue("proven"));
        List<Frame> answers = ann.send(
                "{'type':'publish','room':'lobby','content':'over HTTP'}",
                "{'type':'publish','room':'garden','content':'hi'}",
                "{'type':'history','room':'lobby'}");
        assertEquals("ack", answers.get(0).type());
        assertEquals("forbidden", answers.get(1).string("code"));
        assertTrue(answers.get(2).text().contains("over HTTP"), answers::toString);
        PollClient ben = PollClient.proven(node.uri(), basic("ben", PASSWORD)).room("ops-db");
        assertEquals(
                "forbidden",
                ben.poll(20_000).stream()
                        .filter(frame -> frame.is("error"))
                        .findFirst()
                        .orElseThrow()
                        .string("code"));
        ben.setSession(ann.session());
        PollClient.refusal(401, "session_invalid", PollClient.join(ben.pollAsync(0)));
        try (EventClient events =
                new EventClient(node.uri().resolve("http/events?rooms=lobby"), "", basic("ann", PASSWORD))) {
            assertEquals("ann", events.next("joined").string("user"));
        }
        // A name of its own: a few wrong passwords shut a name out for a while.
        for (String login : new String[] {null, basic("carol", "wrong"), "Bearer x"}) {
            ann.setAuthorization(login);
            for (String path : new String[] {"http/poll", "http/send"}) {
                PollClient.refusal(401, "unauthenticated", PollClient.join(ann.send(path, ann.body(0))));
            }
            PollClient.refusal(
                    401,
                    "unauthenticated",
                    new Http(node.uri(), null)
                            .sendWith(
                                    login == null ? List.of() : List.of("Authorization", login),
                                    "GET",
                                    "/http/events?rooms=lobby",
                                    null));
        }
    }

    /** On WildFly, which then has it also without TLS. The request that waits takes no connection of its own. */
    @Test
    @Tag("wildfly")
    void pollsAndSendsGoOverHttp2WhereItIsOn() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        node.manage("/subsystem=undertow/server=default-server/http-listener=default:write-attribute"
                + "(name=enable-http2, value=true)");
        node.manage(":reload");
        Await.until("the node is ready again, with HTTP/2", RoomClient.PATIENCE_SECONDS, () -> {
            try {
                HttpRequest probe = HttpRequest.newBuilder(node.uri().resolve("health/ready"))
                        .build();
                HttpResponse<String> ready = http.send(probe, BodyHandlers.ofString());
                return ready.statusCode() == 200 && ready.version() == HttpClient.Version.HTTP_2;
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
        PollClient ann =
                PollClient.proven(node.uri(), basic("ann", PASSWORD)).over(http).room("lobby");
        HttpResponse<String> first = PollClient.join(ann.pollAsync(20_000));
        assertEquals(HttpClient.Version.HTTP_2, first.version());
        ann.take(first);
        CompletableFuture<HttpResponse<String>> waiting = ann.pollAsync(20_000);
        assertEquals(
                "ack",
                ann.send("{'type':'publish','room':'lobby','content':'over HTTP/2'}")
                        .get(0)
                        .type());
        List<Frame> heard = ann.take(PollClient.join(waiting));
        while (heard.stream().noneMatch(frame -> frame.is("message"))) {
            // Her own arrival came first.
            heard = ann.poll(20_000);
        }
        assertEquals("over HTTP/2", heard.get(heard.size() - 1).content());
    }

    /** Browsers ask for a password when they load a page, not when it opens a WebSocket. */
    @Test
    void thePageAsksForTheLogin() throws Exception {
        HttpResponse<String> asked = get("", null);
        assertEquals(401, asked.statusCode());
        String challenge = asked.headers().firstValue("WWW-Authenticate").orElse("");
        assertTrue(challenge.startsWith("Basic "), challenge);
        assertEquals(401, get("", basic("ann", "wrong")).statusCode());
        assertEquals(200, get("", basic("ann", PASSWORD)).statusCode());
    }

    @Test
    void probesAndPagesOfOtherSitesNeedNone() throws Exception {
        for (String path : new String[] {"health/ready", "metrics", "js/roomcast.js"}) {
            assertEquals(200, get(path, null).statusCode(), path);
        }
    }

    /** From an address of its own, so that the others are not slowed down. */
    @Test
    void whoGuessesIsSlowedDown() throws IOException {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < GUESSES; i++) {
            answers.add(handshakeFrom("127.0.0.2", basic("ben", "guess" + i)));
        }
        assertTrue(answers.get(0).startsWith("HTTP/1.1 401"), answers.get(0));
        String last = answers.get(GUESSES - 1);
        assertTrue(last.startsWith("HTTP/1.1 429"), last);
        assertTrue(last.contains("Retry-After: "), last);
        assertTrue(handshakeFrom("127.0.0.2", basic("ben", PASSWORD)).startsWith("HTTP/1.1 429"));
        // The server has not locked the user.
        String other = handshakeFrom("127.0.0.3", basic("ben", PASSWORD));
        assertTrue(other.startsWith("HTTP/1.1 101"), other);
    }

    private static String handshakeFrom(String address, String authorization) throws IOException {
        URI uri = node.uri().resolve("ws");
        InetAddress local = InetAddress.getByName(address);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort(), local, 0)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(RoomClient.PATIENCE_SECONDS));
            socket.getOutputStream()
                    .write(Handshake.to(uri)
                            .header("Authorization", authorization)
                            .bytes());
            StringBuilder head = new StringBuilder();
            for (int c = socket.getInputStream().read();
                    c >= 0 && head.indexOf("\r\n\r\n") < 0;
                    c = socket.getInputStream().read()) {
                head.append((char) c);
            }
            return head.toString();
        }
    }

    private static RoomClient open(String path) {
        return open(path, "ann");
    }

    private static RoomClient open(String path, String user) {
        return RoomClient.connect(node.uri().resolve(path), Map.of("Authorization", basic(user, PASSWORD)));
    }

    private static Handshake handshake(String path, String authorization) {
        return Handshake.to(node.uri().resolve(path)).header("Authorization", authorization);
    }

    private static HttpResponse<String> get(String path, String authorization)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.uri().resolve(path));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request.build(), BodyHandlers.ofString());
    }

    private static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
}

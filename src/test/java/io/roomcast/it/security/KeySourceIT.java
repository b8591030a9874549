package io.roomcast.it.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.util.Base64URL;
import io.roomcast.support.CapturedLog;
import io.roomcast.support.Frame;
import io.roomcast.support.KeyServer;
import io.roomcast.support.RoomClient;
import io.roomcast.support.Tokens;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A good token where its key cannot be fetched: whoever shows it is told to come back, and comes in when it can be. */
@Timeout(120)
class KeySourceIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Pattern TRACE = Pattern.compile("\\n\\s+at |\\bException:.*\\n.*\\bException:");

    @Test
    void comesBackWhileTheKeysDrip() throws Exception {
        try (CapturedLog log = CapturedLog.of("io.roomcast"); // of the embedded server
                KeyServer keys = new KeyServer(KeyServer.Manner.DRIPPING_BODY);
                OwnServer server = OwnServer.start(
                        "keys",
                        Map.of(
                                "roomcast.auth",
                                "token",
                                "roomcast.auth.jwks",
                                keys.url(),
                                "roomcast.auth.issuer",
                                Tokens.ISSUER,
                                "roomcast.auth.audience",
                                Tokens.AUDIENCE,
                                "roomcast.token.default-permissions",
                                Tokens.MEMBER,
                                "roomcast.auth.jwks-timeout",
                                "500ms",
                                "roomcast.auth.jwks-pause",
                                "100ms",
                                "roomcast.api.claim",
                                "api"))) {
            String token = keys.signed(Tokens.of("ann", HOUR).claim("api", "read"));
            for (int i = 0; i < 10; i++) {
                try (RoomClient ann = RoomClient.connect(server.at("ws")).say(hello(token))) {
                    assertEquals("unavailable", ann.error());
                    assertEquals(1013, ann.awaitClose());
                }
            }
            assertEquals(503, api(server, token));
            assertFalse(TRACE.matcher(server.console()).find(), "no trace for each of them");
            List<String> told = log.messages(Level.WARNING);
            assertTrue(told.size() <= 1, () -> "nor a line: " + told);
            assertFalse(log.hasTraces());

            keys.be(KeyServer.Manner.GOOD);
            RoomClient ann = welcomed(server, token);
            try (ann) {
                assertEquals(200, api(server, token));
                keys.be(KeyServer.Manner.SILENT);
                String other = "{\"alg\":\"RS256\",\"kid\":\"two\"}";
                String unknown = Base64URL.encode(other) + token.substring(token.indexOf('.'));
                assertEquals(
                        "unavailable",
                        ann.say("{'type':'refresh','id':9,'token':'" + unknown + "'}")
                                .error());
                assertNull(ann.closedWithin(1), "what cannot be checked changes nothing");
                try (RoomClient bob =
                        RoomClient.connect(server.at("ws")).say(hello(keys.signed(Tokens.of("bob", HOUR))))) {
                    bob.next("welcome");
                }
            }
        }
    }

    /** As a client does it that is told to come back. */
    private static RoomClient welcomed(OwnServer server, String token) throws Exception {
        while (true) {
            RoomClient client = RoomClient.connect(server.at("ws")).say(hello(token));
            Frame first = client.next();
            if (first.is("welcome")) {
                return client;
            }
            assertEquals("unavailable", first.string("code"));
            client.close();
        }
    }

    private static int api(OwnServer server, String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.at("api/v1/rooms/lobby/messages"))
                .header("Authorization", "Bearer " + token)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String hello(String token) {
        return "{'type':'hello','token':'" + token + "'}";
    }
}

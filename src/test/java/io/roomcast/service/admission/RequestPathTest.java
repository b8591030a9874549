package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/ws",
                "/ws/",
                "/roomcast/ws/a.room/ann@example.com",
                "/ws/%E0%A4%A8/O'Brien",
                "/ws/a%20b/%61nn",
                "/ws/..a/b..",
                "/ws/.../x",
                "/js/client/client.js",
                "/api/v1/rooms/lobby:1/messages",
                "/ws/a+b/c"
            })
    void ordinaryPathsArePlain(String path) {
        assertTrue(RequestPath.isPlain(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "ws",
                "http://localhost/ws",
                "//ws",
                "/roomcast//metrics",
                "/ws//",
                "/metrics;",
                "/metrics;x=1",
                "/health;x/ready",
                "/ws/a;b/c",
                "/;/metrics",
                "/metrics%3B",
                "/metrics%3bx",
                "/%ff",
                "/ws/%E0%A4/ann",
                "/ws/%c3/%a4",
                "/%c0%ae%c0%ae/metrics",
                "/x%c0%afmetrics",
                "/%ed%a0%80",
                "/./metrics",
                "/x/../metrics",
                "/metrics/.",
                "/metrics/..",
                "/%2e/metrics",
                "/x/%2E%2e/metrics",
                "/x/.%2E/metrics",
                "/x%2Fmetrics",
                "/x%2fmetrics",
                "/x\\metrics",
                "/x%5Cmetrics",
                "/%252e%252e/metrics",
                "/metrics%00",
                "/metrics%0a",
                "/metrics%7f",
                "/metrics%",
                "/metrics%4",
                "/metrics%zz",
                "/metrics%-1",
                "/metrics#x",
                "/metrics?x",
                "/a b",
                "/a|b",
                "/a\"b",
                "/\u00e4",
                "/%\uff14\uff11"
            })
    void pathsThatSomebodyReadsOtherwiseAreNot(String path) {
        assertFalse(RequestPath.isPlain(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "ws",
                "/%ff",
                "/a%00",
                "/a%0d",
                "/50%",
                "/50%/ann",
                "/%zz",
                "/\u00e6\u0097\u00a5",
                "/a b",
                "/{a}",
                "/<a>",
                "/a|b",
                "/a\\b",
                "/a#b",
                "/a[",
                "/%c3/%a4"
            })
    void whatIsNoUriIsToldFromWhatIsNotHere(String path) {
        assertFalse(RequestPath.isOfUri(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "//ws", "/metrics;x=1", "/a/../b", "/x%2Fy", "/%252e", "/%E0%A4%A8/O'Brien", "/a%20b"})
    void aUriMayStillHaveASecondMeaning(String path) {
        assertTrue(RequestPath.isOfUri(path));
    }

    @Test
    void anAddressHasNoOrTwoNames() {
        assertTrue(RequestPath.isAddress("/ws"));
        assertTrue(RequestPath.isAddress("/ws/a room/ann"));
        for (String other : List.of("/", "/ws/", "/ws/a", "/ws/a/", "/ws/a/b/", "/ws/a/b/c", "/ws//b", "/wsx", "/WS")) {
            assertFalse(RequestPath.isAddress(other), other);
        }
    }

    @Test
    void theInsideOfTheWarIsNotForClients() {
        for (String inside :
                List.of("/io/roomcast/boot/Launcher.class", "/io", "/IO/x", "/META-INF/MANIFEST.MF", "/web-inf/")) {
            assertTrue(RequestPath.isInside(inside), inside);
        }
        assertFalse(RequestPath.isInside("/iox"));
        assertFalse(RequestPath.isInside("/js/io/x"));
    }

    @Test
    void endpointsAreFoundAsServersFindThem() {
        assertTrue(RequestPath.isEndpoint(RequestPath.decoded("/%77s")));
        assertTrue(RequestPath.isEndpoint("/ws/lobby/ann"));
        assertTrue(RequestPath.isEndpoint("/ws/"));
        assertFalse(RequestPath.isEndpoint("/wsx"));
        assertFalse(RequestPath.isEndpoint("/api/v1/rooms/ws"));
        assertEquals("/a+b", RequestPath.decoded("/a+b"));
    }
}
